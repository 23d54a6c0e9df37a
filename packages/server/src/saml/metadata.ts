import { X509Certificate } from 'node:crypto';
import { invalidArgument, notFound } from '@bailiwick/contract';
import type { Handler, Services } from '../context.ts';
import { metadataNamespace, redirectBinding, signatureNamespace } from './names.ts';
import { serviceProviderOf } from './saml.ts';
import { findSamlById } from './store.ts';
import { childrenOf, type Element, maximumXml, metadataBounds, readXml, XmlError } from './xml.ts';

/**
 * What the metadata of an identity provider says (saml-metadata-2.0-os). Its signature is not looked at: whoever hands the
 * file over vouches for it.
 */
export const parseMetadata: Handler<'saml.parseMetadata'> = async (_context, { file }) => {
  const provider = providerIn(await documentOf(file.content));
  const roles = childrenOf(provider, metadataNamespace, 'IDPSSODescriptor');
  const services = roles
    .flatMap((role) => childrenOf(role, metadataNamespace, 'SingleSignOnService'))
    .filter(({ attributes }) => attributes.get('Binding') === redirectBinding);
  const url = services[0]?.attributes.get('Location') ?? '';
  if (!/^https:\/\//.test(url) || !URL.canParse(url) || url.length > 2048)
    throw refused(
      'names no SingleSignOnService with the binding HTTP-Redirect and an address that begins with https://',
    );
  return {
    single_sign_on_url: url,
    entity_id: provider.attributes.get('entityID') ?? '',
    signing_certificates: [...new Set(roles.flatMap(certificatesOf))],
  };
};

const refused = (what: string) => invalidArgument('file.content', 'format', `the metadata ${what}`);

/** As text, or in base 64 as some clients send it. */
async function documentOf(content: string): Promise<Element> {
  const text = /^\s*</.test(content.replace(/^\uFEFF/, '')) ? content : Buffer.from(content, 'base64').toString('utf8');
  try {
    return await readXml(text.replace(/^\uFEFF/, ''), metadataBounds);
  } catch (failure) {
    if (!(failure instanceof XmlError)) throw failure;
    throw refused(`${failure.message}: it must be XML of at most ${maximumXml / 1024} KiB, as text or in base 64`);
  }
}

/** A file may describe several; exactly one may be an identity provider. */
function providerIn(root: Element): Element {
  const several = root.namespace === metadataNamespace && root.name === 'EntitiesDescriptor';
  const entities = several ? childrenOf(root, metadataNamespace, 'EntityDescriptor') : [root];
  const [provider, ...others] = entities.filter(
    ({ namespace, name, children }) =>
      namespace === metadataNamespace &&
      name === 'EntityDescriptor' &&
      children.some((child) => child.namespace === metadataNamespace && child.name === 'IDPSSODescriptor'),
  );
  if (provider === undefined || others.length > 0)
    throw refused(`describes ${others.length > 0 ? 'more than one' : 'no'} identity provider`);
  const id = provider.attributes.get('entityID') ?? '';
  if (id === '' || id.length > 1024) throw refused('has no entityID of 1 to 1024 characters');
  return provider;
}

/** Those to sign with, and those without a use, which are for everything. */
const certificatesOf = (role: Element): readonly string[] =>
  childrenOf(role, metadataNamespace, 'KeyDescriptor')
    .filter(({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing')
    .flatMap((descriptor) => childrenOf(descriptor, signatureNamespace, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, signatureNamespace, 'X509Data'))
    .flatMap((data) => childrenOf(data, signatureNamespace, 'X509Certificate'))
    .map(({ text }) => pemOf(text));

function pemOf(base64: string): string {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).toString();
  } catch {
    throw refused('holds a certificate that is none');
  }
}

/**
 * What an identity provider has to know of an organization, as XML.
 *
 * @throws ApiError `not_found`
 */
export async function ownMetadata({ storage, settings }: Services, samlId: string): Promise<string> {
  const saml = await findSamlById(storage.db, samlId);
  if (saml === undefined) throw notFound('saml', samlId.slice(0, 64));
  const { entity_id: issuer, assertion_consumer_service_url: callbackUrl } = serviceProviderOf(settings, saml.id);
  const { generateServiceProviderMetadata } = await import('@node-saml/node-saml');
  return generateServiceProviderMetadata({
    issuer,
    callbackUrl,
    wantAssertionsSigned: true,
    identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    generateUniqueId: () => `_${saml.id}`,
  });
}
