import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgresPrograms, makePostgres, type PostgresServer } from '../test-support/postgres-cluster.ts';
import {
  callApi,
  type Json,
  launchServer,
  removeData,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const iam = '/iam/v1alpha1';

describe.runIf(hasPostgresPrograms())('a server that starts while its database is away', { timeout: 60_000 }, () => {
  let postgres: PostgresServer;
  let server: ServerProcess;
  let secretKey: string;
  let snapshot: string;
  const setting = () => ({ databaseUrl: postgres.url, env: { BAILIWICK_SNAPSHOT_EVERY: '1' } });

  beforeAll(async () => {
    postgres = await makePostgres();
    await postgres.start();
    server = await startServer(setting());
    const make = async (path: string, body: Json) => (await callApi(server, 'POST', `${iam}/${path}`, body)).body;
    const { id } = await make('applications', { name: 'reader' });
    const condition = 'inIpRange(request.ip, "127.0.0.0/8")';
    const rule = { permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId, condition };
    await make('policies', { name: 'reader', application_id: id, rules: [rule] });
    ({ secret_key: secretKey } = await make('api-keys', { application_id: id }));
    await check('policy:read');
    snapshot = join(server.data, 'snapshot');
    await until(async () => existsSync(snapshot));
    const { mtimeMs } = statSync(snapshot);
    await until(async () => statSync(snapshot).mtimeMs > mtimeMs);
    await server.kill();
    await postgres.end('killed');
  });
  afterAll(async () => {
    await server.stop();
    removeData(server);
    await postgres.remove();
  });

  const until = async (isSo: () => Promise<boolean>) => {
    const deadline = performance.now() + 15_000;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error('it does not become so');
      await pause(20);
    }
  };
  const check = async (permission: string, by = secretKey) => {
    const [name, action] = permission.split(':');
    const permissions = [{ service: 'iam', name, action, organization_id: server.organizationId }];
    const { url } = server;
    const { status, body } = await callApi({ url, secretKey: by }, 'POST', `${iam}/check-permissions`, { permissions });
    return status === 200 ? body.responses[0].decision : status;
  };

  it('does not, from a snapshot that was damaged or belongs to another server key', async () => {
    const whole = readFileSync(snapshot, 'utf8');
    const lines = whole.trimEnd().split('\n');
    const [first = '', second = '', ...rest] = lines;
    const damaged = [
      lines.slice(0, -1).join('\n'),
      [second, first, ...rest].join('\n'),
      [first, ...rest].join('\n'),
      whole.replace(first.slice(40, 44), 'AAAA'),
      '',
    ];
    for (const text of damaged) {
      writeFileSync(snapshot, text);
      await expect(launchServer({ ...setting(), data: server.data }).ready).rejects.toThrow(
        /remove it to start without it/,
      );
    }
    writeFileSync(snapshot, whole);
    const other = { ...setting().env, BAILIWICK_SERVER_KEY: Buffer.alloc(32, 1).toString('base64') };
    const launched = launchServer({ ...setting(), data: server.data, env: other });
    await expect(launched.ready).rejects.toThrow(/another server key/);
  });

  it('does not, unless it is told that it may', async () => {
    const launched = launchServer({ databaseUrl: postgres.url, data: server.data });
    await expect(launched.ready).rejects.toThrow(/ECONNREFUSED/);
  });

  it('decides by what is in the snapshot, changes nothing, and goes on when the database is there', async () => {
    server = await startServer({ ...setting(), data: server.data });
    expect([await check('policy:read'), await check('policy:create')]).toEqual(['allow', 'deny']);
    expect(await check('policy:create', server.secretKey)).toBe('allow');
    const ready = await callApi(server, 'GET', '/readyz');
    expect([ready.status, ready.body]).toEqual([
      200,
      { status: 'database unreachable', age_seconds: expect.any(Number) },
    ]);
    expect(ready.body.age_seconds).toBeGreaterThan(0);
    expect((await callApi(server, 'POST', `${iam}/applications`, { name: 'lost' })).status).toBe(503);
    await postgres.start();
    await until(async () => (await callApi(server, 'GET', '/readyz')).body.status === 'ready');
    expect((await callApi(server, 'POST', `${iam}/applications`, { name: 'kept' })).status).toBe(200);
    expect(await check('policy:read')).toBe('allow');
  });
});
