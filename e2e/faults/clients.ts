import { setTimeout as pause } from 'node:timers/promises';
import type { PlainAnswer, PlainCall, Send } from '../support/plain-client.ts';
import type { Random } from '../support/random.ts';
import type { Read, Write } from './history.ts';
import type { Key, Reading, Register, Registers } from './registers.ts';

/** Where clients send what they ask; `server` is its number. */
export interface Address {
  readonly server: number;
  readonly send: Send;
}

/** What clients did since the history began, and what they would never have been told by a server that works. */
export interface Record {
  readonly writes: Write[];
  readonly reads: Read[];
  /** Answers that say neither yes, no, nor later. */
  readonly strange: string[];
  /** Keys whose secrets were told. */
  readonly keys: Key[];
}

export interface Clients {
  /** Lets them begin; they go on until `rest`. */
  work(): void;
  /** Lets them end what they have begun. */
  rest(): Promise<void>;
  /** What they did since the last time. */
  collect(): Record;
  /** What all registers hold at this revision, asked in every way and through every server. */
  contents(revision: number): Promise<ReadonlyMap<string, string>>;
}

const now = () => performance.now();
/** How a change is found in the audit log. */
export const agentOf = (id: number): string => `faults/${id}`;
export const idOf = (agent: string): number => Number(/^faults\/(\d+)$/.exec(agent)?.[1] ?? 0);
/** Between two calls of one client, in milliseconds, or less. */
const longestPause = 10;
/** Of those who are told that it does not go. */
const later = 50;

/** One writer for each register and one for keys, and readers of all of them. */
export function createClients(
  { registers, newKey }: Registers,
  addresses: readonly Address[],
  random: Random,
  readers: number,
): Clients {
  let record: Record = { writes: [], reads: [], strange: [], keys: [] };
  const versions = new Map(registers.map(({ name }) => [name, 0]));
  let ids = 0;
  /** Keys that somebody has seen, and the one of them that lives. */
  const keys: Key[] = [];
  let living: Key | undefined;
  let isWorking = false;
  let running: Promise<unknown> = Promise.resolve();
  /** The highest revision that anybody was told of. */
  let highest = 0;

  const write = async (register: Register): Promise<Told> => {
    const { server, send } = random.pick(addresses);
    const id = ++ids;
    const version = (versions.get(register.name) ?? 0) + 1;
    versions.set(register.name, version);
    const { value, call } = register.version(version);
    const began = now();
    const told = await outcomeOf(() => send({ ...call, headers: { 'user-agent': agentOf(id) } }));
    record.writes.push({
      ...{ id, register: register.name, version, value, server, began, ended: now() },
      outcome: told.outcome,
      revision: told.revision,
    });
    highest = Math.max(highest, told.revision);
    // Not so strange when it has been deleted by a call whose outcome is not known.
    const isGone = register === living && version > 2 && told.answer?.status === 404;
    if (told.isStrange && !isGone) record.strange.push(`${register.name}: ${describe(told.answer)}`);
    return told;
  };
  const writeKey = async (): Promise<boolean> => {
    const key = living ?? newKey(`key ${ids}`);
    const { outcome, answer } = await write(key);
    if (key === living && (outcome === 'made' || answer?.status === 404)) living = undefined;
    else if (key !== living && outcome === 'made') {
      key.adopt(answer?.body);
      keys.push(key);
      living = key;
    }
    return outcome === 'made';
  };
  const read = async (register: Register, reading: Reading, address: Address, atLeast: number) => {
    const began = now();
    const answer = await answerOf(address.send, asking(reading.call, atLeast));
    if (answer === null || answer.status === 503) return undefined;
    const value = reading.value(answer);
    if (value === null) {
      record.strange.push(`${register.name}: ${describe(answer)}`);
      return undefined;
    }
    const age = Number(answer.headers['x-bailiwick-age'] ?? 0) * 1000;
    const { server } = address;
    const { from } = reading;
    record.reads.push({ register: register.name, from, server, began, ended: now(), value, atLeast, age });
    return value;
  };
  const untilRest = async (once: () => Promise<boolean>) => {
    while (isWorking) await pause((await once()) ? random.below(longestPause) : later);
  };
  return {
    work: () => {
      isWorking = true;
      running = Promise.all([
        ...registers.map((register) => untilRest(async () => (await write(register)).outcome === 'made')),
        untilRest(writeKey),
        ...Array.from({ length: readers }, () =>
          untilRest(async () => {
            const register = random.pick([...registers, ...keys]);
            const atLeast = random.below(2) === 0 ? highest : 0;
            const reading = random.pick(register.readings);
            return (await read(register, reading, random.pick(addresses), atLeast)) !== undefined;
          }),
        ),
      ]);
    },
    rest: async () => {
      isWorking = false;
      await running;
    },
    collect: () => {
      const collected = record;
      record = { writes: [], reads: [], strange: [], keys: [] };
      collected.keys.push(...keys.splice(0, keys.length, ...(living ? [living] : [])));
      return collected;
    },
    contents: async (revision) => {
      const found = new Map<string, string>();
      for (const register of [...registers, ...keys])
        for (const address of addresses)
          for (const reading of register.readings)
            found.set(register.name, (await read(register, reading, address, revision)) ?? 'nobody says');
      return found;
    },
  };
}

const asking = (call: PlainCall, atLeast: number): PlainCall =>
  atLeast === 0 ? call : { ...call, headers: { 'x-bailiwick-at-least': String(atLeast) } };

/** Null where the connection broke, or there was none. */
const answerOf = (send: Send, call: PlainCall): Promise<PlainAnswer | null> => send(call).catch(() => null);

interface Told {
  readonly outcome: Write['outcome'];
  readonly revision: number;
  readonly answer: PlainAnswer | null;
  readonly isStrange: boolean;
}

async function outcomeOf(call: () => Promise<PlainAnswer>): Promise<Told> {
  let answer: PlainAnswer;
  try {
    answer = await call();
  } catch (failure) {
    // Nobody listened: nothing was sent. Any other connection may have brought it there.
    const isRefused = failure instanceof Error && 'code' in failure && failure.code === 'ECONNREFUSED';
    return { outcome: isRefused ? 'refused' : 'unknown', revision: 0, answer: null, isStrange: false };
  }
  const { status, body, revision } = answer;
  if (status === 200 || status === 204) return { outcome: 'made', revision, answer, isStrange: false };
  const isLater = status === 503 && body.type === 'unavailable';
  const mayBeMade = isLater ? /may have been made/.test(body.help_message) : status >= 500;
  return { outcome: mayBeMade ? 'unknown' : 'refused', revision: 0, answer, isStrange: !isLater };
}

const describe = (answer: PlainAnswer | null): string => `${answer?.status} ${JSON.stringify(answer?.body)}`;
