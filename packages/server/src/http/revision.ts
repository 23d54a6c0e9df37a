import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, invalidArgument } from '@bailiwick/contract';
import type { Storage } from '../storage/storage.ts';
import type { Authentication } from './authenticate.ts';

/** How long a request waits for a revision that is not here yet, in milliseconds, and how often it looks. */
const patience = 2_000;
const interval = 20;

/**
 * Holds a request that carries `X-Bailiwick-At-Least` until this server knows that revision of the caller's
 * organization.
 *
 * @throws ApiError `unavailable` when it does not come in time: never an answer from older data
 */
export async function awaitRevision(
  storage: Storage,
  { actor, revision }: Authentication,
  atLeast: string | undefined,
): Promise<void> {
  if (atLeast === undefined) return;
  if (!/^\d{1,15}$/.test(atLeast))
    throw invalidArgument('x-bailiwick-at-least', 'format', 'value must be a revision number');
  const wanted = Number(atLeast);
  const deadline = performance.now() + patience;
  for (let known = revision; known < wanted; known = await currentRevision(storage, actor.organizationId)) {
    if (performance.now() > deadline) {
      throw new ApiError({
        type: 'unavailable',
        help_message: `revision ${wanted} has not arrived here; this server has ${known}`,
      });
    }
    await pause(interval);
  }
}

async function currentRevision(storage: Storage, organizationId: string): Promise<number> {
  const row = await storage.db
    .selectFrom('organizations')
    .select('revision')
    .where('id', '=', organizationId)
    .executeTakeFirst();
  return row?.revision ?? 0;
}
