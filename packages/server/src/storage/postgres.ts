import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { postgresTypes } from './dialect.ts';
import { type Following, followPostgres } from './follow.ts';
import type { Database } from './schema.ts';
import { createStanding, type MovableStanding } from './standing.ts';
import { DatabaseAway, migrate, type OpenOptions, type Storage } from './storage.ts';

/** Connections of one server. Writes of one organization wait for each other, so more would only queue elsewhere. */
const poolSize = 20;
const connectionTimeout = 10_000;
/** No statement of ours needs longer; one that does is stuck. */
const statementTimeout = 30_000;
/** For so long a server without its database goes by what it has in memory, in seconds: a day. */
const longestAlone = 24 * 3600;

/** bigint: counts and microseconds stay below 2⁵³. */
const int8 = 20;

/** Opens a PostgreSQL database, version 15 or newer. */
export async function openPostgres(url: string, options: OpenOptions = {}): Promise<Storage> {
  const standing = createStanding(options.longestAlone ?? longestAlone);
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeout,
    statement_timeout: statementTimeout,
    types: { getTypeParser: (type, format) => (type === int8 ? Number : pg.types.getTypeParser(type, format)) },
  });
  // Without listeners, a connection that breaks would end the process: one that is idle, and one between two statements.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool, standing) }) });
  await migrate(db, postgresTypes, options.migrateTo);
  let following: Following | undefined;
  return {
    kind: 'postgres',
    db,
    mayBeAway: true,
    standing,
    transaction: (work) => db.transaction().setIsolationLevel('read committed').execute(work),
    snapshot: (work) => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    follow: (follower) => {
      following ??= followPostgres({ connectionString: url }, follower, standing);
    },
    announce: (organizationId, revision) => following?.announce(organizationId, revision),
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

/**
 * A pool that hands out nothing while the database is away, and takes back what it has handed out: whoever asks is told at
 * once, rather than after the patience of a connection.
 */
function guarded(pool: pg.Pool, standing: MovableStanding) {
  const inUse = new Set<pg.PoolClient>();
  const waiting = new Set<() => void>();
  pool.on('acquire', (client) => inUse.add(client));
  pool.on('release', (_failure, client) => inUse.delete(client));
  standing.onTurn((lost) => {
    if (lost === undefined) return;
    for (const giveUp of waiting) giveUp();
    // Ending a connection fails the statement that it waits for.
    for (const client of inUse) if (client instanceof pg.Client) client.end().catch(() => {});
  });
  return {
    connect: async () => {
      if (standing.state() === 'alone') throw new DatabaseAway();
      const { promise: away, reject } = Promise.withResolvers<never>();
      const giveUp = () => reject(new DatabaseAway());
      waiting.add(giveUp);
      const connecting = pool.connect();
      try {
        return await Promise.race([connecting, away]);
      } catch (failure) {
        connecting.then(
          (client) => client.release(),
          () => {},
        );
        throw failure;
      } finally {
        waiting.delete(giveUp);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

/** Class 23 of SQLSTATE: integrity constraint violation. */
function violatedConstraint(failure: unknown): string | null {
  if (!(failure instanceof pg.DatabaseError) || !failure.code?.startsWith('23')) return null;
  return `${failure.table ?? ''}.${failure.constraint ?? ''}`;
}
