import { type Kysely, sql } from 'kysely';
import { chunks } from '../storage/chunks.ts';
import type { Database } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import type { HeldSet, Reconciled } from './reconcile.ts';

/**
 * Works out a catalogue from the sets that the installation knows, and keeps what is new of it. Servers that start
 * together do this one after another, so that a set has one id whoever saw it first.
 */
export async function keepKnownSets(
  storage: Storage,
  work: (known: readonly HeldSet[]) => Reconciled,
): Promise<Reconciled> {
  const first = work(await readKnownSets(storage.db));
  if (first.faults.length > 0 || first.insert.length + first.update.length === 0) return first;
  return storage.transaction(async (db) => {
    // SQLite lets one transaction in at a time.
    if (storage.kind === 'postgres')
      await sql`lock table known_permission_sets in share row exclusive mode`.execute(db);
    const result = work(await readKnownSets(db));
    if (result.faults.length > 0) return result;
    for (const rows of chunks(result.insert)) await db.insertInto('known_permission_sets').values(rows).execute();
    for (const { id, name, scope_type } of result.update)
      await db.updateTable('known_permission_sets').set({ name, scope_type }).where('id', '=', id).execute();
    return result;
  });
}

/** All sets that were ever seen: they belong to the installation, and so do the rules of all organizations here. */
export async function readKnownSets(db: Kysely<Database>): Promise<readonly HeldSet[]> {
  const rows = await db.selectFrom('known_permission_sets').selectAll().execute();
  const held = await db
    .selectFrom('rule_permission_sets')
    .select((table) => ['permission_set_id', table.fn.count<number>('rule_id').distinct().as('rules')])
    .groupBy('permission_set_id')
    .execute();
  const rules = new Map(held.map(({ permission_set_id: id, rules: number }) => [id, number]));
  return rows.map((row) => ({ ...row, rules: rules.get(row.id) ?? 0 }));
}
