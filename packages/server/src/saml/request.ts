import { randomBytes } from 'node:crypto';

/** Where somebody is sent to sign in. */
export interface RequestedAt {
  /** What we are called, and where the answer goes. */
  readonly audience: string;
  readonly recipient: string;
  readonly singleSignOnUrl: string;
}

/** An identifier as XML wants it: no digit first. */
export const newRequestId = (): string => `_${randomBytes(20).toString('hex')}`;

/**
 * The address of the identity provider with a request in it (HTTP-Redirect, saml-bindings-2.0-os, section 3.4). It asks for
 * no form of the name and no way of signing in: what members are called is agreed upon when it is set up.
 */
export async function requestUrl(
  { audience, recipient, singleSignOnUrl }: RequestedAt,
  requestId: string,
): Promise<string> {
  const { SAML } = await import('@node-saml/node-saml');
  const requester = new SAML({
    issuer: audience,
    callbackUrl: recipient,
    entryPoint: singleSignOnUrl,
    // Wanted by the library for what it verifies; here it verifies nothing.
    idpCert: 'AAAA',
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    generateUniqueId: () => requestId,
  });
  return requester.getAuthorizeUrlAsync('', undefined, {});
}
