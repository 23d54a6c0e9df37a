import { randomUUID } from 'node:crypto';
import { openStorage } from '../../packages/server/src/storage/open.ts';
import type { Server } from './server.ts';

const perStatement = 500;

/** Members straight into the database: nobody waits for ten thousand changes one after another. */
export async function seedMembers(server: Server, count: number): Promise<void> {
  const storage = await openStorage(server.databaseUrl);
  const start = Date.UTC(2026, 0, 1) * 1000;
  const member = (number: number) => {
    const username = `member-${String(number).padStart(5, '0')}`;
    return {
      id: randomUUID(),
      organization_id: server.organizationId,
      created_at: start + number,
      updated_at: start + number,
      type: 'member' as const,
      status: 'activated' as const,
      email: `${username}@example.org`,
      email_sort: `${username}@example.org`,
      username,
      username_key: username,
      first_name: '',
      last_name: '',
      phone_number: '',
      locale: 'en_US',
      password_hash: null,
      account_root_user_id: null,
      last_login_at: null,
      tags: '[]',
    };
  };
  try {
    await storage.transaction(async (db) => {
      for (let made = 0; made < count; made += perStatement) {
        const rows = Array.from({ length: Math.min(perStatement, count - made) }, (_, index) => member(made + index));
        await db.insertInto('users').values(rows).execute();
      }
    });
  } finally {
    await storage.close();
  }
}
