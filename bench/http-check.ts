import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { createAsker } from './support/asker.ts';
import { load } from './support/load.ts';
import { startNode } from './support/processes.ts';
import { call, type Server, startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const floorProgram = join(import.meta.dirname, 'support/floor-server.ts');
const path = '/iam/v1alpha1/check-permissions';
const clients = 20;

/** Asked by an application with rules of its own, over SQLite; every server and the load in a process of its own. */
export const httpCheck: Measurement = {
  name: 'http-check',
  title: `check-permissions with ${clients} clients, beside bare node:http that parses the same and answers the same`,
  measure: async (bench) => {
    const [database] = bench.databases;
    if (!database) throw new Error('there is no database');
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await startServer(database));
    const { secretKey } = await createAsker(server);
    const tables: Table[] = [];
    for (const questions of [1, 100]) {
      const body = { permissions: Array.from({ length: questions }, (_, index) => questionAt(server, index)) };
      const response = await call({ ...server, secretKey }, path, body);
      const own = ['date', 'connection', 'keep-alive'];
      const headers = Object.fromEntries([...response.headers].filter(([name]) => !own.includes(name)));
      const floor = await startNode([
        floorProgram,
        JSON.stringify({ [path]: { headers, body: await response.text() } }),
      ]);
      stack.defer(floor.stop);
      const contenders = [
        { name: 'node:http', url: `${floor.said}${path}`, perSecond: [] as number[], latency: [] as number[] },
        {
          name: database.name,
          url: `${server.url}${path}`,
          secretKey,
          perSecond: [] as number[],
          latency: [] as number[],
        },
      ];
      for (let round = 0; round <= bench.rounds; round += 1) {
        for (const { name, perSecond, latency, ...target } of contenders) {
          bench.progress(`${questions} questions to ${name}, round ${round} of ${bench.rounds}`);
          const result = await load({ ...target, body, clients, seconds: bench.secondsOfLoad });
          // The first round warms up.
          if (round === 0) continue;
          perSecond.push(result.perSecond);
          latency.push(result.latency);
        }
      }
      tables.push({
        head: [`${questions} in a call`, 'calls/s', 'answers/s', 'median, ms', 'of node:http'],
        rows: contenders.map(({ name, perSecond, latency }) => [
          name,
          figures(perSecond),
          figures(perSecond.map((each) => each * questions)),
          figures(latency),
          figures(ratios(perSecond, contenders[0]!.perSecond)),
        ]),
      });
    }
    return tables;
  },
};

const kinds = ['user', 'application', 'group', 'policy', 'log', 'quota'];
const actions = ['list', 'read', 'create', 'delete'];

function questionAt({ organizationId }: Server, index: number) {
  return {
    service: 'iam',
    name: kinds[index % kinds.length],
    action: actions[Math.floor(index / kinds.length) % actions.length],
    organization_id: organizationId,
  };
}
