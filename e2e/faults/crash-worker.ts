/** Runs crash points in a thread of its own, and tells how far it is after each (crash-workers.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { seededRandom } from '../support/random.ts';
import { runCrashPoints } from './crash-points.ts';

const { library, seed, points }: CrashWork = workerData;

export interface CrashWork {
  /** The layer. */
  readonly library: string;
  readonly seed: number;
  readonly points: number;
}

const totals = await runCrashPoints(library, {
  ...{ random: seededRandom(seed), points },
  report: (soFar) => parentPort?.postMessage(soFar),
});
parentPort?.postMessage(totals);
