import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { runNode } from './support/processes.ts';
import { startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures } from './support/table.ts';

const scw = join(import.meta.dirname, '../packages/cli/bin/scw.js');

/** What zsh asks when somebody types this line. */
const completion = ['autocomplete', 'complete', 'zsh', '--', 'scw iam policy create name=x rul'];

/** The whole process, from its start to its end; the list makes a call to a server, the others make none. */
export const command: Measurement = {
  name: 'command',
  title: '`scw version`, a completion and `scw iam user list`, the whole process, beside `node -e 0`',
  measure: async (bench) => {
    const [database] = bench.databases;
    if (!database) throw new Error('there is no database');
    await using server = await startServer(database);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, SCW_CONFIG_PATH: server.configuration };
    const runs = [
      { name: 'node -e 0', words: ['-e', '0'], times: [] as number[] },
      { name: 'scw version', words: [scw, 'version'], times: [] as number[] },
      { name: 'completion in zsh', words: [scw, ...completion], times: [] as number[] },
      { name: 'scw iam user list', words: [scw, 'iam', 'user', 'list'], times: [] as number[] },
    ];
    const rounds = bench.rounds * 5;
    for (let round = 0; round <= rounds; round += 1) {
      bench.progress(`round ${round} of ${rounds}`);
      for (const { words, times } of runs) {
        const { milliseconds } = await runNode(words, env);
        // The first round fills the caches of the machine.
        if (round > 0) times.push(milliseconds);
      }
    }
    const floor = runs[0]!.times;
    return [
      {
        head: ['', 'ms', 'times node -e 0'],
        rows: runs.map(({ name, times }) => [name, figures(times), figures(ratios(times, floor))]),
      },
    ];
  },
};
