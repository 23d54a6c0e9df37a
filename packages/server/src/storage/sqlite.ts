import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { sqliteTypes } from './dialect.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { alwaysCurrent } from './standing.ts';
import { keepStatements } from './statements.ts';
import { migrate, type OpenOptions, type Storage } from './storage.ts';

/** How long a statement waits for another process that writes, in milliseconds. */
const busyTimeout = 10_000;

/** Opens the embedded database in a file, made when missing. Every commit is on disk before it is acknowledged. */
export async function openSqlite(path: string, options: OpenOptions = {}): Promise<Storage> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  syncLog(path);
  const file = new SQLite(path, { timeout: busyTimeout });
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.pragma('foreign_keys = ON');
  file.pragma('trusted_schema = OFF');
  const db = new Kysely<Database>({ dialect: sqliteDialect(keepStatements(file), () => file.inTransaction) });
  if (!options.asItIs)
    await migrate(db, sqliteTypes, options.migrateTo).catch(async (failure: unknown) => {
      await db.destroy();
      throw failure;
    });
  // A connection does one thing at a time.
  const reader = openReader(path);
  return {
    kind: 'sqlite',
    db,
    transaction: (work) => db.transaction().execute(work),
    snapshot: (work) => db.transaction().setAccessMode('read only').execute(work),
    longSnapshot: (work) => reader().transaction().setAccessMode('read only').execute(work),
    mayBeAway: false,
    standing: alwaysCurrent,
    // Servers on one file are found by its own counter.
    follow: () => {},
    announce: () => {},
    isLeader: () => true,
    changesOfOthers: watchOthers(file),
    violatedConstraint,
    close: async () => {
      await reader.close();
      await db.destroy();
    },
  };
}

/** Pages that whoever reads much has beside it, in KiB: what belongs together need not lie together. */
const readerCache = 32_768;

/** A second connection, which only reads, for who wants one. */
function openReader(path: string): (() => Kysely<Database>) & { close(): Promise<void> } {
  let db: Kysely<Database> | undefined;
  const open = () => {
    const file = new SQLite(path, { timeout: busyTimeout, readonly: true, fileMustExist: true });
    file.pragma('trusted_schema = OFF');
    file.pragma(`cache_size = -${readerCache}`);
    return new Kysely<Database>({ dialect: sqliteDialect(keepStatements(file), () => file.inTransaction) });
  };
  const reader = () => {
    db ??= open();
    return db;
  };
  return Object.assign(reader, {
    close: async () => {
      await db?.destroy();
    },
  });
}

/**
 * What a killed process had written and not synced, SQLite takes from its log as committed. The machine has it in memory only: answers
 * would show it, and it would be gone when the power goes (docs/decisions/0025-failing-disks.md). Nobody locks this file.
 */
function syncLog(path: string): void {
  let log: number;
  try {
    log = openSync(`${path}-wal`, 'r');
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return;
    throw failure;
  }
  try {
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}

/**
 * Asks SQLite once in each turn of the event loop. The requests of a turn had all arrived before it began, so a change
 * that another process acknowledges later in the turn was made beside them, not before them.
 */
function watchOthers(file: SQLite.Database): () => number {
  const dataVersion = file.prepare('PRAGMA data_version').pluck();
  let known: number | null = null;
  const forget = () => {
    known = null;
  };
  return () => {
    if (known !== null) return known;
    known = Number(dataVersion.get());
    setImmediate(forget);
    return known;
  };
}

/** SQLite names columns: `UNIQUE constraint failed: users.organization_id, users.username_key`. */
function violatedConstraint(failure: unknown): string | null {
  if (!(failure instanceof SQLite.SqliteError)) return null;
  return failure.code.startsWith('SQLITE_CONSTRAINT') ? failure.message : null;
}
