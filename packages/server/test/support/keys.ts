import { sql } from 'kysely';
import type { Storage } from '../../src/storage/storage.ts';

/** Columns of a table that no two rows have in common. */
export interface UniqueKey {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Primary keys, unique constraints and unique indexes. */
export async function uniqueKeys({ kind, db }: Storage): Promise<readonly UniqueKey[]> {
  const { rows } = await (kind === 'sqlite' ? sqliteKeys : postgresKeys).execute(db);
  const keys = Map.groupBy(rows, ({ table, key }) => `${table} ${key}`);
  return [...keys.values()].map((parts) => ({
    table: parts[0]?.table ?? '',
    columns: parts.map(({ column }) => column).toSorted(),
  }));
}

interface KeyPart {
  readonly table: string;
  readonly key: string;
  readonly column: string;
}

/** A primary key of one number is the row itself, and has no index. */
const sqliteKeys = sql<KeyPart>`
  select m.name as "table", i.name as "key", c.name as "column"
  from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
  where m.type = 'table' and i."unique" = 1
  union all select m.name, 'row', c.name from sqlite_master m join pragma_table_info(m.name) c
  where m.type = 'table' and c.pk > 0`;

const postgresKeys = sql<KeyPart>`
  select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as "key", a.attname as "column"
  from pg_index i cross join lateral unnest(i.indkey) as part (number)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.number
    join pg_class c on c.oid = i.indrelid
  where i.indisunique and c.relnamespace = 'public'::regnamespace`;
