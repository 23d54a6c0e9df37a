import type { Services } from '../context.ts';
import { type Authentication, denied } from '../http/authenticate.ts';

/** What a directory shows, and the configuration whose paths it calls. */
export interface ScimCredentials {
  /** Undefined where there is none behind `Authorization: Bearer`. */
  readonly token: string | undefined;
  readonly scimId: string;
}

/** The id of the token, and 54 random bytes (tokens.ts). */
const tokenForm = /^[A-Za-z0-9+/]{48}\.[\w-]{72}$/;

/**
 * The directory that a token stands for. It is looked up at every request, by keyed hash and together with the configuration
 * in the path: one of another configuration is as unknown as one that is made up, and a deleted one as dead.
 *
 * @throws ApiError `denied_authentication`
 */
export async function findDirectory(
  { storage, secrets, clock, rehash }: Services,
  { token, scimId }: ScimCredentials,
): Promise<Authentication> {
  if (token === undefined || !tokenForm.test(token)) throw denied('unknown_method', 'invalid_argument');
  const hashes = secrets.hashes(token);
  const [newest = ''] = hashes;
  const row = await storage.db
    .selectFrom('scim_tokens as t')
    .innerJoin('organizations as o', 'o.id', 't.organization_id')
    .select(['t.id', 't.organization_id', 't.secret_hash', 't.expires_at', 'o.revision'])
    .where('t.secret_hash', 'in', hashes)
    .where('t.scim_id', '=', scimId)
    .executeTakeFirst();
  if (!row) throw denied('unknown_method', 'not_found');
  if (row.expires_at <= clock.now()) throw denied('unknown_method', 'expired');
  if (row.secret_hash !== newest) rehash.note(row.secret_hash, newest);
  const actor = {
    kind: 'platform',
    id: row.id,
    organizationId: row.organization_id,
    owner: false,
    locked: false,
  } as const;
  return { actor, revision: row.revision };
}
