import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { Bit, SshKeyTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';

export type SshKeyRow = Selectable<SshKeyTable>;

export interface SshKeyFilters extends PageRequest {
  readonly name?: string;
  readonly project_id?: string;
  readonly disabled?: boolean;
}

export async function listSshKeys(
  storage: Storage,
  scope: Authorized,
  filters: SshKeyFilters,
): Promise<Page<SshKeyRow>> {
  const { name, project_id: projectId, disabled } = filters;
  let query = storage.db.selectFrom('ssh_keys').selectAll().where('organization_id', '=', scope.organizationId);
  if (name !== undefined) query = query.where('name', '=', name);
  if (projectId !== undefined) query = query.where('project_id', '=', projectId);
  if (disabled !== undefined) query = query.where('disabled', '=', Number(disabled) as Bit);
  const order = {
    columns: { created_at: 'created_at', updated_at: 'updated_at', name: 'name_sort' },
    tie: 'id',
    fallback: 'created_at_asc',
  } as const;
  const filtered = [name, projectId, disabled].some((filter) => filter !== undefined);
  return fetchPage(storage, query, filters, order, { scope, table: 'ssh_keys', filtered });
}

/** @throws ApiError `not_found` */
export async function getSshKey(db: Storage['db'], scope: Authorized, id: string): Promise<SshKeyRow> {
  const row = await db
    .selectFrom('ssh_keys')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('ssh_key', id);
  return row;
}

export async function insertSshKey(
  { db, scope, now }: Change,
  key: Pick<SshKeyRow, 'id' | 'project_id' | 'name' | 'public_key' | 'fingerprint'>,
): Promise<void> {
  await db
    .insertInto('ssh_keys')
    .values({
      ...key,
      organization_id: scope.organizationId,
      name_sort: sortKey(key.name),
      created_at: now,
      updated_at: now,
    })
    .execute();
}

export async function updateSshKey(
  { db, scope, now }: Change,
  id: string,
  { name, disabled }: { readonly name?: string; readonly disabled?: boolean },
): Promise<void> {
  await db
    .updateTable('ssh_keys')
    .set({
      updated_at: now,
      ...(name !== undefined && { name, name_sort: sortKey(name) }),
      ...(disabled !== undefined && { disabled: Number(disabled) as Bit }),
    })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

export async function deleteSshKey({ db, scope }: Change, id: string): Promise<void> {
  await db.deleteFrom('ssh_keys').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
