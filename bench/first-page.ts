import { Agent, get } from 'node:http';
import { operations } from '@bailiwick/contract';
import { properties } from '@bailiwick/contract/schema-view';
import type { Bench, Measurement } from './measurement.ts';
import { seedKeys } from './support/seed-keys.ts';
import { call, type Server, startServer } from './support/server.ts';
import { median, ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const collection = '/iam/v1alpha1/api-keys';
const small = 1_000;
/** Requests of one round, one after another; their middle counts. */
const requestsOfRound = 40;

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
  const orders = orderings().map((order) => ({ order, few: [] as number[], lots: [] as number[] }));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { order, ...times } of orders) {
      bench.progress(`${name}: ${order}, round ${round} of ${bench.rounds}`);
      const ofFew = await milliseconds(agent, few, order);
      const ofLots = await milliseconds(agent, lots, order);
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

/** Every value that the contract allows. */
function orderings(): readonly string[] {
  const list = operations.find(({ id }) => id === 'apiKeys.list');
  const [, schema] = properties(list?.query ?? undefined).find(([name]) => name === 'order_by') ?? [];
  return (schema?.enum ?? []).map(String);
}

async function assertTotal(server: Server, keys: number): Promise<void> {
  const { total_count: total } = (await (await call(server, collection)).json()) as { readonly total_count: number };
  if (total !== keys) throw new Error(`${total} keys in place of ${keys}`);
}

/** The middle of some requests on one connection; fetch would cost more than what is measured. */
async function milliseconds(agent: Agent, server: Server, order: string): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < requestsOfRound; count += 1) {
    const started = performance.now();
    await request(agent, server, `${collection}?order_by=${order}`);
    times.push(performance.now() - started);
  }
  return median(times);
}

function request(agent: Agent, server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = get(`${server.url}${path}`, { agent, headers: { 'x-auth-token': server.secretKey } }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
  });
}
