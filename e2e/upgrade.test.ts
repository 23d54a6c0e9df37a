import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../packages/server/src/storage/open.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { type Nginx, nginxPrograms, startNginx } from '../test-support/nginx.ts';
import { checkOut, type EarlierVersion, hasHistory } from './support/earlier-version.ts';
import { freePort } from './support/free-port.ts';
import {
  callApi,
  listAll,
  removeData,
  runBailiwick,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

/** The last version before tables were added for the log's tree. */
const earlier = '92b3a5c6090ca06134cb6942e816343b0b4432a1';
const iam = '/iam/v1alpha1';
const writers = 4;

const programs = nginxPrograms().filter(() => hasHistory(earlier));
if (programs.length === 0) it.skip('needs nginx and the history of this repository', () => {});
for (const program of programs) {
  for (const database of databases().filter(({ name }) => name === 'PostgreSQL')) {
    describe('two servers behind nginx that are upgraded one after another', { timeout: 240_000 }, () => {
      let version: EarlierVersion;
      let created: TestDatabase;
      let nginx: Nginx;
      let servers: [ServerProcess, ServerProcess];
      let ports: readonly [number, number];

      beforeAll(async () => {
        version = checkOut(earlier);
        created = await database.create();
        ports = [await freePort(), await freePort()];
        const setting = { databaseUrl: created.url, program: version.program };
        const first = await startServer({ ...setting, port: ports[0] });
        servers = [first, await startServer({ ...setting, port: ports[1], data: first.data })];
        nginx = await startNginx(program, balanced(ports));
      });
      afterAll(async () => {
        await nginx.stop();
        for (const server of servers) await server.stop();
        removeData(servers[0]);
        await created.drop();
        rmSync(version.folder, { recursive: true, force: true });
      });

      it('fails no request, loses no change, and the log of both versions is one', async () => {
        const [one] = servers;
        const through = { url: `http://127.0.0.1:${nginx.port}`, secretKey: one.secretKey };
        const made: string[] = [];
        const failed: string[] = [];
        let checks = 0;
        let over = false;
        const write = async (writer: number) => {
          for (let count = 0; !over; count += 1) {
            const name = `application-${writer}-${count}`;
            const { status, body } = await callApi(through, 'POST', `${iam}/applications`, { name });
            if (status === 200) made.push(name);
            else failed.push(`${status} ${JSON.stringify(body)}`);
          }
        };
        const read = async () => {
          const permission = { service: 'iam', name: 'policy', action: 'read', organization_id: one.organizationId };
          while (!over) {
            const asked = { permissions: [permission] };
            const { status, body } = await callApi(through, 'POST', `${iam}/check-permissions`, asked);
            const listed = await callApi(through, 'GET', `${iam}/applications?page_size=5`);
            checks += 1;
            if (status !== 200 || body.responses[0].decision !== 'allow' || listed.status !== 200)
              failed.push(`${status} ${listed.status} ${JSON.stringify(body)}`);
          }
        };
        const working = [...Array.from({ length: writers }, (_, index) => write(index)), read(), read()];
        const whileItWorks = async () => {
          const before = made.length;
          while (made.length < before + 40) await pause(20);
        };
        await whileItWorks();
        for (const index of [0, 1] as const) {
          expect(await servers[index].stop()).toBe(0);
          await whileItWorks();
          const setting = { databaseUrl: created.url, data: servers[index].data, port: ports[index] };
          servers[index] = await startServer(setting);
          await whileItWorks();
        }
        over = true;
        await Promise.all(working);

        expect(failed).toEqual([]);
        const { items } = await listAll(servers[0], `${iam}/applications`);
        expect(new Set(items.map(({ name }) => name))).toEqual(new Set(made));
        expect(await entriesWithout(created.url)).toBe(0);
        const verified = await runBailiwick(['log', 'verify', '--data', one.data, '--database-url', created.url]);
        expect(verified.stdout + verified.stderr).toContain(one.organizationId);
        expect(verified.code).toBe(0);
        console.log(
          `${made.length} changes and ${checks} checks through nginx, none failed, while two servers were replaced`,
        );
      });
    });
  }
}

/** Revisions that have no entry. */
async function entriesWithout(url: string): Promise<number> {
  const storage = await openStorage(url);
  const counted = sql<{ readonly missing: number }>`
    select (select revision from organizations) - (select count(*) from audit_entries) as missing`;
  const { rows } = await counted.execute(storage.db).finally(() => storage.close());
  return Number(rows[0]?.missing);
}

const balanced = (ports: readonly number[]): string => `
  upstream bailiwick {
    ${ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join(' ')}
    keepalive 16;
  }
  server {
    listen 80;
    location / {
      proxy_pass http://bailiwick;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`;
