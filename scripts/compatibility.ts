/**
 * Writes `docs/compatibility.md` from what the suites of clients saw when they last ran. `--check` compares instead: the
 * page must say what they saw. In CI every part runs; elsewhere what did not run is left out.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder, type Seen } from '../e2e/clients/support/compatibility.ts';
import { compatibilityPage, differences } from '../e2e/clients/support/compatibility-page.ts';

const page = join(import.meta.dirname, '../docs/compatibility.md');
/** Suites in the order of the page. */
const order = ['official-scw', 'terraform', 'sdk', 'python-sdk', 'authzen', 'nginx', 'sshd'];

const suites = order.map((name) => ({ name, seen: readSuite(name) }));
const seen = suites.flatMap((suite) => suite.seen);
const missing = suites.filter((suite) => suite.seen.length === 0).map(({ name }) => name);
if (missing.length > 0) console.warn(`no results of ${missing.join(', ')}: run \`npm run test:clients\``);
if (process.argv.includes('--check')) {
  const found = differences(readFileSync(page, 'utf8'), seen, Boolean(process.env.CI));
  if (found.length > 0) {
    console.error(`${page} is not what was seen (- page, + seen):\n${found.join('\n')}`);
    console.error('if that is as it should be: `npm run compatibility`');
    process.exitCode = 1;
  } else console.log('docs/compatibility.md says what was seen');
} else {
  writeFileSync(page, compatibilityPage(seen));
  console.log(`wrote ${page}`);
}

function readSuite(name: string): readonly Seen[] {
  const file = join(resultsFolder, `${name}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Seen => JSON.parse(line));
}
