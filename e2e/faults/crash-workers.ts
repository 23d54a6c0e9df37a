import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CrashTotals } from './crash-points.ts';
import type { CrashWork } from './crash-worker.ts';

/** Every server that was started in a process leaves behind what measures it until the process ends: a thread ends sooner. */
const ofOneWorker = 300;
const mostWorkers = 4;

/** Runs any number of crash points in threads, side by side as far as the machine can; a violation lets the others end. */
export async function runManyCrashPoints(
  { library, seed, points }: CrashWork,
  report: (totals: CrashTotals) => void,
): Promise<CrashTotals> {
  const parts = Array.from({ length: Math.ceil(points / ofOneWorker) }, (_, part) =>
    Math.min(ofOneWorker, points - part * ofOneWorker),
  );
  const told = new Map<number, CrashTotals>();
  const runNext = async (): Promise<void> => {
    for (;;) {
      const part = told.size;
      const wanted = parts[part];
      if (wanted === undefined || sum(told.values()).violations.length > 0) return;
      told.set(part, sum([]));
      await runWorker({ library, seed: seed * 10_000 + part, points: wanted }, (totals) => {
        told.set(part, totals);
        report(sum(told.values()));
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostWorkers, availableParallelism()) }, runNext));
  return sum(told.values());
}

function runWorker(work: CrashWork, report: (totals: CrashTotals) => void): Promise<void> {
  const worker = new Worker(join(import.meta.dirname, 'crash-worker.ts'), { workerData: work });
  return new Promise((resolve, reject) => {
    worker
      .on('message', report)
      .once('error', reject)
      .once('exit', () => resolve());
  });
}

function sum(all: Iterable<CrashTotals>): CrashTotals {
  const total: CrashTotals = {
    points: new Map(),
    ...{ crashes: 0, recordings: 0, operations: 0, writes: 0, held: 0 },
    violations: [],
  };
  for (const one of all) {
    for (const [name, times] of one.points) total.points.set(name, (total.points.get(name) ?? 0) + times);
    for (const count of ['crashes', 'recordings', 'operations', 'writes', 'held'] as const) total[count] += one[count];
    total.violations.push(...one.violations);
  }
  return total;
}
