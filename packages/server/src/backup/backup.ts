import { type Kysely, sql } from 'kysely';
import { ConfigError } from '../config.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { Database } from '../storage/schema.ts';
import { migrationsOf, type Storage } from '../storage/storage.ts';
import { type TableForm, tablesAt } from '../storage/tables.ts';
import { type Cell, form, type Header, linesOf, type Row } from './format.ts';
import type { Progress } from './progress.ts';

/** Rows in memory at once. */
const atOnce = 500;

export interface BackupAt {
  readonly version: string;
  /** Microseconds since 1970. */
  readonly now: number;
}

/**
 * Hands all tables, as they are at one moment, to a writer, piece by piece. Nothing that others do with the database
 * meanwhile waits for it.
 *
 * @throws ConfigError when the database was never used, or belongs to a newer version
 */
export async function backUp(
  storage: Storage,
  { version, now }: BackupAt,
  write: (pieces: AsyncIterable<string>) => Promise<void>,
  progress: Progress,
): Promise<Header> {
  return storage.snapshot(async (db) => {
    const migration = (await migrationsOf(db)).at(-1);
    if (migration === undefined) throw neverUsed();
    if (!Object.hasOwn(migrations, migration))
      throw new ConfigError(`the database belongs to a newer bailiwick: \`${migration}\` is unknown to this one`);
    const tables: Header['tables'][number][] = [];
    for (const table of await tablesAt(migration)) tables.push({ ...table, rows: await numberOfRows(db, table.name) });
    if (!tables.some(({ name, rows }) => name === 'installation' && rows === 1)) throw neverUsed();
    const header = { bailiwick_backup: form, version, migration, created_at: now, tables } as const;
    progress.start(tables.reduce((sum, { rows }) => sum + rows, 0));
    await write(linesOf(header, allRows(storage.kind, db, tables, progress)));
    return header;
  });
}

const neverUsed = (): ConfigError =>
  new ConfigError('the database was never used: there is nothing to back up; look at --data and --database-url');

async function numberOfRows(db: Kysely<Database>, table: string): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${sql.table(table)}`.execute(db);
  return rows[0]?.total ?? 0;
}

async function* allRows(
  kind: Storage['kind'],
  db: Kysely<Database>,
  tables: readonly TableForm[],
  progress: Progress,
): AsyncGenerator<readonly Row[]> {
  const read = kind === 'sqlite' ? readByRowid : readByCursor;
  for (const table of tables) {
    for await (const rows of read(db, table)) {
      progress.add(rows.length);
      yield rows.map((row) => table.columns.map((column) => row[column] ?? null));
    }
  }
}

type Named = Readonly<Record<string, Cell>>;
const selected = ({ columns }: TableForm) => sql.join(columns.map((column) => sql.ref(column)));

/** SQLite keeps the rows of every table of ours in the order of their numbers. */
async function* readByRowid(db: Kysely<Database>, table: TableForm): AsyncGenerator<readonly Named[]> {
  let last = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const query = sql<Named>`select rowid as row_number, ${selected(table)} from ${sql.table(table.name)}
      where rowid > ${last} order by rowid limit ${atOnce}`;
    const { rows } = await query.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < atOnce) return;
    last = Number(rows.at(-1)?.row_number);
  }
}

async function* readByCursor(db: Kysely<Database>, table: TableForm): AsyncGenerator<readonly Named[]> {
  await sql`declare backup_rows no scroll cursor for select ${selected(table)} from ${sql.table(table.name)}`.execute(
    db,
  );
  for (;;) {
    const { rows } = await sql<Named>`fetch ${sql.lit(atOnce)} from backup_rows`.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < atOnce) break;
  }
  await sql`close backup_rows`.execute(db);
}
