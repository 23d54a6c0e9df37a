import { formatTimestamp, parseTimestamp } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { type AuditEntryRow, getShownEntry, listShownEntries, shownResources } from './store.ts';

export const list: Handler<'logs.list'> = async (
  { storage, scope },
  { created_after: after, created_before: before, ...filters },
) => {
  const { rows, total } = await listShownEntries(storage, scope, {
    ...filters,
    ...moment('createdAfter', after),
    ...moment('createdBefore', before),
  });
  return { logs: rows.map(toLog), total_count: total };
};

export const get: Handler<'logs.get'> = async ({ storage, scope }, { log_id: id }) =>
  toLog(await getShownEntry(storage.db, scope, id));

/** A time of the input, which validation has read before. */
function moment<K extends string>(name: K, text: string | undefined): { [N in K]?: number } {
  const micros = text === undefined ? null : parseTimestamp(text);
  return micros === null ? {} : ({ [name]: micros } as { [N in K]?: number });
}

type ShownResource = (typeof shownResources)[number];
const isShown = (resource: string): resource is ShownResource => shownResources.some((shown) => shown === resource);

function toLog(row: AuditEntryRow) {
  return {
    id: row.id,
    created_at: formatTimestamp(row.created_at),
    ip: row.ip,
    user_agent: row.user_agent,
    action: row.action,
    bearer_id: row.bearer_id,
    organization_id: row.organization_id,
    resource_type: isShown(row.resource_type) ? row.resource_type : ('unknown_resource_type' as const),
    resource_id: row.resource_id,
  };
}
