import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder, type Seen } from '../e2e/clients/support/compatibility.ts';

/** Writes `docs/compatibility.md`: what the suites of clients saw when they last ran. */
const page = join(import.meta.dirname, '../docs/compatibility.md');
const databases = ['SQLite', 'PostgreSQL'];
/** Suites in the order of the page. */
const order = ['official-scw', 'terraform', 'sdk', 'python-sdk', 'authzen', 'nginx', 'sshd'];

const files = new Set(readdirSync(resultsFolder));
const suites = order.filter((suite) => files.has(`${suite}.jsonl`)).map(readSuite);
const missing = order.filter((suite) => !suites.some(({ name, seen }) => name === suite && seen.length > 0));
if (missing.length > 0) console.warn(`no results of ${missing.join(', ')}: run \`npm run test:clients\``);
writeFileSync(page, `${introduction()}\n${suites.flatMap(({ seen }) => sections(seen)).join('\n')}`);
console.log(`wrote ${page}`);

interface Suite {
  readonly name: string;
  readonly seen: readonly Seen[];
}

function readSuite(name: string): Suite {
  const lines = readFileSync(join(resultsFolder, `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return { name, seen: lines.map((line): Seen => JSON.parse(line)) };
}

function introduction(): string {
  return `# Compatibility

Programs of other people, unmodified, against a server of ours. Made by \`npm run compatibility\` from what the suites under
\`e2e/clients\`, \`e2e/sdk.test.ts\`, \`e2e/nginx.test.ts\` and \`e2e/sshd.test.ts\` saw when they last ran (\`npm run test:clients\`):
each row is a test. How clients are pointed at Bailiwick: [clients.md](clients.md).

\`✓\` works, \`✗\` does not, \`–\` was not run. Where a row says *the same*, our own \`scw\` did the same beside it.
`;
}

/** One for each client and version. */
function sections(seen: readonly Seen[]): readonly string[] {
  const clients = Map.groupBy(seen, ({ client, version }) => `## ${capitalized(client)}\nWith ${version}:\n`);
  return [...clients].map(([head, results]) => {
    const features = Map.groupBy(results, ({ feature }) => feature);
    const rows = [...features].map(([feature, some]) =>
      row(
        feature,
        databases.map((database) => mark(some, database)),
      ),
    );
    return `${head}\n${[row('', databases), row('---', ['---', '---']), ...rows].join('\n')}\n`;
  });
}

/** A test may have run twice; what it did last counts. */
function mark(results: readonly Seen[], database: string): string {
  const last = results.findLast((one) => one.database === database);
  if (last === undefined) return '–';
  return last.works ? '✓' : '✗';
}

function row(first: string, cells: readonly string[]): string {
  return `| ${[first.replaceAll('|', '\\|'), ...cells].join(' | ')} |`;
}

function capitalized(text: string): string {
  return text.startsWith('the ') ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
