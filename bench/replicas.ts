import { balancedOver, nginxPrograms, startNginx } from '../test-support/nginx.ts';
import type { Bench, Measurement } from './measurement.ts';
import { type Asker, createAsker } from './support/asker.ts';
import { load } from './support/load.ts';
import { createHome, type Server } from './support/server.ts';
import { percentile } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const counts = [1, 2, 4];
const clients = 20;
/** Rights that are taken and given again, one after another. */
const toggles = 200;
const path = '/iam/v1alpha1/check-permissions';

/** Several servers on one PostgreSQL. On one machine more of them share what one of them had. */
export const replicas: Measurement = {
  name: 'replicas',
  title: 'servers on one PostgreSQL: how soon a right that is taken on one is gone on all, and checks through nginx',
  measure: async (bench) => {
    const database = bench.databases.find(({ name }) => name === 'PostgreSQL');
    const [nginx] = nginxPrograms();
    if (!database || nginx === undefined) return [];
    const soon: string[][] = [];
    const through: string[][] = [];
    for (const count of counts) {
      await using stack = new AsyncDisposableStack();
      const home = stack.use(await createHome(database));
      const servers: Server[] = [];
      for (let index = 0; index < count; index += 1) servers.push(stack.use(await home.start()));
      const [first] = servers;
      if (!first) continue;
      const asker = await createAsker(first);
      if (count > 1) {
        bench.progress(`${count} servers: rights`);
        const quiet = await goneEverywhere(servers, asker);
        const busy = await whileBusy(servers, asker);
        soon.push([`${count} servers`, ...timesOf(quiet)], [`${count} servers under load`, ...timesOf(busy)]);
      }
      const gateway = await startNginx(
        nginx,
        balancedOver(
          servers.map(({ url }) => new URL(url).host),
          64,
        ),
      );
      stack.defer(gateway.stop);
      through.push([`${count} servers`, ...(await checksThrough(bench, gateway.port, first, asker))]);
    }
    const note = `From the acknowledgement of a change on one to the first answer that shows it on each other; ${toggles} changes.`;
    const times: Table = { head: ['gone everywhere after, ms', 'median', '99th of 100', 'most'], rows: soon, note };
    return [
      times,
      { head: [`${clients} clients through nginx`, 'checks/s', 'median, ms', '99th of 100, ms'], rows: through },
    ];
  },
};

const timesOf = (times: readonly number[]): readonly string[] =>
  [0.5, 0.99, 1].map((part) => percentile(times, part).toFixed(2));

const question = ({ organizationId }: Server) => ({
  permissions: [{ service: 'iam', name: 'policy', action: 'read', organization_id: organizationId }],
});

async function ask(server: Server, { secretKey }: Asker): Promise<boolean> {
  const headers = { 'x-auth-token': secretKey, 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(question(server)),
  });
  const body = (await answer.json()) as { readonly responses: readonly { readonly decision: string }[] };
  return body.responses[0]?.decision === 'allow';
}

/** Milliseconds until each other server shows a change. */
async function goneEverywhere(servers: readonly Server[], asker: Asker): Promise<readonly number[]> {
  const [first, ...others] = servers;
  if (!first) return [];
  for (const server of servers) await ask(server, asker);
  const times: number[] = [];
  for (let round = 0; round < toggles; round += 1) {
    const gives = round % 2 === 1;
    await setRules(first, asker, gives ? asker.rules : []);
    const acknowledged = performance.now();
    const shown = others.map(async (server) => {
      while ((await ask(server, asker)) !== gives);
      return performance.now() - acknowledged;
    });
    times.push(...(await Promise.all(shown)));
  }
  return times;
}

async function setRules(server: Server, { policyId }: Asker, rules: readonly object[]): Promise<void> {
  const headers = { 'x-auth-token': server.secretKey, 'content-type': 'application/json' };
  const body = JSON.stringify({ policy_id: policyId, rules });
  const answer = await fetch(`${server.url}/iam/v1alpha1/rules`, { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`rules: ${answer.status} ${await answer.text()}`);
}

/** The same while each server answers a stream of other checks. */
async function whileBusy(servers: readonly Server[], asker: Asker): Promise<readonly number[]> {
  const rest = { secretKey: asker.secretKey, clients: 4, seconds: 8 };
  const loads = servers.map((server) => load({ url: `${server.url}${path}`, body: question(server), ...rest }));
  const times = await goneEverywhere(servers, asker);
  await Promise.all(loads);
  return times;
}

async function checksThrough(
  bench: Bench,
  port: number,
  server: Server,
  { secretKey }: Asker,
): Promise<readonly string[]> {
  const perSecond: number[] = [];
  const latency: number[] = [];
  const slowest: number[] = [];
  for (let round = 0; round <= bench.rounds; round += 1) {
    bench.progress(`checks through nginx, round ${round} of ${bench.rounds}`);
    const url = `http://127.0.0.1:${port}${path}`;
    const result = await load({ url, secretKey, body: question(server), clients, seconds: bench.secondsOfLoad });
    // The first round warms up.
    if (round === 0) continue;
    perSecond.push(result.perSecond);
    latency.push(result.latency);
    slowest.push(result.slowest);
  }
  return [figures(perSecond), figures(latency), figures(slowest)];
}
