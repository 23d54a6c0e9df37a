import { CompiledQuery, sql, type Transaction } from 'kysely';
import { ConfigError } from '../config.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { Database } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { countsTable, type TableForm, tablesAt } from '../storage/tables.ts';
import type { BackupReader, Header, Row } from './format.ts';
import type { Progress } from './progress.ts';

/** Rows of one statement. */
const atOnce = 100;

/**
 * Whether a backup can be restored by this program at all.
 *
 * @throws ConfigError when its migration or its tables are unknown
 */
export async function checkKnown({ migration, tables, version }: Header, path: string): Promise<void> {
  if (!Object.hasOwn(migrations, migration))
    throw new ConfigError(
      `${path} belongs to another bailiwick (${version}): its \`${migration}\` is unknown to this one; restore it with that version`,
    );
  const known = await tablesAt(migration);
  const unlike = tables.find(({ name, columns }, index) => {
    const form = known[index];
    return form?.name !== name || form.columns.join() !== columns.join();
  });
  if (unlike !== undefined)
    throw new ConfigError(
      `${path} has another table \`${unlike.name}\` than \`${migration}\` makes; nothing is restored`,
    );
  if (tables.length !== known.length)
    throw new ConfigError(`${path} lacks tables of \`${migration}\`; nothing is restored`);
}

/**
 * Puts a backup into an empty database whose tables are those of its migration, in one transaction.
 *
 * @param isOurKey whether the `server_key_check` of the backup is of the server key that will be used
 * @throws ConfigError when the database holds something, the key is another one, or the file is not whole
 */
export async function restore(
  storage: Storage,
  reader: BackupReader,
  isOurKey: (check: string) => boolean,
  progress: Progress,
): Promise<void> {
  const { tables } = reader.header;
  progress.start(tables.reduce((sum, { rows }) => sum + rows, 0));
  try {
    await storage.transaction(async (db) => {
      if (storage.kind === 'postgres') await prepare(db);
      await requireEmpty(db, tables);
      const rows = reader.rows()[Symbol.asyncIterator]();
      for (const table of tables) {
        for (let left = table.rows; left > 0; left -= atOnce) {
          const some = await take(rows, Math.min(left, atOnce));
          if (table.name === 'installation') requireKey(table, some, isOurKey);
          await insert(storage.kind, db, table, some);
          progress.add(some.length);
        }
      }
      // What comes after the rows tells whether they are whole.
      await rows.next();
    });
  } catch (failure) {
    const constraint = storage.violatedConstraint(failure);
    if (constraint === null) throw failure;
    throw new ConfigError(
      `the backup contradicts itself or what is in the database: ${constraint}; nothing is restored`,
    );
  }
}

/** Checks of single rows rather than of all at the end, which would be kept in memory until then; a commit of any length. */
async function prepare(db: Transaction<Database>): Promise<void> {
  await sql`set constraints all immediate`.execute(db);
  await sql`set local statement_timeout = 0`.execute(db);
}

async function requireEmpty(db: Transaction<Database>, tables: readonly TableForm[]): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0)
      throw new ConfigError(`the database is not empty: there are rows in \`${name}\`; restore into a new database`);
  }
}

async function take(rows: AsyncIterator<Row>, number: number): Promise<readonly Row[]> {
  const taken: Row[] = [];
  while (taken.length < number) {
    const { done, value } = await rows.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

function requireKey({ columns }: TableForm, [row]: readonly Row[], isOurKey: (check: string) => boolean): void {
  if (isOurKey(String(row?.[columns.indexOf('server_key_check')]))) return;
  throw new ConfigError(
    'the backup belongs to another server key: without it no API key, session, link or one-time password of it works; ' +
      'put its server.key into the data folder, or name it in BAILIWICK_SERVER_KEY',
  );
}

async function insert(
  kind: Storage['kind'],
  db: Transaction<Database>,
  { name, columns }: TableForm,
  rows: readonly Row[],
): Promise<void> {
  const placeholder = (index: number) => (kind === 'postgres' ? `$${index + 1}` : '?');
  const tuple = (row: number) => `(${columns.map((_, column) => placeholder(row * columns.length + column)).join()})`;
  const values = rows.map((_, index) => tuple(index)).join();
  // Triggers have counted all that came before; what is left is organizations that had something once.
  const unlessCounted = name === countsTable ? ' on conflict do nothing' : '';
  // The names are our own: they were compared with those of the migration.
  const text = `insert into ${name} (${columns.join()}) values ${values}${unlessCounted}`;
  await db.executeQuery(CompiledQuery.raw(text, rows.flat()));
}
