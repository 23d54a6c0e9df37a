import { setTimeout as pause } from 'node:timers/promises';
import { readDatabase } from '../support/database.ts';
import { contradictions } from '../support/invariants.ts';
import { createPlainClient } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import { type Clients, createClients, idOf } from './clients.ts';
import { type Entry, violations } from './history.ts';
import { createRegisters } from './registers.ts';
import type { Fault, Injected, World } from './world.ts';

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
  /** Whether there is to be one more round, of a few faults, after so many. */
  readonly goesOn: (rounds: number) => boolean;
  /** Told after each round. */
  readonly report?: (totals: Totals) => void;
}

const readers = 6;
/** Faults that come one after another, at most, before all that was told is checked. */
const together = 3;
/** Clients work for so long before a fault and after it, in milliseconds, or less. */
const around = 150;
/** An operation that takes longer hangs, in milliseconds: a server gives up after thirty seconds. */
const patience = 90_000;

/** Injects one fault after another while clients work, and checks after each what they were told. */
export async function runFaults(world: World, faults: readonly Fault[], plan: Plan): Promise<Totals> {
  const { random, goesOn, report } = plan;
  const setup = createPlainClient(world.owner.url, 1);
  const made = await createRegisters(world.owner, setup.send);
  setup.close();
  const clients = createClients(made, world.addresses, random, readers);
  const totals: Totals = { rounds: new Map(), writes: 0, unknown: 0, reads: 0, violations: [] };
  let contents: ReadonlyMap<string, string> = new Map(made.registers.map(({ name, first }) => [name, first]));
  let revision = (await entriesAfter(world, 0)).length;
  let next: readonly Fault[] = [];
  for (let rounds = 0; goesOn(rounds) && totals.violations.length === 0; rounds += 1) {
    if (next.length === 0) next = random.shuffle(faults);
    const now = next.slice(0, 1 + random.below(together));
    next = next.slice(now.length);
    const after = now.map(({ name }) => name).join(', ');
    try {
      await injectAll(world, now, { clients, random, totals });
      const checked = await check(world, clients, { contents, revision });
      add(totals, after, checked);
      ({ contents, revision } = checked);
    } catch (failure) {
      // A server that does not come back, or an answer that does not come, is as bad as a wrong one.
      totals.violations.push(`after ${after}: ${failure instanceof Error ? failure.message : failure}`);
    }
    report?.(totals);
  }
  await inTime(clients.rest(), 'clients wait for an answer').catch(() => {});
  return totals;
}

interface Working {
  readonly clients: Clients;
  readonly random: Random;
  readonly totals: Totals;
}

async function injectAll(world: World, faults: readonly Fault[], { clients, random, totals }: Working): Promise<void> {
  clients.work();
  for (const fault of faults) {
    await pause(random.below(around));
    count(totals, fault.name, await fault.inject(random));
  }
  await pause(random.below(around));
  await inTime(clients.rest(), 'clients wait for an answer');
  await world.settle();
}

interface Known {
  readonly contents: ReadonlyMap<string, string>;
  readonly revision: number;
}

async function check(world: World, clients: Clients, { contents, revision }: Known) {
  const { entries, last } = await end(world, clients, revision);
  const { writes, reads, strange } = clients.collect();
  // Keys are made on the way; before they were there they opened nothing.
  const first = new Map([...last.keys()].map((name) => [name, contents.get(name) ?? 'deny']));
  const found = violations({ first, last, writes, reads, entries, revision, bound: world.bound });
  const told = [
    ...found.map(({ rule, register, shown }) => [`${rule}: ${register}`, ...shown.map(show)].join('\n  ')),
    ...strange,
    ...(await contradictions(world.databaseUrl)),
  ];
  return { contents: last, revision: revision + entries.length, writes, reads, told };
}

/** What a server that was killed had sent may still be carried out: the end is when nothing comes any more. */
async function end(world: World, clients: Clients, revision: number) {
  for (;;) {
    const entries = await entriesAfter(world, revision);
    const reached = revision + entries.length;
    const last = await clients.contents(reached);
    if ((await entriesAfter(world, reached)).length === 0) return { entries, last };
  }
}

const show = (one: object): string =>
  JSON.stringify(one, (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value));

function count({ rounds }: Totals, name: string, { faults, crashes }: Injected): void {
  const known = rounds.get(name) ?? { times: 0, faults: 0, crashes: 0 };
  rounds.set(name, {
    times: known.times + 1,
    faults: known.faults + faults,
    crashes: known.crashes + crashes,
  });
}

function add(totals: Totals, after: string, { writes, reads, told }: Awaited<ReturnType<typeof check>>): void {
  totals.writes += writes.filter(({ outcome }) => outcome === 'made').length;
  totals.unknown += writes.filter(({ outcome }) => outcome === 'unknown').length;
  totals.reads += reads.length;
  totals.violations.push(...told.map((one) => `after ${after}: ${one}`));
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
