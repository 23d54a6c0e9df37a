import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { databases } from '../test-support/databases.ts';
import {
  callApi,
  dataFolder,
  type Json,
  removeData,
  runBailiwick,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`server keys of two servers on one ${database.name}`, { timeout: 120_000 }, () => {
    it('are rotated step by step: what one makes the other accepts, at every moment, without a request that fails', async () => {
      const created = await database.create();
      const one = await startServer({ databaseUrl: created.url });
      const data = dataFolder();
      for (const name of ['server.key', 'scw.yaml']) copyFileSync(join(one.data, name), join(data, name));
      const servers = [one, await startServer({ databaseUrl: created.url, data })] as const;
      const secrets: string[] = [one.secretKey];
      let over = false;
      const failures: string[] = [];

      const call = async (server: ServerProcess, secretKey: string, method: string, path: string, body?: Json) => {
        const answer = await callApi({ url: server.url, secretKey }, method, path, body);
        if (answer.status !== 200) failures.push(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body;
      };
      /** A key made on one server works on the other at once. */
      const makeKeys = async (index: 0 | 1) => {
        const [here, there] = index === 0 ? servers : [servers[1], servers[0]];
        while (!over) {
          const { id } = await call(here, one.secretKey, 'POST', `${iam}/applications`, { name: 'of a key' });
          const { secret_key: secret } = await call(here, one.secretKey, 'POST', `${iam}/api-keys`, {
            application_id: id,
          });
          secrets.push(secret);
          await checkWith(there, secret);
          await pause(20);
        }
      };
      const checkWith = (server: ServerProcess, secret: string) =>
        call(server, secret, 'POST', `${iam}/check-permissions`, {
          permissions: [{ service: 'iam', name: 'policy', action: 'read', organization_id: one.organizationId }],
        });
      const working = [makeKeys(0), makeKeys(1)];

      const linesOf = (folder: string) => readFileSync(join(folder, 'server.key'), 'utf8').trim().split('\n');
      const key = async (...words: readonly string[]) => {
        const { code, stderr } = await runBailiwick([
          'key',
          ...words,
          '--data',
          one.data,
          '--database-url',
          created.url,
        ]);
        expect([code, stderr]).toEqual([0, '']);
      };
      /** The file comes to one server after the other, and both make keys meanwhile. */
      const handOut = async () => {
        one.hangUp();
        await pause(300);
        writeFileSync(join(data, 'server.key'), readFileSync(join(one.data, 'server.key')));
        servers[1].hangUp();
        await pause(300);
      };
      await pause(300);
      await key('add');
      await handOut();
      const added = linesOf(one.data).at(-1)?.split(':')[0] ?? '';
      await key('use', added);
      await handOut();
      over = true;
      await Promise.all(working);
      expect(failures).toEqual([]);
      expect(secrets.length).toBeGreaterThan(10);

      // All are used once more, and stored anew when the servers stop; then the first key can go.
      for (const secret of secrets) await checkWith(one, secret);
      for (const server of servers) expect(await server.stop()).toBe(0);
      const { stdout } = await runBailiwick(['key', 'list', '--data', one.data, '--database-url', created.url]);
      expect(stdout).toBe(
        `${added}  in use    ${secrets.length} API keys, 1 signed logs\nfirst     accepted  nothing is kept under it\n`,
      );
      await key('drop', 'first');
      const last = await startServer({ databaseUrl: created.url, data: one.data });
      for (const secret of secrets) await checkWith(last, secret);
      expect(failures).toEqual([]);
      expect(await last.stop()).toBe(0);
      for (const server of servers) removeData(server);
      await created.drop();
    });
  });
}
