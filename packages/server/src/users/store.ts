import { notFound } from '@bailiwick/contract';
import type { Insertable, Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { Bit, UserTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';
import { tagFilter } from '../storage/tags.ts';

export type UserRow = Selectable<UserTable>;

export interface UserFilters extends PageRequest {
  readonly user_ids?: readonly string[];
  readonly mfa?: boolean;
  readonly tag?: string;
  readonly type?: string;
}

export async function listUsers(storage: Storage, scope: Authorized, filters: UserFilters): Promise<Page<UserRow>> {
  const { user_ids: ids, mfa, tag, type } = filters;
  let query = storage.db.selectFrom('users').selectAll().where('organization_id', '=', scope.organizationId);
  if (ids !== undefined) query = query.where('id', 'in', ids);
  if (mfa !== undefined) query = query.where('mfa', '=', Number(mfa) as Bit);
  if (tag !== undefined) query = query.where(tagFilter(storage.kind, 'users.tags', tag));
  if (type !== undefined) query = query.where('type', '=', type as UserTable['type']);
  const order = {
    columns: {
      created_at: 'created_at',
      updated_at: 'updated_at',
      email: 'email_sort',
      last_login: 'last_login_order',
      username: 'username_key',
    },
    tie: 'id',
    fallback: 'created_at_asc',
  } as const;
  const filtered = [ids, mfa, tag, type].some((filter) => filter !== undefined);
  return fetchPage(storage, query, filters, order, { scope, table: 'users', filtered });
}

/** The owner of an organization: there is always one. */
export function getOwner(db: Storage['db'], scope: Authorized): Promise<UserRow> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('type', '=', 'owner')
    .executeTakeFirstOrThrow();
}

/** @throws ApiError `not_found` */
export async function getUser(db: Storage['db'], scope: Authorized, id: string): Promise<UserRow> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('user', id);
  return row;
}

/** Form under which usernames are unique: without regard to case. */
export const usernameKey = (username: string): string => username.toLowerCase();

/** The user with this username, regardless of case. */
export async function findUsername(
  db: Storage['db'],
  scope: Authorized,
  username: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .where('username_key', '=', usernameKey(username))
    .executeTakeFirst();
  return row?.id;
}

export type NewUser = Pick<
  Insertable<UserTable>,
  'id' | 'status' | 'email' | 'username' | 'first_name' | 'last_name' | 'phone_number' | 'locale' | 'password_hash'
> & { readonly tags: readonly string[] };

export async function insertMember({ db, scope, now }: Change, user: NewUser): Promise<void> {
  await db
    .insertInto('users')
    .values({
      ...user,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      type: 'member',
      email_sort: sortKey(user.email),
      username_key: usernameKey(user.username),
      account_root_user_id: null,
      last_login_at: null,
      tags: JSON.stringify(user.tags),
    })
    .execute();
}

export interface UserChanges {
  readonly email?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly phone_number?: string;
  readonly locale?: string;
  readonly tags?: readonly string[];
  readonly status?: UserTable['status'];
  readonly locked?: boolean;
  readonly password_hash?: string;
  /** Whether the user itself has chosen the password. */
  readonly password_renewed?: boolean;
  readonly mfa?: boolean;
  readonly failed_sign_ins?: number;
}

/** @param updatedAt the new `updated_at`, in microseconds */
export async function updateUser(
  { db, scope }: Change,
  id: string,
  { email, username, tags, locked, password_renewed: renewed, mfa, ...changes }: UserChanges,
  updatedAt: number,
): Promise<void> {
  await db
    .updateTable('users')
    .set({
      ...changes,
      updated_at: updatedAt,
      ...(email !== undefined && { email, email_sort: sortKey(email) }),
      ...(username !== undefined && { username, username_key: usernameKey(username) }),
      ...(tags !== undefined && { tags: JSON.stringify(tags) }),
      ...(locked !== undefined && { locked: Number(locked) as Bit }),
      ...(renewed !== undefined && { password_renewed: Number(renewed) as Bit }),
      ...(mfa !== undefined && { mfa: Number(mfa) as Bit }),
    })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** One more failure after another; tells how many there are. */
export function countFailedSignIn({ db, scope }: Change, id: string): Promise<UserRow> {
  return db
    .updateTable('users')
    .set((row) => ({ failed_sign_ins: row('failed_sign_ins', '+', 1) }))
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function markSignedIn({ db, scope, now }: Change, id: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ last_login_at: now, failed_sign_ins: 0 })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Its API keys, sessions and memberships go with it; its policies stay, attached to nobody. */
export async function deleteUser({ db, scope }: Change, id: string): Promise<void> {
  await db
    .updateTable('policies')
    .set({ user_id: null })
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', id)
    .execute();
  await db.deleteFrom('users').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
