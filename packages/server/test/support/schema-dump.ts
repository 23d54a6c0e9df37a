import { sql } from 'kysely';
import type { Storage } from '../../src/storage/storage.ts';

/** Everything that a database knows about its tables, in words that can be compared. */
export async function describeSchema({ kind, db }: Storage): Promise<readonly string[]> {
  const { rows } = await (kind === 'sqlite' ? sqliteSchema : postgresSchema).execute(db);
  return rows.map(({ part }) => part).sort();
}

const sqliteSchema = sql<{ part: string }>`
  select type || ' ' || name || ': ' || coalesce(sql, '') as part from sqlite_master
  where name not like 'sqlite_stat%'`;

const postgresSchema = sql<{ part: string }>`
  select 'column ' || c.relname || '.' || a.attname || ': ' || concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    l.collname, case when a.attnotnull then 'not null' end, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) as part
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_collation l on l.oid = a.attcollation
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  union all select 'constraint ' || conrelid::regclass || '.' || conname || ': ' || pg_get_constraintdef(oid)
  from pg_constraint where connamespace = 'public'::regnamespace
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
  union all select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace`;

/** A reference from one table to another, with the columns it goes by. */
export interface ForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
}

export async function foreignKeys({ kind, db }: Storage): Promise<readonly ForeignKey[]> {
  const { rows } = await (kind === 'sqlite' ? sqliteReferences : postgresReferences).execute(db);
  const keys = Map.groupBy(rows, ({ key, from, to }) => JSON.stringify([key, from, to]));
  return [...keys.values()].map((parts) => ({
    from: parts[0]?.from ?? '',
    to: parts[0]?.to ?? '',
    columns: parts.map(({ column }) => column),
  }));
}

type Reference = { readonly key: number; readonly from: string; readonly to: string; readonly column: string };

/** Only columns that have the same name on both ends, or that are ids. */
const sqliteReferences = sql<Reference>`
  select f.id as key, m.name as "from", f."table" as "to", f."from" as "column"
  from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'
    and (f."from" <> 'organization_id' or f."to" = 'organization_id' or f."table" = 'organizations')`;

const postgresReferences = sql<Reference>`
  select k.oid::int as key, k.conrelid::regclass::text as "from", k.confrelid::regclass::text as "to", f.attname as "column"
  from pg_constraint k
    cross join lateral unnest(k.conkey, k.confkey) as pair (here, there)
    join pg_attribute f on f.attrelid = k.conrelid and f.attnum = pair.here
    join pg_attribute t on t.attrelid = k.confrelid and t.attnum = pair.there
  where k.contype = 'f' and (f.attname <> 'organization_id' or t.attname = 'organization_id' or k.confrelid = 'organizations'::regclass)`;
