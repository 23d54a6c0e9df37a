import SQLite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { sqliteTypes } from './dialect.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { migrate, type Storage } from './storage.ts';

/** A table and its columns, without those that the database computes. */
export interface TableForm {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Triggers fill it when rows of other tables come, so its own rows come last. */
export const countsTable = 'resource_counts';
/** It tells of the tables, and migrations fill it. */
const ofTheSchema = 'compatibility';

/**
 * The tables that there are after a migration, each after those that it refers to. Both databases have the same; they are
 * read from an empty one in memory.
 */
export async function tablesAt(migration: string): Promise<readonly TableForm[]> {
  const memory = new SQLite(':memory:');
  const db = new Kysely<Database>({ dialect: sqliteDialect(memory, () => memory.inTransaction) });
  try {
    await migrate(db, sqliteTypes, migration);
    const names = (await db.introspection.getTables())
      .map(({ name }) => name)
      .filter((name) => name !== countsTable && name !== ofTheSchema);
    const ordered: string[] = [];
    const add = async (name: string): Promise<void> => {
      if (ordered.includes(name)) return;
      for (const owner of await ownersOf(db, name)) if (owner !== name) await add(owner);
      ordered.push(name);
    };
    for (const name of ['installation', ...names]) await add(name);
    const forms: TableForm[] = [];
    for (const name of [...ordered, countsTable]) forms.push({ name, columns: await storedColumns(db, name) });
    return forms;
  } finally {
    await db.destroy();
  }
}

async function ownersOf(db: Storage['db'], table: string): Promise<readonly string[]> {
  const { rows } = await sql<{ owner: string }>`select "table" as owner from pragma_foreign_key_list(${table})`.execute(
    db,
  );
  return rows.map(({ owner }) => owner);
}

/** `table_info` leaves out what is generated. */
async function storedColumns(db: Storage['db'], table: string): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db);
  return rows.map(({ name }) => name);
}
