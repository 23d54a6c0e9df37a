import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { GroupTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';
import { tagFilter } from '../storage/tags.ts';

export type GroupRow = Selectable<GroupTable>;

export interface GroupFilters extends PageRequest {
  readonly name?: string;
  readonly user_ids?: readonly string[];
  readonly application_ids?: readonly string[];
  readonly group_ids?: readonly string[];
  readonly tag?: string;
}

/** Groups that hold one of the users, or one of the applications. The special groups hold what exists. */
export async function listGroups(storage: Storage, scope: Authorized, filters: GroupFilters): Promise<Page<GroupRow>> {
  const { name, user_ids: userIds, application_ids: applicationIds, group_ids: ids, tag } = filters;
  let query = storage.db.selectFrom('groups').selectAll().where('organization_id', '=', scope.organizationId);
  if (name !== undefined) query = query.where('name', '=', name);
  if (ids !== undefined) query = query.where('id', 'in', ids);
  if (tag !== undefined) query = query.where(tagFilter(storage.kind, 'groups.tags', tag));
  if (userIds !== undefined) {
    query = query.where(({ or, and, eb, exists, selectFrom }) =>
      or([
        exists(
          selectFrom('group_members')
            .select('position')
            .whereRef('group_id', '=', 'groups.id')
            .where('user_id', 'in', userIds),
        ),
        and([
          eb('kind', '=', 'all_users'),
          exists(
            selectFrom('users')
              .select('users.id')
              .whereRef('users.organization_id', '=', 'groups.organization_id')
              .where('users.id', 'in', userIds),
          ),
        ]),
      ]),
    );
  }
  if (applicationIds !== undefined) {
    query = query.where(({ or, and, eb, exists, selectFrom }) =>
      or([
        exists(
          selectFrom('group_members')
            .select('position')
            .whereRef('group_id', '=', 'groups.id')
            .where('application_id', 'in', applicationIds),
        ),
        and([
          eb('kind', '=', 'all_applications'),
          exists(
            selectFrom('applications')
              .select('applications.id')
              .whereRef('applications.organization_id', '=', 'groups.organization_id')
              .where('applications.managed', '=', 0)
              .where('applications.id', 'in', applicationIds),
          ),
        ]),
      ]),
    );
  }
  const order = {
    columns: { created_at: 'created_at', updated_at: 'updated_at', name: 'name_sort' },
    tie: 'id',
    fallback: 'created_at_asc',
  } as const;
  const filtered = [name, userIds, applicationIds, ids, tag].some((filter) => filter !== undefined);
  return fetchPage(storage, query, filters, order, { scope, table: 'groups', filtered });
}

/** @throws ApiError `not_found` */
export async function getGroup(db: Storage['db'], scope: Authorized, id: string): Promise<GroupRow> {
  const row = await db
    .selectFrom('groups')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('group', id);
  return row;
}

/** The group with this name. */
export async function findGroupName(db: Storage['db'], scope: Authorized, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('groups')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id;
}

export interface NewGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

export async function insertGroup({ db, scope, now }: Change, group: NewGroup): Promise<void> {
  await db
    .insertInto('groups')
    .values({
      ...group,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      kind: 'ordinary',
      name_sort: sortKey(group.name),
      tags: JSON.stringify(group.tags),
    })
    .execute();
}

export async function updateGroup(
  { db, scope, now }: Change,
  id: string,
  { name, description, tags }: Partial<Omit<NewGroup, 'id'>>,
): Promise<void> {
  await db
    .updateTable('groups')
    .set({
      updated_at: now,
      ...(name !== undefined && { name, name_sort: sortKey(name) }),
      ...(description !== undefined && { description }),
      ...(tags !== undefined && { tags: JSON.stringify(tags) }),
    })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Its memberships go with it; its policies stay, attached to nobody. */
export async function deleteGroup({ db, scope }: Change, id: string): Promise<void> {
  await db
    .updateTable('policies')
    .set({ group_id: null })
    .where('organization_id', '=', scope.organizationId)
    .where('group_id', '=', id)
    .execute();
  await db.deleteFrom('groups').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
