import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { ApplicationTable, Bit } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';
import { tagFilter } from '../storage/tags.ts';

export type ApplicationRow = Selectable<ApplicationTable> & { readonly nb_api_keys: number };

export interface ApplicationFilters extends PageRequest {
  readonly name?: string;
  readonly editable?: boolean;
  readonly application_ids?: readonly string[];
  readonly tag?: string;
}

function selectApplications(db: Storage['db'], scope: Authorized) {
  return db
    .selectFrom('applications')
    .selectAll('applications')
    .select(({ selectFrom, fn }) =>
      selectFrom('api_keys')
        .whereRef('api_keys.application_id', '=', 'applications.id')
        .select(fn.countAll<number>().as('total'))
        .$asScalar()
        .$notNull()
        .as('nb_api_keys'),
    )
    .where('applications.organization_id', '=', scope.organizationId);
}

export async function listApplications(
  storage: Storage,
  scope: Authorized,
  filters: ApplicationFilters,
): Promise<Page<ApplicationRow>> {
  const { name, editable, application_ids: ids, tag } = filters;
  let query = selectApplications(storage.db, scope);
  if (name !== undefined) query = query.where('name', '=', name);
  if (editable !== undefined) query = query.where('editable', '=', Number(editable) as Bit);
  if (ids !== undefined) query = query.where('id', 'in', ids);
  if (tag !== undefined) query = query.where(tagFilter(storage.kind, 'applications.tags', tag));
  const order = {
    columns: { created_at: 'applications.created_at', updated_at: 'applications.updated_at', name: 'name_sort' },
    tie: 'applications.id',
    fallback: 'created_at_asc',
  } as const;
  const filtered = [name, editable, ids, tag].some((filter) => filter !== undefined);
  return fetchPage(storage, query, filters, order, { scope, table: 'applications', filtered });
}

/** @throws ApiError `not_found` */
export async function getApplication(db: Storage['db'], scope: Authorized, id: string): Promise<ApplicationRow> {
  const row = await selectApplications(db, scope).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('application', id);
  return row;
}

export interface NewApplication {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

export async function insertApplication({ db, scope, now }: Change, application: NewApplication): Promise<void> {
  await db
    .insertInto('applications')
    .values({
      ...application,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      name_sort: sortKey(application.name),
      tags: JSON.stringify(application.tags),
    })
    .execute();
}

export async function updateApplication(
  { db, scope, now }: Change,
  id: string,
  { name, description, tags }: Partial<Omit<NewApplication, 'id'>>,
): Promise<void> {
  await db
    .updateTable('applications')
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

/** Its API keys and memberships go with it; its policies stay, attached to nobody. */
export async function deleteApplication({ db, scope }: Change, id: string): Promise<void> {
  await db
    .updateTable('policies')
    .set({ application_id: null })
    .where('organization_id', '=', scope.organizationId)
    .where('application_id', '=', id)
    .execute();
  await db
    .deleteFrom('applications')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}
