import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import type { Answer } from './support/floor-server.ts';
import { load } from './support/load.ts';
import { startNode } from './support/processes.ts';
import { call, type Server, startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const floorProgram = join(import.meta.dirname, 'support/floor-server.ts');
const collection = '/iam/v1alpha1/applications';
const clients = 20;

interface Contender {
  readonly name: string;
  readonly url: string;
  readonly secretKey?: string;
  readonly path: string;
}

/** Every server runs in a process of its own, and so does the load. */
export const requests: Measurement = {
  name: 'requests',
  title: `authenticated reads, ${clients} clients, beside bare node:http with the same bytes`,
  measure: async (bench) => {
    await using stack = new AsyncDisposableStack();
    const servers: { readonly name: string; readonly server: Server; readonly paths: readonly string[] }[] = [];
    for (const database of bench.databases) {
      bench.progress(`starting a server on ${database.name}`);
      const server = stack.use(await startServer(database));
      servers.push({ name: database.name, server, paths: await fill(server) });
    }
    const [first] = servers;
    if (!first) throw new Error('there is no database');
    const answers = Object.fromEntries(
      await Promise.all(first.paths.map(async (path) => [path, await answerOf(first.server, path)] as const)),
    );
    const floor = await startNode([floorProgram, JSON.stringify(answers)]);
    stack.defer(floor.stop);

    const tables: Table[] = [];
    for (const [index, title] of ['one application', '20 applications'].entries()) {
      const contenders: readonly Contender[] = [
        { name: 'node:http', url: floor.said, path: first.paths[index]! },
        ...servers.map(({ name, server, paths }) => ({
          name,
          url: server.url,
          secretKey: server.secretKey,
          path: paths[index]!,
        })),
      ];
      tables.push(await compare(title, contenders, bench));
    }
    return tables;
  },
};

/** @returns the paths that are asked for: of one application, and of a list of 20 */
async function fill(server: Server): Promise<readonly string[]> {
  let id = '';
  for (let number = 1; number <= 20; number += 1) {
    const made = await call(server, collection, {
      name: `app-${number}`,
      description: 'An application',
      tags: ['bench'],
    });
    id = ((await made.json()) as { readonly id: string }).id;
  }
  return [`${collection}/${id}`, `${collection}?page_size=20`];
}

async function answerOf(server: Server, path: string): Promise<Answer> {
  const response = await call(server, path);
  const own = ['date', 'connection', 'keep-alive'];
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !own.includes(name)));
  return { headers, body: await response.text() };
}

async function compare(
  title: string,
  contenders: readonly Contender[],
  bench: Parameters<Measurement['measure']>[0],
): Promise<Table> {
  const measured = contenders.map((contender) => ({ contender, perSecond: [] as number[], cpu: [] as number[] }));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { contender, perSecond, cpu } of measured) {
      bench.progress(`${title} from ${contender.name}, round ${round} of ${bench.rounds}`);
      const before = await cpuSeconds(contender);
      const result = await load({
        ...contender,
        url: contender.url + contender.path,
        clients,
        seconds: bench.secondsOfLoad,
      });
      const used = (await cpuSeconds(contender)) - before;
      // The first round warms up.
      if (round === 0) continue;
      perSecond.push(result.perSecond);
      cpu.push((used * 1e6) / result.answered);
    }
  }
  const floor = measured[0]!;
  return {
    head: [title, 'requests/s', 'of node:http', 'CPU µs/request', 'times node:http'],
    rows: measured.map(({ contender, perSecond, cpu }) => [
      contender.name,
      figures(perSecond),
      figures(ratios(perSecond, floor.perSecond)),
      figures(cpu),
      figures(ratios(cpu, floor.cpu)),
    ]),
    note: 'CPU is that of the server process; PostgreSQL itself is not in it.',
  };
}

async function cpuSeconds({ url }: Contender): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]);
}
