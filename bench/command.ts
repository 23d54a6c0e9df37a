import { join } from 'node:path';
import { goProgram } from '../e2e/clients/support/go-programs.ts';
import type { Measurement } from './measurement.ts';
import { runProgram } from './support/processes.ts';
import { startServer } from './support/server.ts';
import { ratios } from './support/statistics.ts';
import { figures } from './support/table.ts';

const scw = join(import.meta.dirname, '../packages/cli/bin/scw.js');

/** What is typed, and what zsh asks where that differs between the two programs. */
const lines = [
  { name: 'scw version', ours: ['version'], official: ['version'] },
  {
    name: 'a completion in zsh',
    ours: ['autocomplete', 'complete', 'zsh', '--', 'scw iam policy create name=x rul'],
    official: ['autocomplete', 'complete', 'zsh', '--', '6', 'scw', 'iam', 'policy', 'create', 'name=x', 'rul'],
  },
  { name: 'scw iam user list', ours: ['iam', 'user', 'list'], official: ['iam', 'user', 'list'] },
];

/** The whole process, from its start to its end; the list makes a call to a server, the others make none. */
export const command: Measurement = {
  name: 'command',
  title:
    '`scw version`, a completion and `scw iam user list`, the whole process, beside `node -e 0` and the official `scw`',
  measure: async (bench) => {
    const [database] = bench.databases;
    if (!database) throw new Error('there is no database');
    bench.progress('building the official scw, unless it is there');
    const official = await goProgram('scw');
    await using server = await startServer(database);
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SCW_CONFIG_PATH: server.configuration,
      // It would ask once a day whether there is a newer one.
      SCW_DISABLE_CHECK_VERSION: 'true',
    };
    const measured = (path: string, words: readonly string[]) => ({ path, words, times: [] as number[] });
    const bare = measured(process.execPath, ['-e', '0']);
    const runs = lines.map((line) => ({
      name: line.name,
      ours: measured(process.execPath, [scw, ...line.ours]),
      official: 'path' in official ? measured(official.path, line.official) : null,
    }));
    const all = [bare, ...runs.flatMap((run) => (run.official === null ? [run.ours] : [run.ours, run.official]))];
    const rounds = bench.rounds * 5;
    for (let round = 0; round <= rounds; round += 1) {
      bench.progress(`round ${round} of ${rounds}`);
      for (const { path, words, times } of all) {
        const { milliseconds } = await runProgram(path, words, env);
        // The first round fills the caches of the machine.
        if (round > 0) times.push(milliseconds);
      }
    }
    const name = 'path' in official ? `official scw ${official.version}, ms` : `official scw: ${official.missing}`;
    return [
      {
        head: ['', 'ms', 'times node -e 0', name, 'times official scw'],
        rows: [
          ['node -e 0', figures(bare.times), '', '', ''],
          ...runs.map((run) => [
            run.name,
            figures(run.ours.times),
            figures(ratios(run.ours.times, bare.times)),
            run.official === null ? '' : figures(run.official.times),
            run.official === null ? '' : figures(ratios(run.ours.times, run.official.times)),
          ]),
        ],
      },
    ];
  },
};
