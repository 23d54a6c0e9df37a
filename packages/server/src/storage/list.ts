import { type ReferenceExpression, type SelectQueryBuilder, sql } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { CountedTable, Database } from './schema.ts';
import type { Storage } from './storage.ts';

/** Which page of a list, in which order: inputs of every list operation. */
export interface PageRequest {
  readonly page?: number;
  readonly page_size?: number;
  readonly order_by?: string;
}

export interface Page<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

/**
 * Fetches one page of a query whose filters are set, and the number of all matches. A list without filters takes that
 * number from the counters, so that it costs the same for a thousand rows and for a million.
 *
 * @param columns what each word of `order_by` orders by, `created_at` and so on; `tie` orders rows that are equal in it
 */
export async function fetchPage<T extends keyof Database, R>(
  storage: Storage,
  query: SelectQueryBuilder<Database, T, R>,
  request: PageRequest,
  order: {
    readonly columns: Readonly<Record<string, ReferenceExpression<Database, T>>>;
    readonly tie: ReferenceExpression<Database, T>;
    readonly fallback: string;
    readonly pageSize?: number;
  },
  counted?: { readonly scope: Authorized; readonly table: CountedTable; readonly filtered: boolean },
): Promise<Page<R>> {
  const size = request.page_size ?? order.pageSize ?? 20;
  const offset = ((request.page ?? 1) - 1) * size;
  const asked = request.order_by ?? order.fallback;
  const column = order.columns[asked.replace(/_(asc|desc)$/, '')];
  if (column === undefined) throw new Error(`no column for order ${asked}`);
  const direction = asked.endsWith('_desc') ? 'desc' : 'asc';
  const rows = await query
    .orderBy(column, direction)
    .orderBy(order.tie, direction)
    .limit(size)
    .offset(offset)
    .execute();
  if (rows.length < size && (offset === 0 || rows.length > 0)) return { rows, total: offset + rows.length };
  const total =
    counted && !counted.filtered ? await countedRows(storage, counted.scope, counted.table) : await countRows(query);
  return { rows, total };
}

async function countRows<T extends keyof Database, R>(query: SelectQueryBuilder<Database, T, R>): Promise<number> {
  const { total } = await query.clearSelect().select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  return total;
}

/** Rows of a table that an organization has. */
export async function countedRows(
  storage: Pick<Storage, 'db'>,
  scope: Authorized,
  table: CountedTable,
): Promise<number> {
  const row = await storage.db
    .selectFrom('resource_counts')
    .select('total')
    .where('organization_id', '=', scope.organizationId)
    .where('resource', '=', table)
    .executeTakeFirst();
  return row?.total ?? 0;
}
