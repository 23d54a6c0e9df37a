import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Measurement } from './measurement.ts';
import type { Flood } from './support/flood-program.ts';
import { runNode, startNode } from './support/processes.ts';
import { call, createHome, type Server } from './support/server.ts';
import { percentile, ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const bailiwick = join(import.meta.dirname, '../packages/server/bin/bailiwick.js');
const floodProgram = join(import.meta.dirname, 'support/flood-program.ts');
const clients = 64;
const projects = 200;

/** What the quiet organization does meanwhile, one request after another. */
const kinds = ['check', 'read', 'write'] as const;

/** One organization floods a server; another, with one client, should hardly notice. */
export const flood: Measurement = {
  name: 'flood',
  title: `one organization with one client, alone and beside another that floods with ${clients}`,
  measure: async (bench) => {
    const tables: Table[] = [];
    for (const database of bench.databases) {
      await using stack = new AsyncDisposableStack();
      const home = stack.use(await createHome(database));
      const server = stack.use(await home.start());
      bench.progress(`filling an organization on ${database.name}`);
      const quiet = await anotherOrganization(server);
      for (let number = 0; number < projects; number += 1)
        await call(server, '/account/v3/projects', {
          name: `project ${number}`,
          organization_id: server.organizationId,
        });
      const flooding = await floodOf(server);
      const alone = timesByKind();
      const beside = timesByKind();
      const reports: string[] = [];
      for (let round = 0; round <= bench.rounds; round += 1) {
        bench.progress(`${database.name}, round ${round} of ${bench.rounds}`);
        const before = await measureQuiet(server.url, quiet, bench.secondsOfLoad);
        const program = await startNode([floodProgram, JSON.stringify(flooding)]);
        const during = await measureQuiet(server.url, quiet, bench.secondsOfLoad);
        await program.stop();
        // The first round warms up.
        if (round === 0) continue;
        for (const kind of kinds) {
          alone[kind].push(before[kind]);
          beside[kind].push(during[kind]);
        }
        reports.push(program.output().split('\n').at(-2) ?? '');
      }
      tables.push({
        head: [database.name, 'alone p50, ms', 'beside p50, ms', 'ratio', 'alone p99, ms', 'beside p99, ms', 'ratio'],
        rows: kinds.map((kind) => [
          kind,
          ...[0.5, 0.99].flatMap((part) => {
            const at = (rounds: readonly (readonly number[])[]) => rounds.map((times) => percentile(times, part));
            const [one, other] = [at(alone[kind]), at(beside[kind])];
            return [figures(one), figures(other), figures(ratios(other, one))];
          }),
        ]),
        note: `The flood was answered, by status: ${reports.join(' ')}`,
      });
    }
    return tables;
  },
};

interface Credentials {
  readonly organizationId: string;
  readonly secretKey: string;
}

async function anotherOrganization({ configuration, databaseUrl }: Server): Promise<Credentials> {
  const place = ['--data', dirname(configuration), '--database-url', databaseUrl];
  const { output } = await runNode([bailiwick, 'organization', 'create', '--name', 'quiet', ...place]);
  const path = /^export SCW_CONFIG_PATH=(.+)$/m.exec(output)?.[1] ?? '';
  const written = parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string>>;
  return { organizationId: written.default_organization_id ?? '', secretKey: written.secret_key ?? '' };
}

/** Writes, reads, and questions that ask everything about somebody who may do much. */
async function floodOf(server: Server): Promise<Flood> {
  const post = async (path: string, body: object) =>
    (await (await call(server, path, body)).json()) as { readonly id: string };
  const { id } = await post('/iam/v1alpha1/applications', { name: 'robot' });
  const rules = [{ permission_set_names: ['AllProductsFullAccess'], organization_id: server.organizationId }];
  await post('/iam/v1alpha1/policies', { name: 'robot', application_id: id, rules });
  return {
    url: server.url,
    secretKey: server.secretKey,
    clients,
    requests: [
      { method: 'POST', path: '/iam/v1alpha1/applications', body: { name: 'flood', description: 'one of many' } },
      { method: 'GET', path: '/iam/v1alpha1/applications?page_size=100' },
      { method: 'POST', path: '/iam/v1alpha1/what-can', body: { subject: { principal_id: id } } },
      { method: 'GET', path: '/iam/v1alpha1/users' },
    ],
  };
}

type Times = Record<(typeof kinds)[number], number[]>;

const timesByKind = (): Record<(typeof kinds)[number], number[][]> => ({ check: [], read: [], write: [] });

/** Milliseconds of each request of the quiet organization, which sends one after another for some seconds. */
async function measureQuiet(url: string, { organizationId, secretKey }: Credentials, seconds: number): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const requests = {
    check: {
      method: 'POST',
      path: '/iam/v1alpha1/check-permissions',
      body: { permissions: [{ service: 'iam', name: 'policy', action: 'read', organization_id: organizationId }] },
    },
    read: { method: 'GET', path: '/iam/v1alpha1/groups', body: undefined },
    write: { method: 'POST', path: '/iam/v1alpha1/applications', body: { name: 'quiet' } },
  };
  const times: Times = { check: [], read: [], write: [] };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    for (const kind of kinds) {
      const { method, path, body } = requests[kind];
      const started = performance.now();
      await answered(url + path, { method, agent, secretKey, body });
      times[kind].push(performance.now() - started);
    }
  }
  agent.destroy();
  return times;
}

interface Sent {
  readonly method: string;
  readonly agent: Agent;
  readonly secretKey: string;
  readonly body: object | undefined;
}

function answered(url: string, { method, agent, secretKey, body }: Sent): Promise<void> {
  const headers = { 'x-auth-token': secretKey, ...(body && { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    request(url, { method, agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
      answer.resume().once('end', resolve);
    })
      .once('error', reject)
      .end(body && JSON.stringify(body));
  });
}
