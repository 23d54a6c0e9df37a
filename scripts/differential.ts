/**
 * `npm run test:differential -- --decisions N [--seed N]`: holds the engine against the model for as many decisions as
 * there is time for. Without words it is what the suite does; with a new seed the decisions are others.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { decisions: { type: 'string' }, seed: { type: 'string' } } });
for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9]\d{0,11}$/.test(value)) throw new Error(`--${name} takes a whole number above 0, not \`${value}\``);
}
const engine = join(import.meta.dirname, '../packages/authz');
const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const words = ['run', '--config', join(engine, 'vitest.config.ts'), 'test/differential.test.ts'];
const { status } = spawnSync(process.execPath, [vitest, ...words], {
  cwd: engine,
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(values.decisions !== undefined && { BAILIWICK_DIFFERENTIAL_DECISIONS: values.decisions }),
    ...(values.seed !== undefined && { BAILIWICK_DIFFERENTIAL_SEED: values.seed }),
  },
});
process.exitCode = status ?? 1;
