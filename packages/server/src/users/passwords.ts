import { ApiError } from '@bailiwick/contract';
import { hash } from '@node-rs/argon2';

/** argon2id as OWASP's password storage sheet recommends: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes that are computed at once: each takes a core and 19 MiB. */
const maximumRunning = 2;
/** Requests that may wait for theirs, a few seconds at most. */
const maximumWaiting = 100;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * The password as argon2id, in its own text form. Call it before a transaction begins: it takes tens of milliseconds.
 *
 * @throws ApiError `too_many_requests` when too many wait already
 */
export async function hashPassword(password: string): Promise<string> {
  await takeTurn();
  try {
    return await hash(password, parameters);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function takeTurn(): Promise<void> {
  if (running >= maximumRunning) {
    if (waiting.length >= maximumWaiting) {
      throw new ApiError({
        type: 'too_many_requests',
        help_message: 'too many passwords are set at once',
        reset_seconds: 1,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
}
