import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { createRecorder } from './support/calls.ts';
import { beginRequest, type HttpAnswer, keepingClient, silentConnection } from './support/connections.ts';
import { readDatabase } from './support/database.ts';
import { contradictions } from './support/invariants.ts';
import {
  callApi,
  dataFolder,
  listAll,
  removeData,
  runBailiwick,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const applicationsPath = '/iam/v1alpha1/applications';
const clients = 100;
const range = (length: number) => Array.from({ length }, (_, index) => index);

for (const database of databases()) {
  describe(`stopping and starting on ${database.name}`, { timeout: 60_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const currentRevision = async (): Promise<number> => {
      const [organization] = await readDatabase(created.url, (rows) => rows('select revision from organizations'));
      return organization.revision;
    };

    it('a server that is told to stop answers all that is under way, and the next one goes on from there', async () => {
      const before = await currentRevision();
      const answers: HttpAnswer[] = [];
      const idle = keepingClient(server);
      answers.push(await idle.post(applicationsPath, { name: 'idle' }));
      await silentConnection(server);
      const begun = await Promise.all(
        range(10).map((number) => beginRequest(server, applicationsPath, { name: `begun ${number}` })),
      );
      const connected = new Set<number>();
      const busy = range(clients).map(async (number) => {
        const client = keepingClient(server);
        for (let call = 0; ; call += 1) {
          const answer = await client.post(applicationsPath, { name: `busy ${number}.${call}` });
          answers.push(answer);
          connected.add(number);
          if (answer.connection === 'close') return client.close();
        }
      });
      // A connection that waits to be accepted is nobody's yet.
      while (connected.size < clients) await pause(5);
      const stopped = server.stop();
      await Promise.all(busy);
      // By now no new connection is taken; these have waited since before.
      await pause(700);
      answers.push(...(await Promise.all(begun.map(({ finish }) => finish()))));
      expect(await stopped).toBe(0);
      idle.close();

      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answers.slice(-begun.length).map(({ connection }) => connection)).toEqual(begun.map(() => 'close'));
      expect(server.errors()).toBe('');
      await expect(callApi(server, 'GET', applicationsPath)).rejects.toThrow('fetch failed');

      server = await startServer({ databaseUrl: created.url, data: server.data });
      const inOrder = answers.toSorted((one, other) => one.revision - other.revision);
      expect(inOrder.map(({ revision }) => revision)).toEqual(inOrder.map((_, index) => before + index + 1));
      expect(await currentRevision()).toBe(before + answers.length);
      const { items, total } = await listAll(server, `${applicationsPath}?order_by=created_at_asc`);
      expect(items).toEqual(inOrder.map(({ body }) => body));
      expect(total).toBe(answers.length);
      expect(await contradictions(created.url)).toEqual([]);
    });

    it('a port that is taken is told in one sentence, and the first start is not lost', async () => {
      const fresh = await database.create();
      const data = dataFolder();
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
      const { port } = holder.address() as AddressInfo;
      const words = ['serve', '--data', data, '--database-url', fresh.url, '--port', String(port)];
      expect(await runBailiwick(words)).toEqual({
        code: 1,
        stdout: `export SCW_CONFIG_PATH=${data}/scw.yaml\nthe owner's password and keys are in ${data}/first-start.txt\n`,
        stderr: `bailiwick: port ${port} of 127.0.0.1 is in use by another program; choose one with --port\n`,
      });
      holder.close();
      const other = await startServer({ databaseUrl: fresh.url, data });
      expect(other.output()).toBe(`listening on ${other.url}\n`);
      expect((await callApi(other, 'GET', '/iam/v1alpha1/users')).body.total_count).toBe(1);
      expect(await other.stop()).toBe(0);
      removeData(other);
      await fresh.drop();
    });

    it('two servers that start together on one empty database share it: one order of writes, and nothing stale', async () => {
      const shared = await database.create();
      const data = dataFolder();
      const pair = await Promise.all(range(2).map(() => startServer({ databaseUrl: shared.url, data })));
      const exported = pair.filter((one) => one.output().startsWith('export SCW_CONFIG_PATH='));
      expect(exported).toHaveLength(1);
      // The one that did not make the organization may have looked at the credentials before they were there.
      const owner = await startServer({ databaseUrl: shared.url, data });
      expect(await owner.stop()).toBe(0);

      const recorders = pair.map(({ url }) => createRecorder({ url, secretKey: owner.secretKey }));
      const made = await Promise.all(
        range(clients).map(async (number) => {
          const { send } = recorders[number % 2]!;
          const { body } = await send({ operation: 'applications.create', body: { name: `application ${number}` } });
          const other = recorders[(number + 1) % 2]!;
          const params = { application_id: body.id };
          return (await other.send({ operation: 'applications.update', params, body: { description: 'seen' } })).body;
        }),
      );
      const failed = recorders.flatMap(({ sent }) => sent.filter(({ answer }) => answer?.status !== 200));
      expect(failed.map(({ call, answer }) => [call.operation, answer?.body])).toEqual([]);
      const revisions = recorders.flatMap((one) => one.acknowledged().map(({ revision }) => revision));
      const [first = 0, ...rest] = revisions.toSorted((one, other) => one - other);
      expect(rest).toEqual(range(2 * clients - 1).map((index) => first + index + 1));
      for (const one of pair) {
        const { items } = await listAll({ url: one.url, secretKey: owner.secretKey }, applicationsPath);
        const byId = (list: readonly { readonly id: string }[]) =>
          list.toSorted((some, other) => some.id.localeCompare(other.id));
        expect(byId(items)).toEqual(byId(made));
      }
      const [asked, told] = pair.map(({ url }) => ({ url, secretKey: owner.secretKey }));
      const { id } = (await callApi(asked!, 'GET', '/iam/v1alpha1/users')).body.users[0];
      for (let time = 0; time < 20; time += 1) {
        const { body: key } = await callApi(asked!, 'POST', '/iam/v1alpha1/api-keys', { user_id: id });
        const withKey = (headers = {}) =>
          callApi({ url: told!.url, secretKey: key.secret_key }, 'GET', applicationsPath, undefined, headers);
        expect((await withKey()).status).toBe(200);
        const deleted = await callApi(asked!, 'DELETE', `/iam/v1alpha1/api-keys/${key.access_key}`);
        expect(deleted.status).toBe(204);
        // The other server hears of it within milliseconds; whoever cannot wait says what it knows of.
        const revision = deleted.headers.get('x-bailiwick-revision');
        expect((await withKey({ 'x-bailiwick-at-least': revision })).status).toBe(401);
      }
      expect(await contradictions(shared.url)).toEqual([]);
      expect(await Promise.all(pair.map((one) => one.stop()))).toEqual([0, 0]);
      expect(pair.map((one) => one.errors())).toEqual(['', '']);
      removeData(owner);
      await shared.drop();
    });
  });
}

describe('a request that never ends', () => {
  it('does not hold up a server that is told to stop', async () => {
    const [sqlite] = databases();
    const created = await sqlite!.create();
    const server = await startServer({ databaseUrl: created.url });
    const { abandon } = await beginRequest(server, applicationsPath, { name: 'never' });
    expect(await server.stop()).toBe(0);
    abandon();
    removeData(server);
    await created.drop();
  });
});
