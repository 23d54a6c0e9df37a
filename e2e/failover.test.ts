import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgresPrograms, makePostgres, type PostgresServer } from '../test-support/postgres-cluster.ts';
import { callApi, listAll, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const iam = '/iam/v1alpha1';

/** Two servers on a PostgreSQL whose standby has every change before it is acknowledged. */
describe.runIf(hasPostgresPrograms())('a standby that takes over', { timeout: 60_000 }, () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let servers: readonly ServerProcess[];

  beforeAll(async () => {
    primary = await makePostgres();
    await primary.start();
    standby = await makePostgres(primary);
    await standby.start();
    await run(primary, "alter system set synchronous_standby_names = '*'");
    await run(primary, 'select pg_reload_conf()');
    const databaseUrl = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres`;
    const one = await startServer({ databaseUrl });
    servers = [one, await startServer({ databaseUrl, data: one.data })];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    if (servers[0]) removeData(servers[0]);
    await primary.remove();
    await standby.remove();
  });

  const run = async ({ url }: PostgresServer, statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };

  it('loses nothing that was acknowledged, and no check of a known key', async () => {
    let over = false;
    const acknowledged: string[] = [];
    const unsure: string[] = [];
    let firstAfterwards = 0;
    let promoted = Number.POSITIVE_INFINITY;
    const write = async (server: ServerProcess, writer: number) => {
      for (let count = 0; !over; count += 1) {
        const name = `application-${writer}-${count}`;
        const { status, body } = await callApi(server, 'POST', `${iam}/applications`, { name });
        if (status === 200) {
          acknowledged.push(name);
          if (performance.now() > promoted) firstAfterwards ||= performance.now();
        } else {
          expect([status, body.type]).toEqual([503, 'unavailable']);
          unsure.push(name);
          await pause(20);
        }
      }
    };
    const answers = new Map<string, number>();
    const check = async (server: ServerProcess) => {
      const permission = { service: 'iam', name: 'policy', action: 'read', organization_id: server.organizationId };
      while (!over) {
        const { status, body } = await callApi(server, 'POST', `${iam}/check-permissions`, {
          permissions: [permission],
        });
        const answer = status === 200 ? body.responses[0].decision : String(status);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    };
    const working = [
      ...servers.flatMap((server, index) => [0, 1, 2].map((writer) => write(server, index * 3 + writer))),
      ...servers.map(check),
    ];
    await pause(1_000);
    await primary.end('killed');
    await standby.promote();
    // Nobody stands by any more.
    await run(standby, "alter system set synchronous_standby_names = ''");
    await run(standby, 'select pg_reload_conf()');
    promoted = performance.now();
    while (firstAfterwards === 0 && performance.now() < promoted + 20_000) await pause(10);
    await pause(500);
    over = true;
    await Promise.all(working);

    const before = acknowledged.length;
    expect(before).toBeGreaterThan(10);
    expect(firstAfterwards).toBeGreaterThan(0);
    expect([...answers.keys()]).toEqual(['allow']);
    for (const server of servers) {
      const { items } = await listAll(server, `${iam}/applications`);
      const names = new Set(items.map(({ name }) => name));
      expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
      const strangers = [...names].filter((name) => !acknowledged.includes(name) && !unsure.includes(name));
      expect(strangers).toEqual([]);
    }
    const seconds = ((firstAfterwards - promoted) / 1000).toFixed(1);
    console.log(
      `${before} changes acknowledged, ${unsure.length} refused while nobody took writes; written again ${seconds} s after ` +
        `the standby was promoted; ${answers.get('allow')} checks, none failed`,
    );
  });
});
