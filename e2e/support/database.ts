import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import pg from 'pg';
import type { Json } from './server-process.ts';

export type Rows = (sql: string) => Promise<readonly Json[]>;

/** Looks into a database past the product, and sees one moment of it. */
export async function readDatabase<T>(url: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  return url.startsWith('file:') ? readSqlite(fileURLToPath(url), work) : readPostgres(url, work);
}

async function readSqlite<T>(path: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  const file = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    file.exec('begin');
    return await work(async (sql) => file.prepare(sql).all());
  } finally {
    file.close();
  }
}

const int8 = 20;

async function readPostgres<T>(url: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (type, format) => (type === int8 ? Number : pg.types.getTypeParser(type, format)) },
  });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    return await work(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

/** Changes a database behind the back of the server that uses it. */
export async function bendDatabase(url: string, ...statements: readonly string[]): Promise<void> {
  if (url.startsWith('file:')) {
    const file = new SQLite(fileURLToPath(url), { fileMustExist: true });
    for (const statement of statements) file.exec(statement);
    file.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/**
 * Waits until PostgreSQL has noticed that a server is gone: what it had sent may still be carried out. SQLite runs in
 * the server, and ends with it.
 *
 * @param before when the server was killed
 */
export async function awaitEndOfConnections(url: string, before: Date): Promise<void> {
  if (url.startsWith('file:')) return;
  const left = `select count(*) as number from pg_stat_activity where datname = current_database()
    and backend_start < '${before.toISOString()}' and pid <> pg_backend_pid()`;
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const [row] = await readDatabase(url, (rows) => rows(left));
    if (row.number === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('connections of a killed server are still there');
}

/** Whether somebody is putting rows into a table that nobody else sees yet. */
export async function isBeingWritten(url: string, table: string): Promise<boolean> {
  if (!url.startsWith('file:')) {
    const writers = `select count(*) as number from pg_locks
      where relation = to_regclass('${table}') and mode = 'RowExclusiveLock'`;
    const [row] = await readPostgres(url, (rows) => rows(writers));
    return row.number > 0;
  }
  const path = fileURLToPath(url);
  if (!existsSync(path)) return false;
  const file = new SQLite(path, { timeout: 0 });
  try {
    file.exec('begin immediate');
    return false;
  } catch {
    return true;
  } finally {
    file.close();
  }
}
