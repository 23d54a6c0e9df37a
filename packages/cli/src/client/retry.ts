import type { Incoming } from './transport.ts';

/** Tries of one call, the first included. */
const mostTries = { tooMany: 6, unavailable: 4 } as const;
const longestWaitMilliseconds = 60_000;
const firstWaitMilliseconds = { tooMany: 1000, unavailable: 500 } as const;

/** Calls that may be made again when nobody knows whether they were carried out (RFC 9110, 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/**
 * How long to wait before a call is made again: after 429 always, after 502 to 504 where it does no harm. The wait
 * that the service asks for counts, else it doubles each time.
 *
 * @param tried how often the call was made
 * @param now milliseconds since 1970
 * @returns milliseconds; null to give up
 */
export function waitBeforeRetry(method: string, answer: Incoming, tried: number, now: number): number | null {
  const kind = kindOf(method, answer.status);
  if (kind === null || tried >= mostTries[kind]) return null;
  const wait = askedWait(answer, now) ?? firstWaitMilliseconds[kind] * 2 ** (tried - 1);
  return wait <= longestWaitMilliseconds ? wait : null;
}

function kindOf(method: string, status: number): keyof typeof mostTries | null {
  if (status === 429) return 'tooMany';
  return status >= 502 && status <= 504 && idempotent.has(method) ? 'unavailable' : null;
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function askedWait({ headers }: Incoming, now: number): number | null {
  const after = headers['retry-after'];
  if (after === undefined) return null;
  if (/^\d+$/.test(after)) return Number(after) * 1000;
  const then = Date.parse(after);
  return Number.isNaN(then) ? null : Math.max(0, then - now);
}
