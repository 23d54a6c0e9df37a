import { X509Certificate } from 'node:crypto';
import type { SamlCertificateRow } from './certificate-store.ts';
import { SamlRefusal } from './refusal.ts';
import { assertForm, type SamlResponse } from './response.ts';
import { type Expected, usernameIn } from './rules.ts';
import { type Element, readXml, responseBounds } from './xml.ts';

/** What an answer must be signed with and say to count. */
export interface Trust extends Expected {
  readonly certificates: readonly SamlCertificateRow[];
}

/**
 * The username that an identity provider vouches for. Only what its signature covers is read: the assertion as the verifier
 * hands it back, not as it came.
 *
 * @throws SamlRefusal
 */
export async function verifyResponse(response: SamlResponse, trust: Trust): Promise<{ readonly username: string }> {
  assertForm(response);
  return { username: usernameIn(response.root, await verifiedAssertion(response, trust), trust) };
}

async function verifiedAssertion({ xml }: SamlResponse, trust: Trust): Promise<Element> {
  const certificates = usable(trust);
  // Few organizations sign in by it.
  const { SAML, ValidateInResponseTo } = await import('@node-saml/node-saml');
  const verifier = new SAML({
    idpCert: certificates,
    issuer: trust.audience,
    callbackUrl: trust.recipient,
    // One signature is enough: over the answer, or over the assertion in it.
    wantAssertionsSigned: false,
    wantAuthnResponseSigned: false,
    // These are ours to say (rules.ts): the library goes by the clock of the machine and remembers in memory.
    audience: false,
    acceptedClockSkewMs: -1,
    validateInResponseTo: ValidateInResponseTo.never,
  });
  try {
    const SAMLResponse = Buffer.from(xml, 'utf8').toString('base64');
    const { profile } = await verifier.validatePostResponseAsync({ SAMLResponse });
    const assertion = profile?.getAssertionXml?.();
    if (assertion !== undefined) return await readXml(assertion, responseBounds);
  } catch {
    // What it says of the reason may hold what the answer says.
  }
  throw new SamlRefusal('saml_signature');
}

/** Certificates to verify with, in the form of PEM that the verifier takes. */
function usable({ certificates, now }: Trust): string[] {
  const signing = certificates.filter(({ type }) => type === 'signing');
  const inForce = signing.filter(({ expires_at }) => expires_at > now);
  if (inForce.length === 0) throw new SamlRefusal(signing.length === 0 ? 'saml_signature' : 'saml_certificate_ended');
  return inForce.map(({ content }) => new X509Certificate(content).toString());
}
