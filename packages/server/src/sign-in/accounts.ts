import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Services } from '../context.ts';
import { findAlias, getOrganization } from '../organizations/store.ts';
import { isUsable } from '../saml/saml.ts';
import type { Storage } from '../storage/storage.ts';
import { findUsername, type UserRow, usernameKey } from '../users/store.ts';

/** What somebody says who signs in. */
export interface Names {
  readonly organization?: string;
  readonly username: string;
}

/** Whose names they are; nobody's, perhaps. */
export interface Account {
  readonly organizationId: string | null;
  readonly userId: string | null;
  /** Ways to sign in that the organization allows its members; those of an unknown one are all. */
  readonly methods: readonly SignInMethod[];
  /** Keyed hash that tries are counted under, whether anybody has the names or not. */
  readonly key: string;
}

export type SignInMethod = 'password' | 'code' | 'saml';

/** Those that need nothing to be set up. */
const allMethods: readonly SignInMethod[] = ['password', 'code'];

/** Finds the user of these names: in an organization, or the owner by its address alone. */
export async function findAccount({ storage, secrets }: Services, names: Names): Promise<Account> {
  const username = usernameKey(names.username);
  const given = names.organization?.toLowerCase() ?? '';
  const owner = given === '' ? await findOwner(storage.db, username) : undefined;
  const organizationId = owner?.organizationId ?? (given === '' ? null : await findOrganization(storage.db, given));
  const key = accountKey({ secrets }, organizationId ?? given, username);
  if (organizationId === null) return { organizationId, userId: null, methods: allMethods, key };
  const scope = authorizedPlatform(organizationId);
  const userId = owner?.userId ?? (await findUsername(storage.db, scope, username)) ?? null;
  const organization = await getOrganization(storage.db, scope);
  const enabled = allMethods.filter((method) => isEnabled(organization, method));
  const saml = isEnabled(organization, 'saml') && (await isUsable(storage.db, scope));
  const methods = saml ? ([...enabled, 'saml'] as const) : enabled;
  return { organizationId, userId, methods: given === '' ? allMethods : methods, key };
}

/** Tries of one name are counted under it. */
export const accountKey = ({ secrets }: Pick<Services, 'secrets'>, organization: string, username: string): string =>
  secrets.hash(`account ${organization} ${usernameKey(username)}`);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function findOrganization(db: Storage['db'], idOrAlias: string): Promise<string | null> {
  if (!uuid.test(idOrAlias)) return (await findAlias(db, idOrAlias)) ?? null;
  const row = await db.selectFrom('organizations').select('id').where('id', '=', idOrAlias).executeTakeFirst();
  return row?.id ?? null;
}

/** Who owns several organizations says which. */
async function findOwner(db: Storage['db'], username: string) {
  const rows = await db
    .selectFrom('users')
    .select(['organization_id as organizationId', 'id as userId'])
    .where('type', '=', 'owner')
    .where('username_key', '=', username)
    .limit(2)
    .execute();
  return rows.length === 1 ? rows[0] : undefined;
}

const switches = {
  password: 'login_password_enabled',
  code: 'login_magic_code_enabled',
  saml: 'login_saml_enabled',
} as const;

type Methods = Pick<Awaited<ReturnType<typeof getOrganization>>, (typeof switches)[SignInMethod]>;

const isEnabled = (organization: Methods, method: SignInMethod): boolean => organization[switches[method]] === 1;

/**
 * Members use only what is enabled; the owner could lock itself out otherwise. No identity provider vouches for the owner:
 * who runs it would own the organization.
 */
export const mayUse = (user: Pick<UserRow, 'type'>, organization: Methods, method: SignInMethod): boolean =>
  user.type === 'owner' ? method !== 'saml' : isEnabled(organization, method);

/** The user of an account as it is now; none any more, perhaps. */
export async function userOf(
  db: Storage['db'],
  { organizationId, userId }: { readonly organizationId: string | null; readonly userId: string | null },
) {
  if (organizationId === null || userId === null) return null;
  const scope = authorizedPlatform(organizationId);
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', userId)
    .executeTakeFirst();
  return user === undefined ? null : { user, organization: await getOrganization(db, scope), scope };
}
