import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { chunks, idChunks } from '../storage/chunks.ts';
import type { GroupTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** Who is in a group, in the order in which they were given. */
export interface Members {
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

type GroupKind = { readonly id: string; readonly kind: GroupTable['kind'] };

/** The members of several groups, by group, with one query for each kind of group. */
export async function readMembers(
  db: Storage['db'],
  scope: Authorized,
  groups: readonly GroupKind[],
): Promise<ReadonlyMap<string, Members>> {
  const ordinary = groups.filter(({ kind }) => kind === 'ordinary').map(({ id }) => id);
  const members = new Map<string, { userIds: string[]; applicationIds: string[] }>(
    groups.map(({ id }) => [id, { userIds: [], applicationIds: [] }]),
  );
  if (ordinary.length > 0) {
    const rows = await db
      .selectFrom('group_members')
      .select(['group_id', 'user_id', 'application_id'])
      .where('organization_id', '=', scope.organizationId)
      .where('group_id', 'in', ordinary)
      .orderBy('position')
      .execute();
    for (const row of rows) {
      if (row.user_id !== null) members.get(row.group_id)?.userIds.push(row.user_id);
      if (row.application_id !== null) members.get(row.group_id)?.applicationIds.push(row.application_id);
    }
  }
  for (const { id, kind } of groups) {
    if (kind === 'all_users') members.get(id)?.userIds.push(...(await firstUsers(db, scope)));
    if (kind === 'all_applications') members.get(id)?.applicationIds.push(...(await firstApplications(db, scope)));
  }
  return members;
}

/**
 * Members that a special group shows. Who is in it is known without a list, and may be a million
 * (docs/decisions/0024-growth.md).
 */
const shownOfSpecialGroups = 1000;

async function firstUsers(db: Storage['db'], scope: Authorized): Promise<string[]> {
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(shownOfSpecialGroups)
    .execute();
  return rows.map(({ id }) => id);
}

/** Applications run by the platform are in no group. */
async function firstApplications(db: Storage['db'], scope: Authorized): Promise<string[]> {
  const rows = await db
    .selectFrom('applications')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .where('managed', '=', 0)
    .orderBy('created_at')
    .orderBy('id')
    .limit(shownOfSpecialGroups)
    .execute();
  return rows.map(({ id }) => id);
}

/** Members to add or set; the same id twice counts once. */
export type NewMembers = Members;

/** Puts the members behind those a group has. Who is in it already stays where it is. */
export async function insertMembers(
  { db, scope }: Change,
  groupId: string,
  { userIds, applicationIds }: NewMembers,
): Promise<void> {
  const { last } = await db
    .selectFrom('group_members')
    .select(({ fn }) => fn.max<number | null>('position').as('last'))
    .where('organization_id', '=', scope.organizationId)
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  const first = (last ?? -1) + 1;
  const bearers = [
    ...[...new Set(userIds)].map((id) => ({ user_id: id, application_id: null })),
    ...[...new Set(applicationIds)].map((id) => ({ user_id: null, application_id: id })),
  ];
  const rows = bearers.map((bearer, index) => ({
    ...bearer,
    organization_id: scope.organizationId,
    group_id: groupId,
    position: first + index,
  }));
  for (const chunk of chunks(rows)) {
    await db
      .insertInto('group_members')
      .values(chunk)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Takes everybody out. */
export async function deleteMembers({ db, scope }: Change, groupId: string): Promise<void> {
  await db
    .deleteFrom('group_members')
    .where('organization_id', '=', scope.organizationId)
    .where('group_id', '=', groupId)
    .execute();
}

/** Takes users out, whether they were in it or not. */
export async function deleteUsers({ db, scope }: Change, groupId: string, userIds: readonly string[]): Promise<void> {
  for (const chunk of idChunks(userIds)) {
    await db
      .deleteFrom('group_members')
      .where('organization_id', '=', scope.organizationId)
      .where('group_id', '=', groupId)
      .where('user_id', 'in', chunk)
      .execute();
  }
}

/** @returns false when nobody with this id was in the group */
export async function deleteMember(
  { db, scope }: Change,
  groupId: string,
  bearer: { readonly column: 'user_id' | 'application_id'; readonly id: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('group_members')
    .where('organization_id', '=', scope.organizationId)
    .where('group_id', '=', groupId)
    .where(bearer.column, '=', bearer.id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
