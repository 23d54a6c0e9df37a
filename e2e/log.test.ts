import { afterAll, beforeAll, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { removeData, type ServerProcess, startServer } from './support/server-process.ts';

const requests = 300;
let created: TestDatabase;
let server: ServerProcess;

beforeAll(async () => {
  created = await databases()[0]!.create();
  server = await startServer({ databaseUrl: created.url, logLevel: 'info' });
});
afterAll(async () => {
  await server.stop();
  removeData(server);
  await created.drop();
});

const lines = () =>
  server
    .errors()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly msg: string; readonly route?: string; readonly request_id?: string });

it('the log tells of a request while the server runs, though nothing follows it', async () => {
  const response = await fetch(`${server.url}/healthz`);
  const told = () => lines().some(({ request_id }) => request_id === response.headers.get('x-request-id'));
  await expect.poll(told, { timeout: 5_000 }).toBe(true);
});

it('the log of a server that is told to stop has a line for every request it answered, and ends with that', async () => {
  const asked = Array.from({ length: requests }, () => fetch(`${server.url}/readyz`));
  for (const response of await Promise.all(asked)) expect(response.status).toBe(200);
  expect(await server.stop()).toBe(0);
  const told = lines();
  expect(told.filter(({ route }) => route === '/readyz')).toHaveLength(requests);
  expect(told.at(-1)?.msg).toBe('stopped');
});
