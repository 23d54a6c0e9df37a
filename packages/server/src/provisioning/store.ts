import { notFound } from '@bailiwick/contract';
import { type SelectQueryBuilder, sql } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { GroupRow } from '../groups/store.ts';
import { idChunks } from '../storage/chunks.ts';
import { countedRows } from '../storage/list.ts';
import { sortKeysLike } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';
import { type UserRow, usernameKey } from '../users/store.ts';

/** What a directory sees: members, and the groups that are nobody's but the organization's. */
export interface Window {
  readonly offset: number;
  readonly limit: number;
}

export interface Found<R> {
  readonly rows: readonly R[];
  /** On all pages. */
  readonly total: number;
}

/** With what the directory calls it. */
export type NamedUser = UserRow & { readonly external_id: string | null };
export type NamedGroup = GroupRow & { readonly external_id: string | null };

/** What all of the members sought have; each is found by an index. */
export interface UserFilter {
  readonly id?: string;
  readonly userName?: string;
  readonly externalId?: string;
  /** Without regard to case, as mail is delivered. */
  readonly email?: string;
}

export interface GroupFilter {
  readonly id?: string;
  readonly displayName?: string;
  readonly externalId?: string;
  /** Id of a user in it. */
  readonly member?: string;
}

/** In the order in which they were made. */
export async function findMembers(
  storage: Storage,
  scope: Authorized,
  filter: UserFilter,
  window: Window,
): Promise<Found<NamedUser>> {
  const { id, userName, externalId, email } = filter;
  let query = members(storage.db, scope);
  if (id !== undefined) query = query.where('users.id', '=', id);
  if (userName !== undefined) query = query.where('username_key', '=', usernameKey(userName));
  if (externalId !== undefined) {
    const named = storage.db
      .selectFrom('scim_users')
      .select('user_id')
      .where('organization_id', '=', scope.organizationId)
      .where('external_id', '=', externalId);
    query = query.where('users.id', 'in', named);
  }
  if (email !== undefined) {
    const [from, before] = sortKeysLike(email);
    query = query.where('email_sort', '>=', from).where('email_sort', '<', before);
  }
  const sought = query.clearSelect().select(({ fn }) => fn.countAll<number>().as('total'));
  return found(query, window, async () => {
    if (Object.keys(filter).length > 0) return (await sought.executeTakeFirstOrThrow()).total;
    // The owner is a user, and the only one that is no member.
    return (await countedRows(storage, scope, 'users')) - 1;
  });
}

const members = (db: Storage['db'], scope: Authorized) =>
  db
    .selectFrom('users')
    .leftJoin('scim_users as named', 'named.user_id', 'users.id')
    .selectAll('users')
    .select('named.external_id')
    .where('users.organization_id', '=', scope.organizationId)
    .where('type', '=', 'member');

/** @throws ApiError `not_found`, also for the owner */
export async function getVisibleMember(db: Storage['db'], scope: Authorized, id: string): Promise<NamedUser> {
  const row = await members(db, scope).where('users.id', '=', id.toLowerCase()).executeTakeFirst();
  if (!row) throw notFound('user', id);
  return row;
}

/** Those of the users that are members. */
export async function membersAmong(
  db: Storage['db'],
  scope: Authorized,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const chunk of idChunks(ids)) {
    const rows = await db
      .selectFrom('users')
      .select('id')
      .where('organization_id', '=', scope.organizationId)
      .where('type', '=', 'member')
      .where('id', 'in', chunk)
      .execute();
    for (const { id } of rows) known.add(id);
  }
  return known;
}

/** In the order in which they were made. */
export async function findGroups(
  storage: Storage,
  scope: Authorized,
  filter: GroupFilter,
  window: Window,
): Promise<Found<NamedGroup>> {
  const { id, displayName, externalId, member } = filter;
  let query = groups(storage.db, scope);
  if (id !== undefined) query = query.where('groups.id', '=', id);
  if (displayName !== undefined) query = query.where('name', '=', displayName);
  if (externalId !== undefined) {
    const named = storage.db
      .selectFrom('scim_groups')
      .select('group_id')
      .where('organization_id', '=', scope.organizationId)
      .where('external_id', '=', externalId);
    query = query.where('groups.id', 'in', named);
  }
  if (member !== undefined) {
    const holding = storage.db
      .selectFrom('group_members as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select('m.group_id')
      .where('m.organization_id', '=', scope.organizationId)
      .where('m.user_id', '=', member)
      .where('u.type', '=', 'member');
    query = query.where('groups.id', 'in', holding);
  }
  const sought = query.clearSelect().select(({ fn }) => fn.countAll<number>().as('total'));
  return found(query, window, async () => (await sought.executeTakeFirstOrThrow()).total);
}

const groups = (db: Storage['db'], scope: Authorized) =>
  db
    .selectFrom('groups')
    .leftJoin('scim_groups as named', 'named.group_id', 'groups.id')
    .selectAll('groups')
    .select('named.external_id')
    .where('groups.organization_id', '=', scope.organizationId)
    .where('kind', '=', 'ordinary')
    .where('managed', '=', 0);

/** @throws ApiError `not_found`, also for a group of the platform's */
export async function getVisibleGroup(db: Storage['db'], scope: Authorized, id: string): Promise<NamedGroup> {
  const row = await groups(db, scope).where('groups.id', '=', id.toLowerCase()).executeTakeFirst();
  if (!row) throw notFound('group', id);
  return row;
}

/** A member of a group, as the directory sees it. */
export interface MemberRow {
  readonly groupId: string;
  readonly id: string;
}

/** The members of groups in the order in which they came; applications and the owner are none for a directory. */
export async function membersOf(
  db: Storage['db'],
  scope: Authorized,
  groupIds: readonly string[],
): Promise<readonly MemberRow[]> {
  if (groupIds.length === 0) return [];
  return db
    .selectFrom('group_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.group_id as groupId', 'u.id'])
    .where('m.organization_id', '=', scope.organizationId)
    .where('m.group_id', 'in', groupIds)
    .where('u.type', '=', 'member')
    .orderBy('m.position')
    .execute();
}

/** Those of the users that are in the group. */
export async function insideAmong(
  { db, scope }: Pick<Change, 'db' | 'scope'>,
  groupId: string,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const inside = new Set<string>();
  for (const chunk of idChunks(userIds)) {
    const rows = await db
      .selectFrom('group_members')
      .select('user_id')
      .where('organization_id', '=', scope.organizationId)
      .where('group_id', '=', groupId)
      .where('user_id', 'in', chunk)
      .execute();
    for (const { user_id: id } of rows) if (id !== null) inside.add(id);
  }
  return inside;
}

async function found<DB, T extends keyof DB, R>(
  query: SelectQueryBuilder<DB, T, R>,
  { offset, limit }: Window,
  count: () => Promise<number>,
): Promise<Found<R>> {
  const page = query.orderBy(sql`created_at`).orderBy(sql`id`).limit(limit).offset(offset);
  const rows = limit === 0 ? [] : await page.execute();
  const isAll = rows.length < limit && (offset === 0 || rows.length > 0);
  return { rows, total: isAll ? offset + rows.length : await count() };
}
