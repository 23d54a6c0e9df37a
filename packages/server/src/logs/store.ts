import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { AuditEntryTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type AuditEntryRow = Selectable<AuditEntryTable>;

/** Kinds of things whose changes the log shows; every change is kept (docs/wire.md). */
export const shownResources = ['api_key', 'user', 'application', 'group', 'policy'] as const;

export interface LogFilters extends PageRequest {
  /** Microseconds since 1970, not included. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly action?: string;
  readonly resource_type?: string;
  readonly search?: string;
}

function selectShown(db: Storage['db'], scope: Authorized) {
  return db
    .selectFrom('audit_entries')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('resource_type', 'in', shownResources);
}

export async function listShownEntries(
  storage: Storage,
  scope: Authorized,
  filters: LogFilters,
): Promise<Page<AuditEntryRow>> {
  const { createdAfter, createdBefore, action, resource_type: resourceType, search } = filters;
  let query = selectShown(storage.db, scope);
  if (createdAfter !== undefined) query = query.where('created_at', '>', createdAfter);
  if (createdBefore !== undefined) query = query.where('created_at', '<', createdBefore);
  if (action !== undefined) query = query.where('action', '=', action as AuditEntryRow['action']);
  if (resourceType !== undefined) query = query.where('resource_type', '=', resourceType);
  if (search !== undefined && search !== '') {
    query = query.where(({ or, eb }) => or([eb('bearer_id', '=', search), eb('resource_id', '=', search)]));
  }
  const order = { columns: { created_at: 'created_at' }, tie: 'id', fallback: 'created_at_asc' } as const;
  return fetchPage(storage, query, filters, order);
}

/** @throws ApiError `not_found` */
export async function getShownEntry(db: Storage['db'], scope: Authorized, id: string): Promise<AuditEntryRow> {
  const row = await selectShown(db, scope).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('log', id);
  return row;
}
