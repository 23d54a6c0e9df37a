import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { sqliteTypes } from './dialect.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { keepStatements } from './statements.ts';
import { migrate, type Storage } from './storage.ts';

/** How long a statement waits for another process that writes, in milliseconds. */
const busyTimeout = 10_000;

/** Opens the embedded database in a file, made when missing. Every commit is on disk before it is acknowledged. */
export async function openSqlite(path: string, options: { readonly migrateTo?: string } = {}): Promise<Storage> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = new SQLite(path, { timeout: busyTimeout });
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.pragma('foreign_keys = ON');
  file.pragma('trusted_schema = OFF');
  const db = new Kysely<Database>({ dialect: sqliteDialect(keepStatements(file)) });
  await migrate(db, sqliteTypes, options.migrateTo);
  return {
    kind: 'sqlite',
    db,
    transaction: (work) => db.transaction().execute(work),
    snapshot: (work) => db.transaction().setAccessMode('read only').execute(work),
    violatedConstraint,
    close: () => db.destroy(),
  };
}

/** SQLite names columns: `UNIQUE constraint failed: users.organization_id, users.username_key`. */
function violatedConstraint(failure: unknown): string | null {
  if (!(failure instanceof SQLite.SqliteError)) return null;
  return failure.code.startsWith('SQLITE_CONSTRAINT') ? failure.message : null;
}
