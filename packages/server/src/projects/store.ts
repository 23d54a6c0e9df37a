import { notFound, projectPageSize } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { ProjectTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';

export type ProjectRow = Selectable<ProjectTable>;

export interface ProjectFilters extends PageRequest {
  readonly name?: string;
  readonly project_ids?: readonly string[];
}

export async function listProjects(
  storage: Storage,
  scope: Authorized,
  filters: ProjectFilters,
): Promise<Page<ProjectRow>> {
  const { name, project_ids: ids } = filters;
  let query = storage.db.selectFrom('projects').selectAll().where('organization_id', '=', scope.organizationId);
  if (name !== undefined) query = query.where('name', '=', name);
  if (ids !== undefined) query = query.where('id', 'in', ids);
  const order = {
    columns: { created_at: 'created_at', name: 'name_sort' },
    tie: 'id',
    fallback: 'created_at_asc',
    pageSize: projectPageSize,
  } as const;
  const filtered = name !== undefined || ids !== undefined;
  return fetchPage(storage, query, filters, order, { scope, table: 'projects', filtered });
}

/** @throws ApiError `not_found`, naming the resource `project_id` as the account API does */
export async function getProject(db: Storage['db'], scope: Authorized, id: string): Promise<ProjectRow> {
  const row = await db
    .selectFrom('projects')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('project_id', id);
  return row;
}

export async function insertProject(
  { db, scope, now }: Change,
  project: { readonly id: string; readonly name: string; readonly description: string },
): Promise<void> {
  await db
    .insertInto('projects')
    .values({
      ...project,
      organization_id: scope.organizationId,
      name_sort: sortKey(project.name),
      created_at: now,
      updated_at: now,
    })
    .execute();
}

export async function updateProject(
  { db, scope, now }: Change,
  id: string,
  { name, description }: { readonly name?: string; readonly description?: string },
): Promise<void> {
  await db
    .updateTable('projects')
    .set({
      updated_at: now,
      ...(name !== undefined && { name, name_sort: sortKey(name) }),
      ...(description !== undefined && { description }),
    })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Its SSH keys go with it and rules lose it; API keys that prefer it fall back to the default project. */
export async function deleteProject({ db, scope }: Change, id: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ default_project_id: scope.organizationId })
    .where('organization_id', '=', scope.organizationId)
    .where('default_project_id', '=', id)
    .execute();
  await db.deleteFrom('projects').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
