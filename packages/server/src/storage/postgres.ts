import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { postgresTypes } from './dialect.ts';
import type { Database } from './schema.ts';
import { migrate, type Storage } from './storage.ts';

/** Connections of one server. Writes of one organization wait for each other, so more would only queue elsewhere. */
const poolSize = 20;
const connectionTimeout = 10_000;
/** No statement of ours needs longer; one that does is stuck. */
const statementTimeout = 30_000;

/** bigint: counts and microseconds stay below 2⁵³. */
const int8 = 20;

/** Opens a PostgreSQL database, version 15 or newer. */
export async function openPostgres(url: string, options: { readonly migrateTo?: string } = {}): Promise<Storage> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeout,
    statement_timeout: statementTimeout,
    types: { getTypeParser: (type, format) => (type === int8 ? Number : pg.types.getTypeParser(type, format)) },
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', () => {});
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  await migrate(db, postgresTypes, options.migrateTo);
  return {
    kind: 'postgres',
    db,
    transaction: (work) => db.transaction().setIsolationLevel('read committed').execute(work),
    snapshot: (work) => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    changesOfOthers: () => null,
    violatedConstraint,
    close: () => db.destroy(),
  };
}

/** Class 23 of SQLSTATE: integrity constraint violation. */
function violatedConstraint(failure: unknown): string | null {
  if (!(failure instanceof pg.DatabaseError) || !failure.code?.startsWith('23')) return null;
  return `${failure.table ?? ''}.${failure.constraint ?? ''}`;
}
