/**
 * `npm run test:mutation [-- --mutate src/decide.ts]`: changes the engine in thousands of small ways and runs its tests on
 * each, with a part of their budget; a change that no test notices is listed. See docs/mutation-testing.md.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const stryker = join(import.meta.dirname, '../node_modules/@stryker-mutator/core/bin/stryker.js');
const { status } = spawnSync(process.execPath, [stryker, 'run', ...process.argv.slice(2)], {
  cwd: join(import.meta.dirname, '../packages/authz'),
  stdio: 'inherit',
  env: { BAILIWICK_PROPERTY_SHARE: '0.1', BAILIWICK_DIFFERENTIAL_DECISIONS: '2000', ...process.env },
});
process.exitCode = status ?? 1;
