import { expect } from 'vitest';
import { auditEntries } from './audit.ts';
import {
  encoded,
  idp,
  type Keys,
  makeKeys,
  requestIn,
  responseXml,
  type Said,
  type Signing,
  sign,
} from './identity-provider.ts';
import type { Json, TestServer } from './server.ts';
import { signInOn } from './sign-in.ts';

const iam = '/iam/v1alpha1';

/** Made once: it takes a while. */
let made: Keys | undefined;
export const idpKeys = (): Keys => {
  made ??= makeKeys();
  return made;
};

/** Metadata as an identity provider hands it out. */
export const metadataXml = ({
  entityId = idp.entity_id,
  location = idp.single_sign_on_url,
  binding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  keys = [['signing', idpKeys().certificate]],
}: {
  readonly entityId?: string;
  readonly location?: string;
  readonly binding?: string;
  readonly keys?: readonly (readonly [use: string, pem: string])[];
} = {}): string =>
  `<?xml version="1.0"?><!-- ours --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys
    .map(
      ([use, pem]) =>
        `<md:KeyDescriptor${use === '' ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${pem.replaceAll(/-----[A-Z ]+-----/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    )
    .join(
      '',
    )}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.org/post"/><md:SingleSignOnService Binding="${binding}" Location="${location.replaceAll('&', '&amp;')}"/></md:IDPSSODescriptor></md:EntityDescriptor>`;

export const metadataFile = (content: string = metadataXml()): Json => ({
  file: { name: 'metadata.xml', content_type: 'application/xml', content },
});

/** Gives an organization a SAML configuration that the identity provider of the tests signs for, and switches it on. */
export async function enableSaml(
  { call }: Pick<TestServer, 'call'>,
  {
    organizationId,
    key,
    certificates = [idpKeys().certificate],
  }: {
    readonly organizationId: string;
    readonly key?: string;
    readonly certificates?: readonly string[];
  },
): Promise<Json> {
  const ask = async (method: string, path: string, body: Json) => {
    const answer = await call(method, `${iam}/${path}`, { body, ...(key !== undefined && { key }) });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const { id } = await ask('POST', `organizations/${organizationId}/saml`, {});
  const saml = await ask('PATCH', `saml/${id}`, idp);
  for (const content of certificates) await ask('POST', `saml/${id}/certificates`, { type: 'signing', content });
  await ask('PATCH', `organizations/${organizationId}/login-methods`, { login_saml_enabled: true });
  return saml;
}

/** A sign-in that waits for the identity provider. */
export interface Waiting {
  readonly attempt: string;
  readonly url: string;
  readonly request: string;
}

export function samlOn(server: TestServer, configuration: () => Json) {
  const auth = signInOn(server);
  const begin = async (username: string): Promise<Waiting> => {
    const { attempt, url } = await auth.done('saml', { attempt: await auth.begin(username) });
    return { attempt, url, request: requestIn(url).id };
  };
  const said = (request: string | undefined, more: Partial<Said> = {}): Said => ({
    entityId: configuration().service_provider.entity_id,
    consumer: configuration().service_provider.assertion_consumer_service_url,
    request,
    now: Math.floor(server.clock.now() / 1000),
    ...more,
  });
  const answer = (xml: string, samlId: string = configuration().id) =>
    auth.call('answer-saml', { configuration: samlId, response: encoded(xml) });
  return {
    ...auth,
    start: auth.begin,
    begin,
    said,
    answer,
    finish: (attempt: string, shown: string) => auth.call('finish-saml', { attempt, answer: shown }),
    /** An honest answer, but for what is asked otherwise. */
    signed: (request: string, more: Partial<Said>, how: Signing = {}, keys = idpKeys()) =>
      sign(responseXml(said(request, more)), keys, how),
    lastReason: async () => (await auditEntries(server)).at(-1)?.reason,
  };
}
