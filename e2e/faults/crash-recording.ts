import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createPlainClient, type Send } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import { dataFolder, launchServer, removeData } from '../support/server-process.ts';
import { createClients, type Record } from './clients.ts';
import type { Files } from './disk.ts';
import { openLayer } from './layer.ts';
import { type Operation, readRecording } from './recording.ts';
import { createRegisters, type Register } from './registers.ts';

/** What a server did to its files from its first start on, and what its clients were told meanwhile. */
export interface Recorded {
  /** What was in its folder before. */
  readonly before: Files;
  /** What was in it at the end. */
  readonly after: Files;
  readonly operations: readonly Operation[];
  readonly organizationId: string;
  /** When it was told that the server listens. */
  readonly ready: number;
  /** When it was told that the registers are made, and at which revision. */
  readonly prepared: number;
  readonly revision: number;
  /** Revisions that were told while the registers were made, and when. */
  readonly told: readonly { readonly at: number; readonly revision: number }[];
  readonly registers: readonly Register[];
  readonly record: Record;
}

const connections = 32;
const readers = 4;

/** So many changes make the database write its log into its file, more than once; so many milliseconds are enough in any case. */
const enoughChanges = 120;
const longest = 20_000;

/**
 * Starts a server in an empty folder, lets clients work for a while, and stops it: in an orderly way, or it is killed.
 *
 * @param library the layer
 */
export async function recordServer(library: string, random: Random): Promise<Recorded> {
  const data = dataFolder();
  const layer = openLayer(library, data);
  const before = filesBelow(data);
  const launch = launchServer({ data, databaseUrl: `file:${join(data, 'bailiwick.db')}`, env: layer.recording.env });
  try {
    const server = await launch.ready;
    const ready = performance.now();
    const client = createPlainClient(server.url, connections);
    const told: { at: number; revision: number }[] = [];
    const send: Send = async (call) => {
      const answer = await client.send(call);
      told.push({ at: performance.now(), revision: answer.revision });
      return answer;
    };
    const made = await createRegisters(server, send);
    const prepared = performance.now();
    let changes = 0;
    const counted: Send = async (call) => {
      const answer = await client.send(call);
      if (answer.revision > 0) changes += 1;
      return answer;
    };
    const clients = createClients(made, [{ server: 1, send: counted }], random, readers);
    clients.work();
    while (changes < enoughChanges && performance.now() < prepared + longest) await pause(10);
    if (random.below(2) === 0) {
      await clients.rest();
      await server.stop();
    } else {
      // Between two calls: a signal could come between a call and its record.
      layer.fail({ action: 'crash before', calls: ['writes'], every: 1 });
      await server.ended;
      await clients.rest();
    }
    client.close();
    return {
      before,
      after: filesBelow(data),
      operations: readRecording(layer.recording.path, data),
      organizationId: server.organizationId,
      ready,
      prepared,
      revision: Math.max(...told.map(({ revision }) => revision)),
      told,
      registers: made.registers,
      record: clients.collect(),
    };
  } finally {
    await launch.kill();
    removeData(launch);
    layer.remove();
  }
}

/** Files directly in a folder, by their names: the server makes no folders in it. Memory that processes share is none. */
export const filesBelow = (folder: string): Files =>
  new Map(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm') && statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
