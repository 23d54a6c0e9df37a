import { Agent } from 'node:http';
import type { Bench, Measurement } from './measurement.ts';
import { middleTime, orderings } from './support/request-times.ts';
import { seedKeys } from './support/seed-keys.ts';
import { call, type Server, startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const collection = '/iam/v1alpha1/api-keys';
const small = 1_000;

export const firstPage: Measurement = {
  name: 'first-page',
  title: 'the first 20 API keys of few and of many, in every order',
  measure: async (bench) => {
    const tables: Table[] = [];
    for (const database of bench.databases) {
      await using few = await startServer(database);
      await using lots = await startServer(database);
      const servers = [
        { server: few, keys: small },
        { server: lots, keys: bench.keys },
      ];
      for (const { server, keys } of servers) {
        await seedKeys(server, keys, (made) => bench.progress(`${database.name}: ${made} of ${keys} keys`));
        await assertTotal(server, keys);
      }
      tables.push(await compare(database.name, few, lots, bench));
    }
    return tables;
  },
};

async function compare(name: string, few: Server, lots: Server, bench: Bench): Promise<Table> {
  const agent = new Agent({ keepAlive: true });
  const orders = orderings('apiKeys.list').map((order) => ({ order, few: [] as number[], lots: [] as number[] }));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { order, ...times } of orders) {
      bench.progress(`${name}: ${order}, round ${round} of ${bench.rounds}`);
      const path = `${collection}?order_by=${order}`;
      const ofFew = await middleTime(agent, few, { path });
      const ofLots = await middleTime(agent, lots, { path });
      // The first round warms up.
      if (round === 0) continue;
      times.few.push(ofFew);
      times.lots.push(ofLots);
    }
  }
  agent.destroy();
  const keys = (number: number) => `ms, ${number.toLocaleString('en')} keys`;
  return {
    head: [`order_by, ${name}`, keys(small), keys(bench.keys), 'ratio'],
    rows: orders.map(({ order, few, lots }) => [order, figures(few), figures(lots), figures(ratios(lots, few))]),
  };
}

async function assertTotal(server: Server, keys: number): Promise<void> {
  const { total_count: total } = (await (await call(server, collection)).json()) as { readonly total_count: number };
  if (total !== keys) throw new Error(`${total} keys in place of ${keys}`);
}
