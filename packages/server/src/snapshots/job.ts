import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readKnownSets } from '../catalogue/store.ts';
import type { Config } from '../config.ts';
import type { Services } from '../context.ts';
import { writeSnapshot } from './snapshot.ts';

type Settings = Pick<Config, 'data' | 'snapshotEvery'>;

/** Where a server may start from without its database; null where it may not, or has nothing to start from. */
export function usableSnapshot({ data, snapshotEvery }: Settings): string | null {
  const path = pathIn(data);
  return snapshotEvery !== undefined && existsSync(path) ? path : null;
}

/** Writes what is in memory, as far as it is certain to be what the database holds. */
export async function takeSnapshot(
  { storage, clock, decisions, secrets }: Pick<Services, 'storage' | 'clock' | 'decisions' | 'secrets'>,
  { data }: Settings,
): Promise<void> {
  if (storage.standing.state() !== 'current') return;
  const knownAt = clock.now();
  const sets = await readKnownSets(storage.db);
  await writeSnapshot(pathIn(data), { knownAt, sets, organizations: decisions.contents() }, secrets);
}

const pathIn = (data: string): string => join(data, 'snapshot');
