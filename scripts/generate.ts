/**
 * Writes what is derived from the contract and kept in the repository; with `--check` compares instead and fails
 * when a file is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeLanguage } from '../packages/authz/src/index.ts';
import { commandTable } from '../packages/contract/src/commands.ts';
import { formTable } from '../packages/contract/src/form-table.ts';
import { commandReference } from './command-reference.ts';
import { guardTable } from './guard-table.ts';
import { requestTable } from './request-table.ts';

const root = join(import.meta.dirname, '..');
const files: Readonly<Record<string, () => string>> = {
  'packages/contract/src/__generated__/commands.json': () => `${JSON.stringify(commandTable())}\n`,
  'packages/contract/src/__generated__/forms.json': () => `${JSON.stringify(formTable(commandTable()))}\n`,
  'packages/contract/src/__generated__/requests.json': () => `${JSON.stringify(requestTable())}\n`,
  'packages/contract/src/__generated__/condition-language.json': () =>
    `${JSON.stringify(describeLanguage(), null, 2)}\n`,
  'docs/commands.md': commandReference,
  'docs/guard-table.md': guardTable,
};

const checking = process.argv.includes('--check');
let stale = 0;
for (const [path, content] of Object.entries(files)) {
  const target = join(root, path);
  const wanted = content();
  if (!checking) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, wanted);
  } else if (wanted !== readOrNothing(target)) {
    stale += 1;
    console.error(`${path} is out of date: run \`npm run generate\``);
  }
}
process.exitCode = stale === 0 ? 0 : 1;

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
