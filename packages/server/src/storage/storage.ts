import { type Kysely, sql, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';
import type { TakenChange } from '../authorization/decisions.ts';
import { ConfigError } from '../config.ts';
import type { Types } from './dialect.ts';
import type { Follower } from './follow.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import type { Standing } from './standing.ts';

/** An open database. Both kinds hold the same tables and order text by bytes. */
export interface Storage {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Database>;
  /** Runs `work` in a transaction that sees what was committed when its first lock was taken. */
  transaction<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
  /** Runs queries that belong together: all of them see the same moment, and none a change that comes in between. */
  snapshot<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
  /** The same for what takes long: nothing else waits for it. */
  longSnapshot<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
  /** True where the database is another program, which may be gone while this one runs. */
  readonly mayBeAway: boolean;
  /** Whether what is in memory is what the database holds. */
  readonly standing: Standing;
  /** Tells what is kept in memory of the changes that other servers make, until the storage is closed. */
  follow(follower: Follower): void;
  /** Tells other servers of a change that is committed. */
  announce(organizationId: string, change: TakenChange): void;
  /** True for one of the servers on the database at most: the one that does what should be done once. */
  isLeader(): boolean;
  /**
   * A number that is another whenever another process may have changed the database unheard; null while that cannot be told
   * without asking for the data itself.
   */
  changesOfOthers(): number | null;
  /** What a unique constraint refused, or null for another failure. */
  violatedConstraint(failure: unknown): string | null;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The migration to stop at; all of them when left out. */
  readonly migrateTo?: string;
  /** Whether its tables stay in the form that they have. */
  readonly asItIs?: boolean;
  /** Seconds for which a server without its database goes by what it has in memory. */
  readonly longestAlone?: number;
  /** Whether it may be opened while it cannot be reached; it is brought up to date when it can. */
  readonly mayBeginAlone?: boolean;
}

/** The database cannot be reached, and nothing was asked of it. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
  constructor() {
    super('the database cannot be reached');
  }
}

/**
 * Brings the tables to the newest form, or to that of the named migration. Servers that start together wait for each
 * other.
 *
 * @throws ConfigError when a newer version has used the database
 */
export async function migrate(db: Kysely<Database>, types: Types, target?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          Object.entries(migrations).map(([name, statements]) => [
            name,
            {
              async up(connection) {
                for (const statement of [...types.holdsChanges, ...statements(types)])
                  await sql.raw(statement).execute(connection);
              },
            },
          ]),
        ),
    },
  });
  const { error } = target === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(target);
  if (error === undefined) return;
  const unknown = await unknownMigration(db);
  if (unknown !== undefined && (await isCompatible(db))) return;
  if (unknown !== undefined)
    throw new ConfigError(`the database belongs to a newer bailiwick: \`${unknown}\` is unknown to this one`);
  throw error instanceof Error ? error : new Error(String(error));
}

/** Whether what a newer version has made of the tables leaves room for this one (migrations/0014-compatibility.ts). */
async function isCompatible(db: Kysely<Database>): Promise<boolean> {
  const row = await db.selectFrom('compatibility').select('least_migration').executeTakeFirst();
  return row !== undefined && Object.hasOwn(migrations, row.least_migration);
}

/** A change of the tables that a newer version has made; there is no way back from it. */
async function unknownMigration(db: Kysely<Database>): Promise<string | undefined> {
  return (await migrationsOf(db)).find((name) => !Object.hasOwn(migrations, name));
}

/** The migrations that a database has seen, oldest first; none for one without tables. */
export async function migrationsOf(db: Kysely<Database>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const made = sql<{ readonly name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`;
  const { rows } = await made.execute(db);
  return rows.map(({ name }) => name);
}
