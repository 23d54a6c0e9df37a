import type { OperationById, Output } from '@bailiwick/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { session } from '../api/session.ts';

/** What somebody else changes is seen within this time, in milliseconds. */
const refetchInterval = 5_000;

export type SamlConfiguration = Output<OperationById<'saml.get'>>;
export type SamlCertificate = Output<OperationById<'samlCertificates.get'>>;
export type Metadata = Output<OperationById<'saml.parseMetadata'>>;
export type ScimToken = Output<OperationById<'scimTokens.create'>>['token'];

/** A SAML configuration with what belongs to it. */
export interface SamlState {
  readonly saml: SamlConfiguration;
  readonly certificates: readonly SamlCertificate[];
  /** Whether members may sign in by it. */
  readonly isOn: boolean;
}

/** The SAML configuration with its certificates, and whether members may sign in by it; null while there is none. */
export const samlQuery = queryOptions({
  queryKey: ['saml'],
  queryFn: async (): Promise<SamlState | null> => {
    const { organization_id } = await session();
    const [saml, organization] = await Promise.all([
      unlessMissing(call('saml.get', { organization_id })),
      call('organizations.get', { organization_id }),
    ]);
    if (saml === null) return null;
    const { certificates } = await call('samlCertificates.list', { saml_id: saml.id });
    return { saml, certificates, isOn: organization.login_saml_enabled };
  },
  refetchInterval,
  retry: false,
});

/** The SCIM configuration with its tokens, and the address that a directory asks; null while there is none. */
export const scimQuery = queryOptions({
  queryKey: ['scim'],
  queryFn: async () => {
    const { organization_id, token } = await session();
    const scim = await unlessMissing(call('scim.get', { organization_id }));
    if (scim === null) return null;
    const { scim_tokens: tokens } = await call('scimTokens.list', { scim_id: scim.id, page_size: 100 });
    return { scim, tokens, address: `${issuerOf(token)}/scim/v2/${scim.id}` };
  },
  refetchInterval,
  retry: false,
});

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (failure) {
    if (failure instanceof Failure && failure.problem?.type === 'not_found') return null;
    throw failure;
  }
}

/** Whoever issues sessions is called by the address that others reach it under, which need not be that of this page (RFC 7519, 4.1.1). */
function issuerOf(token: string): string {
  const [, claims = ''] = token.split('.');
  const { iss }: { readonly iss: string } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
  return iss;
}
