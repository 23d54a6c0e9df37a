import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../packages/server/src/storage/open.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import {
  callApi,
  dataFolder,
  type Json,
  removeData,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const password = 'correct horse battery';

for (const database of databases()) {
  describe(`grace periods of real servers on ${database.name}`, { timeout: 60_000 }, () => {
    let created: TestDatabase;
    let server: ServerProcess;
    beforeAll(async () => {
      created = await database.create();
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    it('one that ends while no server runs locks the member when one starts again, killed or stopped', async () => {
      const setting = { data: dataFolder(), databaseUrl: created.url };
      server = await startServer(setting);
      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await callApi(server, method, path, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        return answer.body;
      };
      const organization = server.organizationId;
      await done('PATCH', `${iam}/organizations/${organization}/security-settings`, { enforce_mfa: true });
      for (const end of ['kill', 'stop'] as const) {
        const member = { username: end, email: `${end}@example.org`, password };
        const { id } = await done('POST', `${iam}/users`, { member });
        const { attempt } = await done('POST', '/auth/v1/start', { organization, username: end });
        await done('POST', '/auth/v1/password', { attempt, password });
        const { grace_periods } = await done('GET', `${iam}/grace-periods?user_id=${id}`);
        expect(grace_periods).toMatchObject([{ type: 'set_mfa' }]);
        await server[end]();
        const storage = await openStorage(created.url);
        await storage.db.updateTable('grace_periods').set({ expires_at: 1 }).execute();
        await storage.close();
        server = await startServer(setting);
        const lockedOf = async () => (await done('GET', `${iam}/users/${id}`)).locked;
        await expect.poll(lockedOf, { timeout: 15_000, interval: 50 }).toBe(true);
        const kept = await openStorage(created.url);
        const kinds = await kept.db.selectFrom('outbox').select('kind').where('recipient', '=', member.email).execute();
        await kept.close();
        expect(kinds).toEqual([{ kind: 'locked' }]);
      }
    });
  });
}
