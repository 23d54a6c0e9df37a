import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { makeCertificate } from '../../../../test-support/certificates.ts';

/** An identity provider for tests that says whatever it is told to, signed by whatever key. */
export const idp = {
  entity_id: 'https://idp.example.org/metadata',
  single_sign_on_url: 'https://idp.example.org/sso?tenant=1',
};

export interface Keys {
  readonly key: string;
  readonly certificate: string;
}

/** A key of its own with a certificate that vouches for itself. */
export function makeKeys(days = 36_500): Keys {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-idp-'));
  const { cert, key } = makeCertificate(folder, { name: 'idp', days, kind: 'rsa' });
  const keys = { key: readFileSync(key, 'utf8'), certificate: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return keys;
}

/** What a request in the address of an identity provider says. */
export function requestIn(url: string): { readonly xml: string; readonly id: string } {
  const xml = inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  return { xml, id: / ID="([^"]+)"/.exec(xml)?.[1] ?? '' };
}

/** What an answer says. Times are in seconds from now. */
export interface Said {
  /** Ours. */
  readonly entityId: string;
  readonly consumer: string;
  readonly request: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly nameId?: string;
  readonly attributes?: string;
  readonly issuer?: string;
  readonly responseIssuer?: string;
  readonly audience?: string;
  readonly destination?: string;
  readonly recipient?: string;
  readonly confirmedRequest?: string | undefined;
  readonly begins?: number;
  readonly ends?: number;
  readonly confirmedEnds?: number;
  readonly status?: string;
  readonly method?: string;
  readonly id?: string;
  readonly conditions?: string;
}

const has = (name: string, value: string | undefined) => (value === undefined ? '' : ` ${name}="${value}"`);

export function assertionXml(said: Said): string {
  const at = (seconds: number) => new Date(said.now + seconds * 1000).toISOString();
  const { begins = -5, ends = 300, confirmedEnds = ends, method = 'bearer', audience = said.entityId } = said;
  const confirmed = 'confirmedRequest' in said ? said.confirmedRequest : said.request;
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${said.id ?? '_assertion'}" Version="2.0" IssueInstant="${at(0)}"><saml:Issuer>${said.issuer ?? idp.entity_id}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${said.nameId ?? ''}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}"><saml:SubjectConfirmationData${has('Recipient', said.recipient ?? said.consumer)} NotOnOrAfter="${at(confirmedEnds)}"${has('InResponseTo', confirmed)}/></saml:SubjectConfirmation></saml:Subject>${said.conditions ?? `<saml:Conditions NotBefore="${at(begins)}" NotOnOrAfter="${at(ends)}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`}<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${said.attributes ?? ''}</saml:Assertion>`;
}

export function responseXml(said: Said, contents = assertionXml(said)): string {
  const issued = new Date(said.now).toISOString();
  const { destination = said.consumer, status = 'Success' } = said;
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" IssueInstant="${issued}"${has('Destination', destination)}${has('InResponseTo', said.request)}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${said.responseIssuer ?? said.issuer ?? idp.entity_id}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>${contents}</samlp:Response>`;
}

export const attribute = (name: string, ...values: readonly string[]): string =>
  `<saml:AttributeStatement><saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute></saml:AttributeStatement>`;

export interface Signing {
  readonly of?: 'Assertion' | 'Response';
  readonly signature?: string;
  readonly digest?: string;
  readonly canonical?: string;
}

const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** Signs an element where the schema has the signature: behind its issuer. */
export function sign(xml: string, { key, certificate }: Keys, how: Signing = {}): string {
  const { of = 'Assertion', signature = rsaSha256, digest = sha256, canonical = exclusive } = how;
  const signer = new SignedXml({
    privateKey: key,
    publicCert: certificate,
    signatureAlgorithm: signature,
    canonicalizationAlgorithm: exclusive,
  });
  const xpath = `//*[local-name(.)='${of}']`;
  signer.addReference({
    xpath,
    digestAlgorithm: digest,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonical],
  });
  const reference = `${xpath}/*[local-name(.)='Issuer']`;
  signer.computeSignature(xml, { prefix: 'ds', location: { reference, action: 'after' } });
  return signer.getSignedXml();
}

export const encoded = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');
