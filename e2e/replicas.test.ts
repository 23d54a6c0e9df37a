import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Network, openNetwork } from '../test-support/network.ts';
import { hasPostgresPrograms, makePostgres, type PostgresServer } from '../test-support/postgres-cluster.ts';
import { connectDirectory, directoryAt } from './support/directory.ts';
import { callApi, type Json, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const iam = '/iam/v1alpha1';

/** Two servers on one PostgreSQL, with a network between them and it, and a standby beside it. */
describe.runIf(hasPostgresPrograms())('servers that share a PostgreSQL', { timeout: 60_000 }, () => {
  let primary: PostgresServer;
  let network: Network;
  let servers: readonly [ServerProcess, ServerProcess];

  beforeAll(async () => {
    primary = await makePostgres();
    await primary.start();
    network = await openNetwork(primary.port);
    const databaseUrl = `postgres://postgres@127.0.0.1:${network.port}/postgres`;
    const one = await startServer({ databaseUrl });
    servers = [one, await startServer({ databaseUrl, data: one.data })];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    removeData(servers[0]);
    await network.close();
    await primary.remove();
  });

  const made = async (path: string, body: Json): Promise<Json> => {
    const answer = await callApi(servers[0], 'POST', `${iam}/${path}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  /** An application with a key that may read policies. */
  const reader = async (name: string) => {
    const { id } = await made('applications', { name });
    const rule = { permission_set_names: ['IAMReadOnly'], organization_id: servers[0].organizationId };
    const policy = await made('policies', { name, application_id: id, rules: [rule] });
    const key = await made('api-keys', { application_id: id });
    return {
      id,
      policy: policy.id as string,
      accessKey: key.access_key as string,
      secretKey: key.secret_key as string,
    };
  };
  const check = async (server: ServerProcess, secretKey: string, headers: Readonly<Record<string, string>> = {}) => {
    const permission = { service: 'iam', name: 'policy', action: 'read', organization_id: server.organizationId };
    const path = `${iam}/check-permissions`;
    const answer = await callApi({ url: server.url, secretKey }, 'POST', path, { permissions: [permission] }, headers);
    return { ...answer, says: answer.status === 200 ? answer.body.responses[0].decision : answer.status };
  };
  const until = async (isSo: () => Promise<boolean>, milliseconds = 10_000): Promise<number> => {
    const began = performance.now();
    while (!(await isSo())) {
      if (performance.now() - began > milliseconds) throw new Error(`not within ${milliseconds} ms`);
      await pause(1);
    }
    return performance.now() - began;
  };
  const stateOf = async (server: ServerProcess) => {
    const answer = await callApi(server, 'GET', '/readyz');
    return { status: answer.status, ...answer.body };
  };
  const allAre = async (status: string) => {
    for (const server of servers) await until(async () => (await stateOf(server)).status === status);
  };

  it('what one of them takes away the other refuses, by itself', async () => {
    const { policy, accessKey, secretKey } = await reader('revoked');
    await until(async () => (await check(servers[1], secretKey)).says === 'allow');
    await callApi(servers[0], 'DELETE', `${iam}/policies/${policy}`);
    await until(async () => (await check(servers[1], secretKey)).says === 'deny');
    await callApi(servers[0], 'DELETE', `${iam}/api-keys/${accessKey}`);
    await until(async () => (await check(servers[1], secretKey)).says === 401);
  });

  it('a SCIM token that one of them deletes is dead at the other at once, with nothing in between', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { address, token, tokenId } = await connectDirectory(servers[0]);
      const elsewhere = directoryAt(address.replace(servers[0].url, servers[1].url), token, tokenId);
      expect((await elsewhere.call('GET', '/Users')).status).toBe(200);
      await callApi(servers[0], 'DELETE', `${iam}/scim-tokens/${tokenId}`);
      expect((await elsewhere.call('GET', '/Users')).status).toBe(401);
      expect((await elsewhere.call('POST', '/Users', { userName: `late.${round}@example.org` })).status).toBe(401);
    }
  });

  it('a question that names a revision is never answered from before it, whichever is asked', async () => {
    const { policy, secretKey } = await reader('monotonic');
    const rule = { permission_set_names: ['IAMReadOnly'], organization_id: servers[0].organizationId };
    for (let round = 0; round < 100; round += 1) {
      const rules = round % 2 === 0 ? [] : [rule];
      const written = await callApi(servers[round % 3 === 0 ? 0 : 1], 'PUT', `${iam}/rules`, {
        policy_id: policy,
        rules,
      });
      const revision = written.headers.get('x-bailiwick-revision') ?? '';
      for (const server of servers)
        expect((await check(server, secretKey, { 'x-bailiwick-at-least': revision })).says).toBe(
          round % 2 === 0 ? 'deny' : 'allow',
        );
    }
  });

  it('without the database all keys go on, also those a server has never seen; nothing else does', async () => {
    const { secretKey } = await reader('alone');
    // It has the organization in memory, but never saw this key.
    await until(async () => (await check(servers[1], servers[1].secretKey)).says === 'allow');
    await until(async () => (await check(servers[1], secretKey)).says === 'allow');
    const other = await reader('never seen there');
    const directory = await connectDirectory(servers[0]);
    await pause(100);
    await primary.end('killed');
    await allAre('database unreachable');

    for (const server of servers) {
      expect((await check(server, other.secretKey)).says).toBe('allow');
      await until(async () => Number((await check(server, other.secretKey)).headers.get('x-bailiwick-age')) > 0);
      expect(await stateOf(server)).toMatchObject({ status: 'database unreachable', age_seconds: expect.any(Number) });
      const began = performance.now();
      const refused = [
        await callApi(server, 'POST', `${iam}/applications`, { name: 'lost' }),
        await callApi(server, 'GET', `${iam}/applications`),
        await check(server, '11111111-1111-4111-8111-111111111111'),
      ];
      for (const { status, headers, body } of refused) {
        expect(status).toBe(503);
        expect(headers.get('retry-after')).toBe('1');
        expect(body.type).toBe('unavailable');
      }
      const elsewhere = directoryAt(
        directory.address.replace(servers[0].url, server.url),
        directory.token,
        directory.tokenId,
      );
      const provisioning = await elsewhere.call('GET', '/Users');
      expect([provisioning.status, provisioning.body.status]).toEqual([503, '503']);
      expect(performance.now() - began).toBeLessThan(5_000);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toContain('bailiwick_database_reachable 0');
      expect(metrics).toMatch(/bailiwick_knowledge_age_seconds [1-9]|bailiwick_knowledge_age_seconds 0\.\d/);
    }

    await primary.start();
    await allAre('ready');
    const { id } = await made('applications', { name: 'afterwards' });
    await callApi(servers[0], 'DELETE', `${iam}/api-keys/${other.accessKey}`);
    for (const server of servers) await until(async () => (await check(server, other.secretKey)).says === 401);
    expect((await callApi(servers[1], 'GET', `${iam}/applications/${id}`)).status).toBe(200);
  });

  it('a network that swallows everything holds nobody up for long', async () => {
    const { secretKey } = await reader('stalled');
    for (const server of servers) await until(async () => (await check(server, secretKey)).says === 'allow');
    network.stall();
    const writing = callApi(servers[0], 'POST', `${iam}/applications`, { name: 'stalled' });
    const deadline = performance.now() + 5_000;
    let slowest = 0;
    while (performance.now() < deadline) {
      const began = performance.now();
      expect((await check(servers[1], secretKey)).says).toBe('allow');
      slowest = Math.max(slowest, performance.now() - began);
      await pause(5);
    }
    expect(slowest).toBeLessThan(1_000);
    expect((await writing).status).toBe(503);
    network.mend();
    await allAre('ready');
    await until(async () => (await callApi(servers[1], 'GET', `${iam}/applications`)).status === 200);
  });

  it('one of them leads', async () => {
    const client = new pg.Client({ connectionString: primary.url });
    await client.connect();
    const { rows } = await client.query(
      "select count(*)::int as held from pg_locks where locktype = 'advisory' and granted",
    );
    await client.end();
    expect(rows).toEqual([{ held: 1 }]);
  });

  it('a standby that takes over is followed without a restart; what it never had is not decided by', async () => {
    const kept = await reader('kept');
    const lost = await reader('lost');
    for (const server of servers) await until(async () => (await check(server, lost.secretKey)).says === 'allow');
    await callApi(servers[0], 'DELETE', `${iam}/policies/${lost.policy}`);
    await callApi(servers[0], 'POST', `${iam}/policies`, {
      name: 'lost again',
      application_id: lost.id,
      rules: [{ permission_set_names: ['IAMReadOnly'], organization_id: servers[0].organizationId }],
    });
    const standby = await makePostgres(primary);
    // What happens from here on never reaches the standby: it starts when the primary is gone.
    await callApi(servers[0], 'DELETE', `${iam}/api-keys/${kept.accessKey}`);
    const late = await reader('late');
    for (const server of servers) {
      await until(async () => (await check(server, kept.secretKey)).says === 401);
      await until(async () => (await check(server, late.secretKey)).says === 'allow');
    }
    await primary.end('killed');
    await allAre('database unreachable');
    await standby.start();
    await standby.promote();
    network.leadTo(standby.port);
    await allAre('ready');
    for (const server of servers) {
      await until(async () => (await check(server, late.secretKey)).says === 401);
      await until(async () => (await check(server, kept.secretKey)).says === 'allow');
      expect((await check(server, lost.secretKey)).says).toBe('allow');
    }
    await made('applications', { name: 'on the new one' });
    await primary.remove();
    primary = standby;
  });
});
