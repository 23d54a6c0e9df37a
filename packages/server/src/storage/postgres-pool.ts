import type { PostgresPool } from 'kysely';
import pg from 'pg';
import type { Hosts } from './hosts.ts';
import type { MovableStanding } from './standing.ts';
import { DatabaseAway } from './storage.ts';

/** Connections of one server. Writes of one organization wait for each other, so more would only queue elsewhere. */
const size = 20;
const connectionTimeout = 10_000;
/** No statement of ours needs longer; one that does is stuck. */
const statementTimeout = 30_000;

/** bigint: counts and microseconds stay below 2⁵³. */
const int8 = 20;

/**
 * Connections to wherever the database is. While it is away they are handed out to nobody, and taken back from whoever has one:
 * who asks is told at once, rather than after the patience of a connection.
 */
export function createPool(hosts: Hosts, standing: MovableStanding): PostgresPool {
  const inUse = new Set<pg.PoolClient>();
  const waiting = new Set<() => void>();
  const open = (address: string) => {
    const pool = new pg.Pool({
      connectionString: address,
      max: size,
      connectionTimeoutMillis: connectionTimeout,
      statement_timeout: statementTimeout,
      types: { getTypeParser: (type, format) => (type === int8 ? Number : pg.types.getTypeParser(type, format)) },
    });
    // Without listeners, a connection that breaks would end the process: one that is idle, and one between two statements.
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    pool.on('acquire', (client) => inUse.add(client));
    pool.on('release', (_failure, client) => inUse.delete(client));
    return { address, pool };
  };
  let opened = open(hosts.current());
  /** What is connected to a place that the database has left is of no use. */
  const current = (): pg.Pool => {
    if (opened.address === hosts.current()) return opened.pool;
    opened.pool.end().catch(() => {});
    opened = open(hosts.current());
    return opened.pool;
  };
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
      const connecting = current().connect();
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
    end: () => opened.pool.end(),
    options: opened.pool.options,
  };
}
