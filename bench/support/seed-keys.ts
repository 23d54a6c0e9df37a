import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { randomIds } from '../../packages/server/src/clock.ts';
import { openStorage } from '../../packages/server/src/storage/open.ts';
import { call, type Server } from './server.ts';

/** Rows of one statement, and of one transaction. */
const perStatement = 500;
const perTransaction = 50_000;

/**
 * Fills the organization up to a number of API keys, past the API and straight into the database. Keys of every order
 * lie in another place of each other order: made one after another, changed and ending at random, some never.
 *
 * @param progress called with the number of keys so far
 */
export async function seedKeys(server: Server, total: number, progress: (made: number) => void): Promise<void> {
  const created = await call(server, '/iam/v1alpha1/applications', { name: 'bearer' });
  const { id } = (await created.json()) as { readonly id: string };
  const storage = await openStorage(server.databaseUrl);
  const start = Date.UTC(2030, 0, 1) * 1000;
  const later = (days: number) => start + Math.floor(Math.random() * days * 86_400_000_000);
  const key = (number: number) => ({
    access_key: randomIds.accessKey(),
    organization_id: server.organizationId,
    secret_hash: randomBytes(32).toString('hex'),
    user_id: null,
    application_id: id,
    description: `key ${number}`,
    created_at: start + number,
    updated_at: later(300),
    expires_at: number % 3 === 0 ? null : later(600),
    default_project_id: server.organizationId,
    creation_ip: '127.0.0.1',
  });
  try {
    // The owner's key is there already.
    for (let made = 1; made < total; ) {
      const end = Math.min(total, made + perTransaction);
      progress(made);
      await storage.transaction(async (db) => {
        for (; made < end; made += perStatement) {
          const rows = Array.from({ length: Math.min(perStatement, end - made) }, (_, index) => key(made + index));
          await db.insertInto('api_keys').values(rows).execute();
        }
      });
      made = end;
    }
    // What PostgreSQL does by itself within a minute of so many rows.
    if (storage.kind === 'postgres') await sql`vacuum analyze api_keys`.execute(storage.db);
  } finally {
    await storage.close();
  }
}
