import { availableParallelism } from 'node:os';
import { ApiError } from '@bailiwick/contract';
import { hash, verify } from '@node-rs/argon2';

/** argon2id as OWASP's password storage sheet recommends: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes that are computed at once: each takes a core and 19 MiB. One core is left for everything else. */
const maximumRunning = Math.max(1, Math.min(4, availableParallelism() - 1));
/** Requests that may wait for theirs, a few seconds at most. */
const maximumWaiting = 100;

/** Hash of a password that nobody knows, with the same parameters: verified where there is none. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$Vnn0qxF9685ZSoMnL/OF5Q$XEwsewuyFklJM4M+MSaWs9LS11UCnCazjDpEyz5AnSc';

let running = 0;
let computed = 0;
const waiting: (() => void)[] = [];

/** Hashes computed since the process began, for the measurements. */
export const hashesComputed = (): number => computed;

/**
 * The password as argon2id, in its own text form. Call it before a transaction begins: it takes tens of milliseconds.
 *
 * @throws ApiError `too_many_requests` when too many wait already
 */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, parameters));

/**
 * Whether it is the password. The same work where there is none to compare with, so that time does not tell.
 *
 * @throws ApiError `too_many_requests` when too many wait already
 */
export async function verifyPassword(kept: string | null, password: string): Promise<boolean> {
  const isSame = await inTurn(() => verify(kept ?? nobodysHash, password));
  return isSame && kept !== null;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  await takeTurn();
  try {
    return await work();
  } finally {
    computed += 1;
    // Whoever waits longest takes over the turn.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

async function takeTurn(): Promise<void> {
  if (running >= maximumRunning) {
    if (waiting.length >= maximumWaiting) {
      throw new ApiError({
        type: 'too_many_requests',
        help_message: 'too many passwords are hashed at once',
        reset_seconds: 1,
      });
    }
    return new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
  return undefined;
}
