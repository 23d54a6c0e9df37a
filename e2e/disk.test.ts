import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileLayer, isMissing, type Layer, openLayer } from './faults/layer.ts';
import { contradictions } from './support/invariants.ts';
import { callApi, dataFolder, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const applications = '/iam/v1alpha1/applications';

/** One server whose files fail when they are told to. */
describe.skipIf(isMissing)('a server on SQLite whose disk fails', { timeout: 60_000 }, () => {
  let compiled: ReturnType<typeof compileLayer>;
  let layer: Layer;
  let server: ServerProcess;
  let id: string;
  const data = dataFolder();
  const databaseUrl = `file:${join(data, 'bailiwick.db')}`;
  const start = () => startServer({ data, databaseUrl, env: layer.env });

  beforeAll(async () => {
    compiled = compileLayer();
    layer = openLayer(compiled.library, data);
    server = await start();
    id = (await callApi(server, 'POST', applications, { name: 'on disk' })).body.id;
  });
  afterAll(async () => {
    await server.stop();
    removeData(server);
    layer.remove();
    compiled.remove();
  });

  const describeAs = (description: string) => callApi(server, 'PATCH', `${applications}/${id}`, { description });
  const description = async () => (await callApi(server, 'GET', `${applications}/${id}`)).body.description;
  /** What was not synced is gone, by chance; the server starts again from what is left. */
  const losePower = async () => {
    layer.fail({ action: 'power cut', calls: ['writes'], every: 1 });
    await describeAs('never written').catch(() => {});
    await server.ended;
    layer.mend();
    server = await start();
  };

  it('acknowledges no change that it could not sync, and keeps the next one whatever happens', async () => {
    for (let round = 0; round < 10; round += 1) {
      await describeAs(`before ${round}`);
      layer.fail({ action: 'broken', calls: ['syncs'], every: 1 });
      const { status, headers, body } = await describeAs(`not synced ${round}`);
      layer.mend();
      expect([status, body.type, headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
      expect(body.help_message).toContain('may have been made');
      if (round % 2 === 0) {
        expect((await describeAs(`after ${round}`)).status).toBe(200);
        await losePower();
        expect(await description()).toBe(`after ${round}`);
      } else {
        await losePower();
        expect([`before ${round}`, `not synced ${round}`]).toContain(await description());
      }
      expect(await contradictions(databaseUrl)).toEqual([]);
    }
  });

  it('goes on reading and deciding while its disk is full, tells the operator, and writes when there is room again', async () => {
    await describeAs('while there was room');
    layer.fail({ action: 'full', calls: ['writes'], every: 1 });
    expect((await describeAs('too much')).status).toBe(503);
    expect(await description()).toBe('while there was room');
    const permission = { service: 'iam', name: 'group', action: 'list', organization_id: server.organizationId };
    const checked = await callApi(server, 'POST', '/iam/v1alpha1/check-permissions', { permissions: [permission] });
    expect(checked.body.responses[0].decision).toBe('allow');
    layer.mend();
    while (!server.errors().includes('database or disk is full')) await pause(10);
    expect((await describeAs('again')).status).toBe(200);
    expect(await description()).toBe('again');
  });
});
