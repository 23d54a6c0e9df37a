import { assertionNamespace, protocolNamespace } from './names.ts';
import { type SamlFault, SamlRefusal } from './refusal.ts';
import { childrenOf, type Element, everyElement, readXml, responseBounds } from './xml.ts';

/** The answer of an identity provider as it came. Nothing in it is believed before its signature is verified. */
export interface SamlResponse {
  readonly xml: string;
  readonly root: Element;
  /** The request that it says it answers; undefined for one that nobody asked for. */
  readonly inResponseTo: string | undefined;
}

/** What signatures may be made of; nothing with SHA-1, and no keyed hashes. */
const algorithms: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'SignatureMethod',
    [
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
      'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    ],
  ],
  ['DigestMethod', ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512']],
]);

/**
 * Reads an answer, and refuses what an honest one never holds and parsers have read in two ways: comments, document types,
 * character data.
 *
 * @param encoded in base 64, as it is posted
 * @throws SamlRefusal `saml_malformed`
 */
export async function readResponse(encoded: string): Promise<SamlResponse> {
  const xml = decode(encoded);
  refuseIf(xml.includes('<!'), 'saml_malformed');
  const root = await parse(xml);
  refuseIf(root.namespace !== protocolNamespace || root.name !== 'Response', 'saml_malformed');
  return { xml, root, inResponseTo: root.attributes.get('InResponseTo') };
}

/**
 * Refuses answers without exactly one assertion that can be read, those that tell of a failure, and weak algorithms.
 *
 * @throws SamlRefusal
 */
export function assertForm({ root }: SamlResponse): void {
  const everything = [...everyElement(root)];
  refuseIf(root.attributes.get('Version') !== '2.0', 'saml_malformed');
  const codes = childrenOf(root, protocolNamespace, 'Status').flatMap((status) =>
    childrenOf(status, protocolNamespace, 'StatusCode'),
  );
  refuseIf(codes.length !== 1 || codes[0]?.attributes.get('Value') !== success, 'saml_status');
  refuseIf(
    everything.some(({ name }) => name.startsWith('Encrypted')),
    'saml_encrypted',
  );
  const inPlace = childrenOf(root, assertionNamespace, 'Assertion').length;
  refuseIf(inPlace !== 1 || everything.filter(({ name }) => name === 'Assertion').length !== 1, 'saml_malformed');
  // Whatever the namespace: the library that verifies does not look at it.
  const weak = everything.some(
    ({ name, attributes }) => algorithms.get(name)?.includes(attributes.get('Algorithm') ?? '') === false,
  );
  refuseIf(weak, 'saml_algorithm');
}

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

function refuseIf(holds: boolean, fault: SamlFault): void {
  if (holds) throw new SamlRefusal(fault);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(encoded: string): string {
  const compact = encoded.replaceAll(/[\r\n\t ]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new SamlRefusal('saml_malformed');
  try {
    return utf8.decode(Buffer.from(compact, 'base64'));
  } catch {
    throw new SamlRefusal('saml_malformed');
  }
}

async function parse(xml: string): Promise<Element> {
  try {
    return await readXml(xml, responseBounds);
  } catch {
    throw new SamlRefusal('saml_malformed');
  }
}
