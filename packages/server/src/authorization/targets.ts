import type { ResourceAttributes } from '@bailiwick/authz';
import type { Target, TargetKind } from '@bailiwick/contract';
import type { Storage } from '../storage/storage.ts';
import type { Authorized } from './authorized.ts';

/** All that the service keeps is in no region. */
const locality = 'global';

/**
 * What conditions see of the object that an operation is about (docs/conditions.md). Undefined where there is none: in a
 * list, and for an object that does not exist.
 */
export async function targetAttributes(
  db: Storage['db'],
  scope: Authorized,
  target: Target | undefined,
  input: Readonly<Record<string, unknown>>,
): Promise<ResourceAttributes | undefined> {
  if (target === undefined) return undefined;
  if (target.kind === 'new') {
    const name = target.names.map((path) => valueAt(input, path)).find((value) => typeof value === 'string');
    return { ...(typeof name === 'string' && { name }), locality };
  }
  const id = input[target.input];
  if (typeof id !== 'string') return undefined;
  const name = await nameOf(db, scope, target.kind, id);
  return name === undefined ? undefined : { id, name, locality };
}

/** `member.username` in nested input. */
function valueAt(input: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
      input,
    );
}

/** Table, key and name of each kind. The name of a user is its username, that of an API key its description. */
const places = {
  user: { table: 'users', key: 'id', name: 'username' },
  application: { table: 'applications', key: 'id', name: 'name' },
  group: { table: 'groups', key: 'id', name: 'name' },
  policy: { table: 'policies', key: 'id', name: 'name' },
  api_key: { table: 'api_keys', key: 'access_key', name: 'description' },
  ssh_key: { table: 'ssh_keys', key: 'id', name: 'name' },
} as const;

async function nameOf(db: Storage['db'], scope: Authorized, kind: TargetKind, id: string): Promise<string | undefined> {
  const { table, key, name } = places[kind];
  const row = await db
    .selectFrom(table)
    .select(({ ref }) => ref(name).as('name'))
    .where('organization_id', '=', scope.organizationId)
    .where(({ eb, ref }) => eb(ref(key), '=', id))
    .executeTakeFirst();
  return row?.name;
}

/** The project of an SSH key; undefined for none. */
export async function projectOfSshKey(db: Storage['db'], scope: Authorized, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('ssh_keys')
    .select('project_id')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.project_id;
}

/** The user whose authenticator it is; undefined for none. */
export async function userOfAuthenticator(
  db: Storage['db'],
  scope: Authorized,
  id: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('webauthn_authenticators')
    .select('user_id')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.user_id;
}

/** Who bears an API key; undefined for no such key. */
export async function bearerOfKey(
  db: Storage['db'],
  scope: Authorized,
  accessKey: string,
): Promise<{ readonly kind: 'user' | 'application'; readonly id: string } | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .select(['user_id', 'application_id'])
    .where('organization_id', '=', scope.organizationId)
    .where('access_key', '=', accessKey)
    .executeTakeFirst();
  if (!row) return undefined;
  return row.user_id === null
    ? { kind: 'application', id: row.application_id ?? '' }
    : { kind: 'user', id: row.user_id };
}
