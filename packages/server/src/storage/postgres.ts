import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isDatabaseAway } from './away.ts';
import { postgresTypes } from './dialect.ts';
import { type Following, followPostgres } from './follow.ts';
import { createHosts } from './hosts.ts';
import { createPool } from './postgres-pool.ts';
import type { Database } from './schema.ts';
import { createStanding } from './standing.ts';
import { migrate, type OpenOptions, type Storage } from './storage.ts';

/** For so long a server without its database goes by what it has in memory, in seconds: a day. */
const longestAlone = 24 * 3600;

/** Opens a PostgreSQL database, version 15 or newer. */
export async function openPostgres(url: string, options: OpenOptions = {}): Promise<Storage> {
  const standing = createStanding(options.longestAlone ?? longestAlone);
  const hosts = createHosts(url);
  let isUpToDate = false;
  const bringUpToDate = async () => {
    if (isUpToDate) return;
    const address = await hosts.find();
    if (!options.asItIs) await migrateAt(address, options.migrateTo);
    isUpToDate = true;
  };
  try {
    await bringUpToDate();
  } catch (failure) {
    if (!options.mayBeginAlone || !isDatabaseAway(failure)) throw failure;
    standing.lose(failure);
  }
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: createPool(hosts, standing) }) });
  let following: Following | undefined;
  const snapshot: Storage['snapshot'] = (work) =>
    db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
  return {
    kind: 'postgres',
    db,
    mayBeAway: true,
    standing,
    transaction: (work) => db.transaction().setIsolationLevel('read committed').execute(work),
    snapshot,
    longSnapshot: snapshot,
    follow: (follower) => {
      following ??= followPostgres({ hosts, follower, standing, beforeFirst: bringUpToDate });
    },
    announce: (organizationId, change) => following?.announce(organizationId, change),
    isLeader: () => following?.isLeader() ?? false,
    // Whoever follows hears of every change; nobody else could tell whether there was one.
    changesOfOthers: () => (standing.isMemoryEnough() ? 0 : null),
    violatedConstraint,
    close: async () => {
      await following?.stop();
      await db.destroy();
    },
  };
}

/** By a connection of its own: those of the server are not handed out while the database is away. */
async function migrateAt(connectionString: string, target: string | undefined): Promise<void> {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await migrate(db, postgresTypes, target).finally(() => db.destroy());
}

/** Class 23 of SQLSTATE: integrity constraint violation. */
function violatedConstraint(failure: unknown): string | null {
  if (!(failure instanceof pg.DatabaseError) || !failure.code?.startsWith('23')) return null;
  return `${failure.table ?? ''}.${failure.constraint ?? ''}`;
}
