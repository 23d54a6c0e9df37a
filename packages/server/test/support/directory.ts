import type { Answer, CallOptions, Json, TestServer } from './server.ts';

/** A directory that provisions an organization: its configuration and its token. */
export interface Directory {
  readonly scimId: string;
  readonly tokenId: string;
  readonly token: string;
  /** Calls below the address of the configuration: `('GET', '/Users')`. */
  readonly call: (method: string, path: string, body?: Json, options?: CallOptions) => Promise<Answer>;
}

/** Enables SCIM for an organization, that of the owner's key by default, or makes another token for it. */
export async function connectDirectory(
  server: Pick<TestServer, 'call' | 'organization'>,
  { organizationId, secretKey: key }: { organizationId: string; secretKey: string } = server.organization,
): Promise<Directory> {
  const path = `/iam/v1alpha1/organizations/${organizationId}/scim`;
  const enabled = await server.call('POST', path, { key, body: {} });
  const scimId = enabled.body.id ?? (await server.call('GET', path, { key })).body.id;
  const made = await server.call('POST', `/iam/v1alpha1/scim/${scimId}/tokens`, { key });
  const token = made.body.bearer_token;
  return {
    scimId,
    tokenId: made.body.token.id,
    token,
    call: (method, below, body, { headers, ...options } = {}) =>
      server.call(method, `/scim/v2/${scimId}${below}`, {
        key: null,
        ...(body !== undefined && { body }),
        ...options,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/scim+json' }),
          ...headers,
        },
      }),
  };
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The body of a PATCH. */
export const patchOf = (...operations: readonly Json[]): Json => ({ schemas: [patchSchema], Operations: operations });

/** The error of an answer, without what all have in common. */
export const errorOf = ({ status, body }: Answer): readonly [number, string | undefined, string] => [
  status,
  body.scimType,
  body.detail,
];
