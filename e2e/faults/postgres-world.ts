import { setTimeout as pause } from 'node:timers/promises';
import { type Network, openNetwork } from '../../test-support/network.ts';
import { makePostgres } from '../../test-support/postgres-cluster.ts';
import { freePort } from '../support/free-port.ts';
import { createPlainClient } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import { dataFolder, removeData, type ServerProcess, startServer } from '../support/server-process.ts';
import { openLayer } from './layer.ts';
import { type Fault, type Injected, someHours, untilReady, type World } from './world.ts';

/** docs/decisions/0020: memory counts as current for so long after a look, in milliseconds. */
const trust = 4_000;
/** Longest times for which a network or a database is away, in milliseconds: a server notices after two seconds. */
const away = 4_000;
const moment = 500;
const connections = 32;

/** Two servers on one PostgreSQL, each with a network of its own between itself and it. */
export async function openPostgresWorld(library: string): Promise<World> {
  const postgres = await makePostgres();
  await postgres.start();
  const data = dataFolder();
  const open = async (server: number) => {
    const network = await openNetwork(postgres.port);
    const layer = openLayer(library, data);
    const databaseUrl = `postgres://postgres@127.0.0.1:${network.port}/postgres`;
    const setting = { data, databaseUrl, port: await freePort(), env: layer.env };
    const start = () => startServer(setting);
    return { server, network, layer, start, process: await start() };
  };
  // One after the other: the first makes the organization.
  const first = await open(1);
  const members = [first, await open(2)];
  const owner: ServerProcess = first.process;
  const clients = members.map(({ process }) => createPlainClient(process.url, connections));

  const crashed: Injected = { faults: 1, crashes: 1 };
  const some = (random: Random) => (random.below(3) === 0 ? members : [random.pick(members)]);
  const onNetwork = (name: string, fail: (network: Network, random: Random) => void, longest: number): Fault => ({
    name,
    inject: async (random) => {
      const networks = some(random).map(({ network }) => network);
      for (const network of networks) fail(network, random);
      await pause(random.below(longest));
      for (const network of networks) network.mend();
      return { faults: networks.length, crashes: 0 };
    },
  });
  const faults: readonly Fault[] = [
    {
      name: 'kill a server',
      inject: async (random) => {
        const member = random.pick(members);
        await member.process.kill();
        member.process = await member.start();
        return crashed;
      },
    },
    {
      name: 'kill PostgreSQL',
      inject: async (random) => {
        await postgres.end('killed');
        await pause(random.below(moment));
        await postgres.start();
        return crashed;
      },
    },
    {
      name: 'stop PostgreSQL',
      inject: async (random) => {
        await postgres.end('stopped');
        await pause(random.below(away));
        await postgres.start();
        return { faults: 1, crashes: 0 };
      },
    },
    {
      name: 'kill a server and PostgreSQL',
      inject: async (random) => {
        const member = random.pick(members);
        await Promise.all([member.process.kill(), postgres.end('killed')]);
        await postgres.start();
        member.process = await member.start();
        return { faults: 2, crashes: 2 };
      },
    },
    onNetwork('network cut', (network) => network.cut(), away),
    onNetwork('network stalled', (network) => network.stall(), away),
    onNetwork('network slow', (network, random) => network.delay(1 + random.below(200)), away),
    {
      name: 'connections lost',
      inject: async (random) => {
        let lost = 0;
        for (let count = 0; count < 20; count += 1) {
          if (random.pick(members).network.lose(random)) lost += 1;
          await pause(random.below(20));
        }
        return { faults: lost, crashes: 0 };
      },
    },
    {
      name: 'clock jump',
      inject: async (random) => {
        const member = random.pick(members);
        member.layer.shiftClock(someHours(random));
        await pause(random.below(moment));
        const isKilled = random.below(2) === 0;
        if (isKilled) {
          await member.process.kill();
          member.process = await member.start();
        }
        member.layer.shiftClock(0);
        return { faults: 2, crashes: isKilled ? 1 : 0 };
      },
    },
  ];
  return {
    name: 'PostgreSQL',
    databaseUrl: postgres.url,
    owner,
    addresses: clients.map(({ send }, index) => ({ server: index + 1, send })),
    bound: trust,
    faults,
    settle: async () => {
      for (const { process } of members) await untilReady(process.url);
    },
    close: async () => {
      for (const client of clients) client.close();
      for (const { process, network, layer } of members) {
        await process.stop();
        await network.close();
        layer.remove();
      }
      removeData(owner);
      await postgres.remove();
    },
  };
}
