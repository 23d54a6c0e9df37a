import type { Services } from '../context.ts';
import { lockOrganization, organizationsWithEntries } from './entries.ts';

/** Entries of one transaction: changes of the organization wait for it. */
const entriesAtOnce = 1000;
const organizationsAtOnce = 200;

/**
 * Signs heads anew that a former server key has signed, so that it can be dropped. Takes entries into the trees of their organizations that were stored by servers which know no tree: before the first start
 * of this version, or beside it. Where an entry is missing it stops: verification tells.
 *
 * @param stopping ends it between two transactions; the next run goes on
 */
export async function adoptLogs(
  services: Pick<Services, 'storage' | 'logTree' | 'clock' | 'secrets'>,
  stopping: AbortSignal,
): Promise<void> {
  const { storage, secrets } = services;
  for (let after = ''; ; ) {
    const some = await organizationsWithEntries(storage.db, after, organizationsAtOnce);
    const [{ kid }] = secrets.logKeys();
    for (const { id, treeSize, lastRevision, keyId } of some)
      if ((treeSize < lastRevision || keyId !== kid) && !stopping.aborted) await adoptLog(services, id, stopping);
    const last = some.at(-1);
    if (last === undefined || some.length < organizationsAtOnce || stopping.aborted) return;
    after = last.id;
  }
}

async function adoptLog(
  { storage, logTree, clock }: Pick<Services, 'storage' | 'logTree' | 'clock'>,
  organizationId: string,
  stopping: AbortSignal,
): Promise<void> {
  for (let taken = entriesAtOnce; taken === entriesAtOnce && !stopping.aborted; )
    taken = await storage.transaction(async (db) => {
      await lockOrganization(db, organizationId);
      return logTree.adopt(db, organizationId, clock.now(), entriesAtOnce);
    });
}
