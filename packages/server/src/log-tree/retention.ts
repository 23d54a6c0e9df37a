import type { Services } from '../context.ts';
import { type LoggedOrganization, lockOrganization, organizationsWithEntries, readOldestEntry } from './entries.ts';

/** How often what has become too old is looked for. */
export const removeEverySeconds = 3600;
/** Entries of one transaction: changes of the organization wait for it, and with SQLite all changes. */
const entriesAtOnce = 200;
const organizationsAtOnce = 200;
const day = 24 * 3600 * 1_000_000;

/**
 * Removes what entries say that are older than so many days, in all organizations; their hashes stay, and the newest entry of each
 * (docs/decisions/0027-log-retention.md).
 *
 * @param days at least one: servers may need what is younger
 * @param stopping ends it between two transactions; the next run goes on
 */
export async function removeOldEntries(
  services: Pick<Services, 'storage' | 'logTree' | 'clock'>,
  days: number,
  stopping: AbortSignal,
): Promise<void> {
  for (let after = ''; ; ) {
    const some = await organizationsWithEntries(services.storage.db, after, organizationsAtOnce);
    for (const organization of some) await removeOf(services, organization, days * day, stopping);
    const last = some.at(-1);
    if (last === undefined || some.length < organizationsAtOnce || stopping.aborted) return;
    after = last.id;
  }
}

async function removeOf(
  { storage, logTree, clock }: Pick<Services, 'storage' | 'logTree' | 'clock'>,
  { id, lastRevision }: LoggedOrganization,
  longest: number,
  stopping: AbortSignal,
): Promise<void> {
  const oldest = await readOldestEntry(storage.db, id);
  // Most have nothing to remove, and are not locked for it.
  if (oldest === null || oldest.revision === lastRevision || oldest.created_at >= clock.now() - longest) return;
  for (let removed = entriesAtOnce; removed === entriesAtOnce && !stopping.aborted; )
    removed = await storage.transaction(async (db) => {
      await lockOrganization(db, id);
      const now = clock.now();
      return logTree.remove(db, id, { now, olderThan: now - longest }, entriesAtOnce);
    });
}
