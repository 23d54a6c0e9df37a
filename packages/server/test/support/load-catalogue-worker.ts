import { parentPort, workerData } from 'node:worker_threads';
import { createCatalogueSource } from '../../src/catalogue/source.ts';
import { systemClock } from '../../src/clock.ts';
import { openStorage } from '../../src/storage/open.ts';

/** Loads a catalogue at the same moment as others do, and tells what it has become. */
const { url, path, waiting, all } = workerData as {
  readonly url: string;
  readonly path: string;
  readonly waiting: Int32Array;
  readonly all: number;
};
const storage = await openStorage(url);
await storage.db.selectFrom('known_permission_sets').selectAll().execute();
if (Atomics.add(waiting, 0, 1) + 1 === all) Atomics.notify(waiting, 0);
for (let seen = Atomics.load(waiting, 0); seen < all; seen = Atomics.load(waiting, 0))
  Atomics.wait(waiting, 0, seen, 100);
const source = await createCatalogueSource({ path, storage, clock: systemClock() });
parentPort?.postMessage(source.current().permissionSets.map(({ id, name }) => [id, name]));
await storage.close();
