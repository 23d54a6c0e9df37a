import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Address } from './clients.ts';

/** Servers and a database in which something can be made to fail. */
export interface World {
  readonly name: string;
  readonly databaseUrl: string;
  /** The first server, when the world began. */
  readonly owner: ServerProcess;
  readonly addresses: readonly Address[];
  /** So far behind may a server be of what another one has changed, in milliseconds. */
  readonly bound: number;
  readonly faults: readonly Fault[];
  /** Waits until all servers answer as if nothing had been. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Something that goes wrong, and is well again when it has been injected. */
export interface Fault {
  readonly name: string;
  inject(random: Random): Promise<Injected>;
}

/** How often something was made to fail, and how often a process ended by it. */
export interface Injected {
  readonly faults: number;
  readonly crashes: number;
}

/** A server that takes longer to be well again does not come back at all, in milliseconds. */
const patience = 60_000;

/** Waits until a server has what it needs. */
export async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const told = await fetch(`${url}/readyz`).then(
      async (answer) => JSON.stringify(await answer.json()),
      (failure: unknown) => String(failure),
    );
    if (told.includes('"status":"ready"')) return;
    if (performance.now() > deadline) throw new Error(`a server does not come back: ${told}`);
    await pause(20);
  }
}

/** Hours forwards or backwards, in seconds. */
export const someHours = (random: Random): number => (random.below(2) === 0 ? 1 : -1) * (1 + random.below(47)) * 3600;
