import type { Kysely, Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Types } from './dialect.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';

/** An open database. Both kinds hold the same tables and order text by bytes. */
export interface Storage {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Database>;
  /** Runs `work` in a transaction that sees what was committed when its first lock was taken. */
  transaction<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T>;
  /** What a unique constraint refused, or null for another failure. */
  violatedConstraint(failure: unknown): string | null;
  close(): Promise<void>;
}

/**
 * Brings the tables to the newest form, or to that of the named migration. Servers that start together wait for each
 * other.
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
                const { sql } = await import('kysely');
                for (const statement of statements(types)) await sql.raw(statement).execute(connection);
              },
            },
          ]),
        ),
    },
  });
  const { error } = target === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(target);
  if (error) throw error instanceof Error ? error : new Error(String(error));
}
