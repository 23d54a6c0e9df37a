import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { type Load, load } from './support/load.ts';
import { startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures } from './support/table.ts';

const many = 20;

/** Changes of one organization happen one after another, so many clients gain only what one leaves unused. */
export const writes: Measurement = {
  name: 'writes',
  title: `applications created by one client and by ${many}, beside the disk's own synced appends`,
  measure: async (bench) => {
    await using stack = new AsyncDisposableStack();
    const disk: number[] = [];
    const servers = [];
    for (const database of bench.databases) {
      bench.progress(`starting a server on ${database.name}`);
      const server = stack.use(await startServer(database));
      servers.push({ name: database.name, server, byOne: [] as Load[], byMany: [] as Load[] });
    }
    for (let round = 0; round <= bench.rounds; round += 1) {
      bench.progress(`the disk, round ${round} of ${bench.rounds}`);
      const appends = appendsPerSecond();
      if (round > 0) disk.push(appends);
      for (const { name, server, byOne, byMany } of servers) {
        for (const [clients, results] of [[1, byOne] as const, [many, byMany] as const]) {
          bench.progress(`${clients} clients on ${name}, round ${round} of ${bench.rounds}`);
          const result = await load({
            url: `${server.url}/iam/v1alpha1/applications`,
            secretKey: server.secretKey,
            body: { name: 'bench', description: 'An application', tags: ['bench'] },
            clients,
            seconds: bench.secondsOfLoad,
          });
          // The first round warms up.
          if (round > 0) results.push(result);
        }
      }
    }
    const perSecond = (results: readonly Load[]) => results.map((result) => result.perSecond);
    return [
      {
        head: ['', 'writes/s, 1 client', `writes/s, ${many} clients`, `${many} to 1`, `${many} to disk`],
        rows: [
          ['synced appends', figures(disk), '', '', ''],
          ...servers.map(({ name, byOne, byMany }) => [
            name,
            figures(perSecond(byOne)),
            figures(perSecond(byMany)),
            figures(ratios(perSecond(byMany), perSecond(byOne))),
            figures(ratios(perSecond(byMany), disk)),
          ]),
        ],
        note: 'A write is one transaction: quota, application, audit entry, revision. A synced append is 4 KiB and fdatasync.',
      },
    ];
  },
};

/** What a program can commit at most on this disk when it does so one by one. */
function appendsPerSecond(): number {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-bench-'));
  const file = openSync(join(folder, 'appends'), 'a');
  const block = Buffer.alloc(4_096, 1);
  try {
    const started = performance.now();
    let count = 0;
    for (; performance.now() - started < 1_000; count += 1) {
      writeSync(file, block);
      fdatasyncSync(file);
    }
    return (count * 1_000) / (performance.now() - started);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
