import type { Measurement } from './measurement.ts';
import { runNode } from './support/processes.ts';
import { createHome } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures } from './support/table.ts';

/** Nothing is in the databases. The first start makes the tables and the organization, a later one finds them. */
export const start: Measurement = {
  name: 'start',
  title: 'from starting the process to the line `listening on …`, beside `node -e 0`',
  measure: async (bench) => {
    const floor: number[] = [];
    const starts = bench.databases.map((database) => ({ database, first: [] as number[], later: [] as number[] }));
    const rounds = bench.rounds * 2;
    for (let round = 0; round <= rounds; round += 1) {
      bench.progress(`round ${round} of ${rounds}`);
      const { milliseconds } = await runNode(['-e', '0']);
      // The first round fills the caches of the machine.
      if (round > 0) floor.push(milliseconds);
      for (const { database, first, later } of starts) {
        await using home = await createHome(database);
        for (const times of [first, later]) {
          await using server = await home.start();
          if (round > 0) times.push(server.readyAfter);
        }
      }
    }
    const row = (name: string, times: readonly number[]) => [name, figures(times), figures(ratios(times, floor))];
    return [
      {
        head: ['', 'ms', 'times node -e 0'],
        rows: [
          row('node -e 0', floor),
          ...starts.flatMap(({ database: { name }, first, later }) => [
            row(`first start, ${name}`, first),
            row(`later start, ${name}`, later),
          ]),
        ],
      },
    ];
  },
};
