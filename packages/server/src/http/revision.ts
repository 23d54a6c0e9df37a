import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, invalidArgument } from '@bailiwick/contract';
import type { Decisions } from '../authorization/decisions.ts';
import type { Authentication } from './authenticate.ts';

/** How long a request waits for a revision that is not here yet, in milliseconds, and how often it looks. */
const patience = 2_000;
const interval = 20;

/**
 * Finds out who calls; a request that carries `X-Bailiwick-At-Least` is held until this server knows that revision of
 * the caller's organization. Each look asks again who calls: the change that is waited for may have ended its key.
 *
 * @throws ApiError `unavailable` when it does not come in time: never an answer from older data
 */
export async function authenticateAtLeast(
  authenticate: () => Promise<Authentication>,
  atLeast: string | undefined,
  decisions: Pick<Decisions, 'reached'>,
): Promise<Authentication> {
  let authentication = await authenticate();
  if (atLeast === undefined) return authentication;
  if (!/^\d{1,15}$/.test(atLeast))
    throw invalidArgument('x-bailiwick-at-least', 'format', 'value must be a revision number');
  const wanted = Number(atLeast);
  const deadline = performance.now() + patience;
  while (authentication.revision < wanted) {
    if (performance.now() > deadline) {
      throw new ApiError({
        type: 'unavailable',
        help_message: `revision ${wanted} has not arrived here; this server has ${authentication.revision}`,
      });
    }
    // Another server may have made the change: it is in the database before it is announced.
    await decisions.reached(authentication.actor.organizationId, wanted);
    authentication = await authenticate();
    if (authentication.revision < wanted) await pause(interval);
  }
  return authentication;
}
