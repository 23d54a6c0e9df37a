import { sql } from 'kysely';
import { countedTables } from '../storage/schema.ts';
import type { Looked } from './database.ts';
import { type Finding, ok, problem } from './finding.ts';

const fromBackup = 'stop the servers, keep a copy, and restore the newest backup that `doctor` finds nothing in';

/** What the database itself says of its pages, indexes and references. */
export async function checkDamage({ kind, db }: Looked): Promise<Finding> {
  const about = 'integrity';
  if (kind === 'postgres') {
    const unchecked = sql<{ name: string }>`
      select conrelid::regclass || '.' || conname as name from pg_constraint
      where connamespace = current_schema()::regnamespace and not convalidated
      union all select indexrelid::regclass::text from pg_index where not indisvalid`;
    const { rows } = await unchecked.execute(db);
    if (rows[0] === undefined) return ok(about, 'every constraint and index is valid');
    return problem(about, `${rows[0].name} is not valid`, 'reindex it, or validate the constraint');
  }
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(db);
  const said = rows[0]?.integrity_check;
  if (said !== 'ok') return problem(about, `SQLite says: ${said}`, fromBackup);
  const { rows: strays } = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(db);
  const [stray] = strays;
  if (stray === undefined) return ok(about, 'the file is whole, and nothing refers to what is not there');
  return problem(
    about,
    `${strays.length} rows refer to nothing, the first of \`${stray.table}\` to \`${stray.parent}\``,
    fromBackup,
  );
}

/** Counters of rows, which triggers keep, against the rows. */
export async function checkCounters({ db }: Looked): Promise<Finding> {
  const about = 'counters';
  const counted = countedTables.map(
    (table) => sql`
      select coalesce(c.organization_id, t.organization_id) as id, ${sql.lit(table)} as resource
      from (select organization_id, count(*) as present from ${sql.table(table)} group by organization_id) t
      full outer join (select organization_id, total from resource_counts where resource = ${sql.lit(table)}) c
        on c.organization_id = t.organization_id
      where coalesce(t.present, 0) <> coalesce(c.total, 0)`,
  );
  const { rows } = await sql<{ id: string; resource: string }>`${sql.join(counted, sql` union all `)}`.execute(db);
  const [wrong] = rows;
  if (wrong === undefined) return ok(about, 'they agree with the rows');
  return problem(about, `${rows.length} are wrong, the first of \`${wrong.resource}\` in ${wrong.id}`, fromBackup);
}

/**
 * Revisions of an organization are 1, 2, 3 … up to its own, each with one entry, or with its hash where it was removed for its age;
 * those of a deleted one end somewhere.
 */
export async function checkAudit({ db }: Looked): Promise<Finding> {
  const about = 'log';
  const gaps = sql<{ id: string }>`
    select coalesce(o.id, a.organization_id) as id
    from (select organization_id, count(*) as entries, min(revision) as lowest, max(revision) as highest
      from audit_entries group by organization_id) a
    full outer join organizations o on o.id = a.organization_id
    left join (select organization_id, count(*) as leaves, max(revision) as highest from log_leaves group by organization_id) l
      on l.organization_id = coalesce(o.id, a.organization_id)
    left join log_heads h on h.organization_id = coalesce(o.id, a.organization_id)
    where coalesce(a.lowest, 1) <> 1 + coalesce(l.leaves, 0)
      or coalesce(a.highest, 0) <> coalesce(a.entries, 0) + coalesce(l.leaves, 0)
      or coalesce(l.leaves, 0) <> coalesce(h.removed_size, 0) or coalesce(l.highest, 0) <> coalesce(l.leaves, 0)
      or (o.id is not null and o.revision <> coalesce(a.highest, 0))`;
  const { rows } = await gaps.execute(db);
  if (rows[0] === undefined) return ok(about, 'one entry for each change, without gaps');
  return problem(about, `${rows.length} organizations have gaps, the first is ${rows[0].id}`, fromBackup);
}
