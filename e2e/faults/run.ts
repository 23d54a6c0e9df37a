import { setTimeout as pause } from 'node:timers/promises';
import { readDatabase } from '../support/database.ts';
import { contradictions } from '../support/invariants.ts';
import { createPlainClient } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import { type Clients, createClients, idOf } from './clients.ts';
import { type Entry, violations } from './history.ts';
import { createRegisters } from './registers.ts';
import type { Fault, World } from './world.ts';

/** What was done to a world and what was seen in it. */
export interface Totals {
  /** By the name of the fault. */
  readonly rounds: Map<string, Round>;
  writes: number;
  unknown: number;
  reads: number;
  /** Each with the piece of history that shows it. */
  readonly violations: string[];
}

export interface Round {
  times: number;
  faults: number;
  crashes: number;
}

export interface Plan {
  readonly random: Random;
  /** Whether another round is to begin. */
  readonly goesOn: (rounds: number) => boolean;
  /** Told after each round. */
  readonly report?: (totals: Totals) => void;
}

const readers = 6;
/** Clients work for so long before a fault and after it, in milliseconds, or less. */
const around = 150;
/** An operation that takes longer hangs, in milliseconds: a server gives up after thirty seconds. */
const patience = 90_000;

/** Injects one fault after another while clients work, and checks after each what they were told. */
export async function runFaults(world: World, faults: readonly Fault[], plan: Plan): Promise<Totals> {
  const { random, goesOn, report } = plan;
  const setup = createPlainClient(world.owner.url, 1);
  const registers = await createRegisters(world.owner, setup.send);
  setup.close();
  const clients = createClients(registers, world.addresses, random, readers);
  const totals: Totals = { rounds: new Map(), writes: 0, unknown: 0, reads: 0, violations: [] };
  let contents: ReadonlyMap<string, string> = new Map(registers.map(({ name, first }) => [name, first]));
  let revision = (await entriesAfter(world, 0)).length;
  let order = random.shuffle(faults);
  for (let round = 0; goesOn(round) && totals.violations.length === 0; round += 1) {
    if (round % faults.length === 0) order = random.shuffle(faults);
    const fault = order[round % faults.length];
    if (!fault) throw new Error('there is nothing to inject');
    clients.work();
    await pause(random.below(around));
    const injected = await fault.inject(random);
    await pause(random.below(around));
    await inTime(clients.rest(), 'clients wait for an answer');
    await world.settle();
    const checked = await check(world, clients, { contents, revision });
    count(totals, fault.name, injected, checked);
    ({ contents, revision } = checked);
    report?.(totals);
  }
  return totals;
}

interface Known {
  readonly contents: ReadonlyMap<string, string>;
  readonly revision: number;
}

async function check(world: World, clients: Clients, { contents, revision }: Known) {
  const entries = await entriesAfter(world, revision);
  const reached = revision + entries.length;
  const last = await clients.contents(reached);
  const { writes, reads, strange } = clients.collect();
  const found = violations({ first: contents, last, writes, reads, entries, revision, bound: world.bound });
  const told = [
    ...found.map(({ rule, register, shown }) => [`${rule}: ${register}`, ...shown.map(show)].join('\n  ')),
    ...strange,
    ...(await contradictions(world.databaseUrl)),
  ];
  return { contents: last, revision: reached, writes, reads, told };
}

const show = (one: object): string =>
  JSON.stringify(one, (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value));

function count(
  totals: Totals,
  name: string,
  injected: { readonly faults: number; readonly crashes: number },
  { writes, reads, told }: Awaited<ReturnType<typeof check>>,
): void {
  const round = totals.rounds.get(name) ?? { times: 0, faults: 0, crashes: 0 };
  totals.rounds.set(name, {
    times: round.times + 1,
    faults: round.faults + injected.faults,
    crashes: round.crashes + injected.crashes,
  });
  totals.writes += writes.filter(({ outcome }) => outcome === 'made').length;
  totals.unknown += writes.filter(({ outcome }) => outcome === 'unknown').length;
  totals.reads += reads.length;
  totals.violations.push(...told.map((one) => `after ${name}: ${one}`));
}

/** Those of the first organization, the only one. */
const entriesAfter = ({ databaseUrl, owner }: World, revision: number): Promise<readonly Entry[]> =>
  readDatabase(databaseUrl, async (rows) =>
    (
      await rows(`select revision, user_agent from audit_entries
        where organization_id = '${owner.organizationId}' and revision > ${revision} order by revision`)
    ).map((row) => ({ revision: row.revision, write: idOf(row.user_agent) })),
  );

async function inTime(work: Promise<void>, what: string): Promise<void> {
  const late = new AbortController();
  const tooLate = pause(patience, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${what} after ${patience / 1000} seconds`);
  });
  tooLate.catch(() => {});
  await Promise.race([work, tooLate]).finally(() => late.abort());
}
