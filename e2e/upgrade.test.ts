import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../packages/server/src/storage/open.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { balancedOver, type Nginx, nginxPrograms, startNginx } from '../test-support/nginx.ts';
import { checkOut, type EarlierVersion, hasHistory } from './support/earlier-version.ts';
import { freePort } from './support/free-port.ts';
import {
  type Json,
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

const [program] = nginxPrograms().filter(() => hasHistory(earlier));
const database = databases().find(({ name }) => name === 'PostgreSQL');
const isPossible = program !== undefined && database !== undefined;

describe.runIf(isPossible)('two servers behind nginx that are upgraded one after another', { timeout: 240_000 }, () => {
  let version: EarlierVersion;
  let created: TestDatabase;
  let nginx: Nginx;
  let servers: [ServerProcess, ServerProcess];
  let ports: readonly [number, number];

  beforeAll(async () => {
    version = checkOut(earlier);
    created = await database!.create();
    ports = [await freePort(), await freePort()];
    const setting = { databaseUrl: created.url, program: version.program };
    const first = await startServer({ ...setting, port: ports[0] });
    servers = [first, await startServer({ ...setting, port: ports[1], data: first.data })];
    nginx = await startNginx(program!, balanced(ports));
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
    /** What is no answer of ours, of nginx say, counts as a failure. */
    const ask = (method: string, path: string, body?: unknown) =>
      askAfresh(through, method, path, body).catch((failure: unknown) => ({ status: 0, body: String(failure) }));
    const write = async (writer: number) => {
      for (let count = 0; !over; count += 1) {
        const name = `application-${writer}-${count}`;
        const { status, body } = await ask('POST', `${iam}/applications`, { name });
        if (status === 200) made.push(name);
        else failed.push(`${status} ${JSON.stringify(body)}`);
      }
    };
    const read = async () => {
      const permission = { service: 'iam', name: 'policy', action: 'read', organization_id: one.organizationId };
      while (!over) {
        const asked = { permissions: [permission] };
        const { status, body } = await ask('POST', `${iam}/check-permissions`, asked);
        const listed = await ask('GET', `${iam}/applications?page_size=5`);
        checks += 1;
        if (status !== 200 || body.responses[0].decision !== 'allow' || listed.status !== 200)
          failed.push(`${status} ${listed.status} ${JSON.stringify(body)}`);
      }
    };
    const working = [...Array.from({ length: writers }, (_, index) => write(index)), read(), read()];
    const whileItWorks = async () => {
      const before = made.length;
      const deadline = performance.now() + 60_000;
      while (made.length < before + 40 && performance.now() < deadline) await pause(20);
      expect(failed).toEqual([]);
    };
    await whileItWorks();
    for (const index of [0, 1] as const) {
      // As operators do: it is taken out before it stops, and comes back when it is there again.
      await nginx.reload(balanced(ports.filter((_, other) => other !== index)));
      expect(await servers[index].stop()).toBe(0);
      await whileItWorks();
      const setting = { databaseUrl: created.url, data: servers[index].data, port: ports[index] };
      servers[index] = await startServer(setting);
      await nginx.reload(balanced(ports));
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

/** A call on a connection of its own: one that is kept may be closed by nginx in the moment in which it is used again. */
function askAfresh(
  { url, secretKey }: { readonly url: string; readonly secretKey: string },
  method: string,
  path: string,
  body: unknown,
) {
  const headers = { 'x-auth-token': secretKey, 'content-type': 'application/json' };
  return new Promise<{ readonly status: number; readonly body: Json }>((resolve, reject) => {
    const asking = request(`${url}${path}`, { method, headers, agent: false }, (response) => {
      text(response)
        .then((answer) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) }))
        .catch(reject);
    });
    asking.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Revisions that have no entry. */
async function entriesWithout(url: string): Promise<number> {
  const storage = await openStorage(url);
  const counted = sql<{ readonly missing: number }>`
    select (select revision from organizations) - (select count(*) from audit_entries) as missing`;
  const { rows } = await counted.execute(storage.db).finally(() => storage.close());
  return Number(rows[0]?.missing);
}

const balanced = (ports: readonly number[]): string => balancedOver(ports.map((port) => `127.0.0.1:${port}`));
