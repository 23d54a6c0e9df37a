import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { createPlainClient } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import { dataFolder, launchServer, removeData, type ServerProcess, startServer } from '../support/server-process.ts';
import { type FileFault, openLayer } from './layer.ts';
import { type Fault, type Injected, someHours, untilReady, type World } from './world.ts';

/** For so long disks fail, in milliseconds. */
const failing = 500;
/** A call that is to end the process comes within this time, in milliseconds; a server that writes nothing is killed. */
const awaited = 3_000;
const connections = 32;
const everything: FileFault['calls'] = ['writes', 'syncs', 'truncations', 'openings'];

/** One server with its database in a file. */
export async function openSqliteWorld(library: string): Promise<World> {
  const data = dataFolder();
  const layer = openLayer(library, data);
  const setting = { data, databaseUrl: `file:${join(data, 'bailiwick.db')}`, port: await freePort(), env: layer.env };
  const owner = await startServer(setting);
  let server: ServerProcess = owner;
  const client = createPlainClient(owner.url, connections);

  const restart = async () => {
    layer.mend();
    server = await startServer(setting);
  };
  /** Lets the process end by what it does to its files. */
  const crashBy = async (fault: FileFault): Promise<Injected> => {
    layer.fail(fault);
    await Promise.race([server.ended, pause(awaited)]);
    await server.kill();
    await restart();
    return { faults: 1, crashes: 1 };
  };
  const powerCut = (random: Random): Promise<Injected> =>
    crashBy({ action: 'power cut', calls: ['writes', 'syncs'], every: 1 + random.below(40) });
  const crashing = (action: FileFault['action'], calls: FileFault['calls']): Fault => ({
    name: `${action} ${calls.join(', ')}`,
    inject: (random) => crashBy({ action, calls, every: 1 + random.below(40) }),
  });
  /** Lets calls fail for a while; then all goes on, or the power goes, or the process is killed. */
  const broken = (name: string, fault: Omit<FileFault, 'every'>): Fault => ({
    name,
    inject: async (random) => {
      const before = layer.done();
      layer.fail({ ...fault, every: 1 + random.below(4) });
      await pause(random.below(failing));
      const faults = layer.done() - before;
      layer.mend();
      const next = random.below(3);
      if (next === 0) return { faults, crashes: 0 };
      if (next === 1) return { faults: faults + 1, crashes: (await powerCut(random)).crashes };
      await server.kill();
      await restart();
      return { faults: faults + 1, crashes: 1 };
    },
  });

  const faults: readonly Fault[] = [
    {
      name: 'kill',
      inject: async () => {
        await server.kill();
        await restart();
        return { faults: 1, crashes: 1 };
      },
    },
    crashing('crash before', ['writes']),
    crashing('crash after', ['writes']),
    crashing('torn', ['writes']),
    crashing('crash before', ['syncs']),
    crashing('crash after', ['syncs']),
    { name: 'power cut', inject: powerCut },
    {
      name: 'crash in a start',
      inject: async (random) => {
        await server.kill();
        layer.fail({ action: 'power cut', calls: everything, every: 1 + random.below(20) });
        const launch = launchServer(setting);
        await Promise.race([launch.ready.catch(() => {}), pause(awaited)]);
        await launch.kill();
        await restart();
        return { faults: 2, crashes: 2 };
      },
    },
    broken('failing sync', { action: 'broken', calls: ['syncs'] }),
    broken('failing write', { action: 'broken', calls: ['writes'] }),
    broken('full disk', { action: 'full', calls: ['writes'] }),
    broken('slow disk', { action: 'slow', calls: ['writes', 'syncs'], milliseconds: 20 }),
    {
      name: 'clock jump',
      inject: async (random) => {
        layer.shiftClock(someHours(random));
        await pause(random.below(failing));
        const isKilled = random.below(2) === 0;
        if (isKilled) {
          await server.kill();
          await restart();
        }
        layer.shiftClock(0);
        return { faults: 2, crashes: isKilled ? 1 : 0 };
      },
    },
  ];
  return {
    name: 'SQLite',
    databaseUrl: setting.databaseUrl,
    owner,
    addresses: [{ server: 1, send: client.send }],
    bound: 0,
    faults,
    settle: () => untilReady(owner.url),
    close: async () => {
      client.close();
      await server.stop();
      removeData(owner);
      layer.remove();
    },
  };
}
