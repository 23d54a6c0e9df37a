import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createLastUse } from '../src/api-keys/last-use.ts';
import { type Json, serverOn } from './support/server.ts';

for (const database of databases()) {
  describe(`the last use of API keys on ${database.name}`, () => {
    const server = serverOn(database);
    let programs = 0;

    const createKey = async (): Promise<{ readonly access_key: string; readonly secret_key: string }> => {
      programs += 1;
      const application = await server.call('POST', '/iam/v1alpha1/applications', { body: { name: `web${programs}` } });
      const body = { application_id: application.body.id };
      return (await server.call('POST', '/iam/v1alpha1/api-keys', { body })).body;
    };
    const use = (key: string) => server.call('GET', '/iam/v1alpha1/permission-sets?page_size=1', { key });
    const useOf = async (accessKey: string): Promise<Json> => {
      const { body } = await server.call('GET', `/iam/v1alpha1/api-key-uses?access_keys=${accessKey}`);
      expect(body.total_count).toBe(1);
      return body.api_key_uses[0];
    };
    const lastUse = async (accessKey: string) => (await useOf(accessKey)).last_used_at;

    it('is null before the first, and is stored beside the requests', async () => {
      const { access_key: accessKey, secret_key: secret } = await createKey();
      expect(await lastUse(accessKey)).toBeNull();
      await use(secret);
      expect(await lastUse(accessKey)).toBeNull();
      await server.services.lastUse.store();
      expect(await lastUse(accessKey)).toMatch(/^2030-/);
    });

    it('is stored at most once a minute, and is never off by more', async () => {
      const { access_key: accessKey, secret_key: secret } = await createKey();
      const seen = new Set<string>();
      for (let second = 0; second < 300; second += 10) {
        server.clock.advance(10);
        await use(secret);
        await server.services.lastUse.store();
        const stored = await lastUse(accessKey);
        seen.add(stored);
        expect(server.clock.now() / 1000 - Date.parse(stored)).toBeLessThan(60_000);
      }
      expect(seen.size).toBeGreaterThanOrEqual(4);
      expect(seen.size).toBeLessThanOrEqual(6);
    });

    it('of several servers is that of the newest use, not of who stores last', async () => {
      const { access_key: accessKey, secret_key: secret } = await createKey();
      const other = createLastUse(server.services.storage, server.services.clock);
      other.note(accessKey);
      server.clock.advance(120);
      await use(secret);
      await server.services.lastUse.store();
      const newest = await lastUse(accessKey);
      await other.store();
      expect(await lastUse(accessKey)).toBe(newest);
    });

    it('is not touched by who is refused: an unknown secret, a key that has ended', async () => {
      const { body: application } = await server.call('POST', '/iam/v1alpha1/applications', {
        body: { name: 'ending' },
      });
      const expires_at = new Date(server.clock.now() / 1000 + 60_000).toISOString();
      const { body: key } = await server.call('POST', '/iam/v1alpha1/api-keys', {
        body: { application_id: application.id, expires_at },
      });
      server.clock.advance(120);
      expect((await use(key.secret_key)).status).toBe(401);
      await server.services.lastUse.store();
      expect(await lastUse(key.access_key)).toBeNull();
    });

    it('counts where another service asks about the key, and at the shortest road', async () => {
      const [asked, asking] = [await createKey(), await createKey()];
      const body = {
        permissions: [
          { service: 'iam', name: 'user', action: 'list', organization_id: server.organization.organizationId },
        ],
        subject: { secret_key: asked.secret_key },
      };
      const answer = await server.call('POST', '/iam/v1alpha1/check-permissions', { body });
      expect(answer.status, answer.text).toBe(200);
      await use(asking.secret_key);
      await server.services.lastUse.store();
      expect(await lastUse(asked.access_key)).not.toBeNull();
      expect(await lastUse(asking.access_key)).not.toBeNull();
    });

    it('makes no revision and no entry, and leaves the key on the wire as clients know it', async () => {
      const { access_key: accessKey, secret_key: secret } = await createKey();
      const before = (await server.call('GET', `/iam/v1alpha1/api-keys/${accessKey}`)).body;
      const { db } = server.services.storage;
      const revision = () => db.selectFrom('organizations').select('revision').execute();
      const known = await revision();
      await use(secret);
      await server.services.lastUse.store();
      expect(await revision()).toEqual(known);
      expect((await server.call('GET', `/iam/v1alpha1/api-keys/${accessKey}`)).body).toEqual(before);
      expect(before).not.toHaveProperty('last_used_at');
    });

    it('of a thousand keys is stored in one go; what cannot be stored is kept for the next', async () => {
      const { access_key: accessKey } = await createKey();
      const { storage, clock } = server.services;
      const template = await storage.db
        .selectFrom('api_keys')
        .selectAll()
        .where('access_key', '=', accessKey)
        .executeTakeFirstOrThrow();
      const { expires_order: _generated, ...row } = template;
      const keys = Array.from({ length: 1000 }, (_, number) => `SCWMANY${String(number).padStart(13, '0')}`);
      for (const key of keys)
        await storage.db
          .insertInto('api_keys')
          .values({ ...row, access_key: key, secret_hash: key })
          .execute();
      const failing = {
        get db(): never {
          throw new Error('no connection');
        },
      };
      let works = false;
      const lastUse = createLastUse(
        {
          get db() {
            return works ? storage.db : failing.db;
          },
        },
        clock,
      );
      for (const key of keys) lastUse.note(key);
      await expect(lastUse.store()).rejects.toThrow('no connection');
      works = true;
      await lastUse.store();
      const { used } = await storage.db
        .selectFrom('api_keys')
        .select(({ fn }) => fn.count<number>('last_used_at').as('used'))
        .where('access_key', 'in', keys)
        .executeTakeFirstOrThrow();
      expect(used).toBe(1000);
    });
  });
}
