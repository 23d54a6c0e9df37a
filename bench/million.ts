import { Agent } from 'node:http';
import type { DatabaseKind } from '../test-support/database-kinds.ts';
import type { Bench, Measurement } from './measurement.ts';
import { askMany, residentMegabytes } from './support/asking.ts';
import { createGrownHome, type GrownHome } from './support/grown-home.ts';
import { comparedLists, comparedWrites } from './support/grown-requests.ts';
import { watchPauses } from './support/pauses.ts';
import { send } from './support/request-times.ts';
import { type GrownOrganization, principalOf } from './support/seed-grown.ts';
import type { Server } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const small = 1_000;
const idle = [10, 100_000];
const clients = 20;
/** Different principals that are asked about. */
const askedAbout = 20_000;

const shapeOf = (principals: number, organizations = 1) => ({
  organizations,
  principals,
  keys: principals,
  policies: principals / 10,
});

export const million: Measurement = {
  name: 'million',
  title:
    'principals, keys and a tenth as many policies: in one organization, in a thousand, and organizations that nobody uses',
  measure: async (bench) => {
    const tables: Table[] = [];
    for (const database of bench.databases) {
      tables.push(...(await inOne(bench, database)), await inMany(bench, database), await unused(bench, database));
    }
    return tables;
  },
};

const evaluation = '/access/v1/evaluation';

/** May somebody read the groups? */
const questionAbout = (number: number): object => ({
  subject: principalOf(number),
  action: { name: 'read' },
  resource: { type: 'iam:group', id: 'some' },
});

async function inOne(bench: Bench, database: DatabaseKind): Promise<readonly Table[]> {
  await using stack = new AsyncDisposableStack();
  const sizes = [small, bench.principals];
  const homes: GrownHome[] = [];
  for (const size of sizes) homes.push(stack.use(await createGrownHome(database, shapeOf(size), bench.progress)));
  const loads: string[][] = [];
  const servers: Server[] = [];
  for (const [index, home] of homes.entries()) {
    const server = stack.use(await home.start());
    servers.push(server);
    bench.progress(`${database.name}: loading ${sizes[index]} principals`);
    loads.push([`${count(sizes[index])} principals`, ...(await loading(server, home.organizations))]);
  }
  const [few, lots] = servers;
  if (!few || !lots) throw new Error('there are two sizes');
  const names = sizes.map(count);
  const compared = { bench, database: database.name, few, lots, names };
  const checks = await comparedChecks(bench, database, servers);
  const lists = await comparedLists(compared);
  const writes = await comparedWrites(compared);
  const now = servers.map(({ pid }, index) => [`${names[index]} principals`, residentMegabytes(pid).toFixed(0)]);
  return [
    { head: [`${database.name}, one organization`, ...loadHead], rows: loads, note: pauseNote },
    checks,
    lists,
    writes,
    { head: ['memory after all of it', 'resident, MB'], rows: now },
  ];
}

const loadHead = ['start, ms', 'resident, MB', 'loaded after, ms', 'longest pause, ms', 'resident, MB', 'at most, MB'];
const pauseNote = 'A pause is the slowest answer to a request for /healthz, one after another meanwhile.';

/** The first question in each organization. */
async function loading(server: Server, organizations: readonly GrownOrganization[]): Promise<readonly string[]> {
  const before = residentMegabytes(server.pid);
  const agent = new Agent({ keepAlive: true });
  const pauses = watchPauses(server.url);
  const started = performance.now();
  for (const { secretKey } of organizations)
    await send(agent, { ...server, secretKey }, { path: evaluation, body: questionAbout(0) });
  const loaded = performance.now() - started;
  const longest = await pauses.stop();
  agent.destroy();
  const [now, most] = [residentMegabytes(server.pid), residentMegabytes(server.pid, 'at most')];
  return [server.readyAfter, before, loaded, longest, now, most].map((figure) => figure.toFixed(0));
}

async function comparedChecks(bench: Bench, { name }: DatabaseKind, servers: readonly Server[]): Promise<Table> {
  const sizes = [small, bench.principals];
  const asked = servers.map((server, index) => {
    const size = sizes[index] ?? small;
    const step = Math.max(1, Math.floor(size / askedAbout));
    const bodies = Array.from({ length: Math.min(size, askedAbout) }, (_, each) =>
      JSON.stringify(questionAbout(each * step)),
    );
    const headers = { 'x-auth-token': server.secretKey, 'content-type': 'application/json' };
    const job = { url: `${server.url}${evaluation}`, headers, bodies, clients, seconds: bench.secondsOfLoad };
    return { server, job, perSecond: [] as number[], p50: [] as number[], p99: [] as number[] };
  });
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { server, job, ...measured } of asked) {
      bench.progress(`${name}: checks, round ${round} of ${bench.rounds}`);
      const result = await askMany(job, server.pid);
      // The first round warms up.
      if (round === 0) continue;
      measured.perSecond.push(result.perSecond);
      measured.p50.push(result.p50);
      measured.p99.push(result.p99);
    }
  }
  const [few, lots] = asked;
  if (!few || !lots) throw new Error('there are two sizes');
  const row = (what: string, of: 'perSecond' | 'p50' | 'p99') => [
    what,
    figures(few[of]),
    figures(lots[of]),
    figures(ratios(lots[of], few[of])),
  ];
  return {
    head: [`${name}: checks, ${clients} clients`, ...sizes.map(count), 'ratio'],
    rows: [row('a second', 'perSecond'), row('median, ms', 'p50'), row('99th of 100, ms', 'p99')],
    note: `Of ${count(askedAbout)} different principals, or of all there are.`,
  };
}

async function inMany(bench: Bench, database: DatabaseKind): Promise<Table> {
  const spread = Math.ceil(bench.principals / small);
  await using home = await createGrownHome(database, shapeOf(spread * small, spread), bench.progress);
  await using server = await home.start();
  bench.progress(`${database.name}: loading ${spread} organizations`);
  return {
    head: [`${database.name}, ${count(spread)} organizations`, ...loadHead],
    rows: [[`${count(spread * small)} principals`, ...(await loading(server, home.organizations))]],
    note: pauseNote,
  };
}

async function unused(bench: Bench, database: DatabaseKind): Promise<Table> {
  await using stack = new AsyncDisposableStack();
  const homes = [];
  for (const organizations of idle) {
    const home = stack.use(await createGrownHome(database, { ...shapeOf(0), organizations }, bench.progress));
    homes.push({ home, organizations, ready: [] as number[], resident: [] as number[] });
  }
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const { home, ready, resident } of homes) {
      bench.progress(`${database.name}: starting, round ${round + 1} of ${bench.rounds}`);
      await using server = await home.start();
      ready.push(server.readyAfter);
      resident.push(residentMegabytes(server.pid));
    }
  }
  const [few] = homes;
  if (!few) throw new Error('there are two sizes');
  return {
    head: [`${database.name}, organizations that nobody uses`, 'start, ms', 'ratio', 'resident, MB', 'ratio'],
    rows: homes.map(({ organizations, ready, resident }) => [
      count(organizations),
      ...[
        figures(ready),
        figures(ratios(ready, few.ready)),
        figures(resident),
        figures(ratios(resident, few.resident)),
      ],
    ]),
  };
}

const count = (number: number | undefined): string => (number ?? 0).toLocaleString('en');
