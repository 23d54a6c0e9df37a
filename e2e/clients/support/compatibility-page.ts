import type { Seen } from './compatibility.ts';

const databases = ['SQLite', 'PostgreSQL'];

/** `docs/compatibility.md`: what the suites of clients saw when they last ran. */
export function compatibilityPage(seen: readonly Seen[]): string {
  return `${introduction}\n${sectionsOf(seen).join('\n')}`;
}

/**
 * Lines that the page should not have, and lines that it lacks; none when it says what was seen. Versions of programs that
 * the machine brings along are told, not judged: they change without any change of ours.
 *
 * @param isWhole false where parts may not have run: nothing is said about clients and databases that were not seen
 */
export function differences(page: string, seen: readonly Seen[], isWhole: boolean): readonly string[] {
  const run = compatibilityPage(seen);
  const titles = new Set(isWhole ? [] : titlesOf(run));
  const isAbout = (title: string) => isWhole || titles.has(title);
  const left = (title: string) => (isWhole ? [] : unseen(seen, title));
  const [kept, made] = [page, run].map((text) => linesOf(text, isAbout, left));
  return [
    ...kept!.filter((line) => !made!.includes(line)).map((line) => `- ${line}`),
    ...made!.filter((line) => !kept!.includes(line)).map((line) => `+ ${line}`),
  ];
}

const introduction = `# Compatibility

Programs of other people, unmodified, against a server of ours. Made by \`npm run compatibility\` from what the suites under
\`e2e/clients\`, \`e2e/sdk.test.ts\`, \`e2e/nginx.test.ts\` and \`e2e/sshd.test.ts\` saw when they last ran (\`npm run test:clients\`):
each row is a test. How clients are pointed at Bailiwick: [clients.md](clients.md).

\`✓\` works, \`✗\` does not, \`–\` was not run. Where a row says *the same*, our own \`scw\` did the same beside it.
Versions *of the machine* are those of programs that were there; all others are pinned.
`;

/** One for each client and version. */
function sectionsOf(seen: readonly Seen[]): readonly string[] {
  const clients = Map.groupBy(seen, (one) => `## ${titleOf(one)}\nWith ${versionsOf(one)}:\n`);
  return [...clients].map(([head, results]) => {
    const features = Map.groupBy(results, ({ feature }) => feature);
    const rows = [...features].map(([feature, some]) => {
      const marks = databases.map((database) => mark(some, database));
      return row(feature, marks);
    });
    return `${head}\n${[row('', databases), row('---', ['---', '---']), ...rows].join('\n')}\n`;
  });
}

function versionsOf({ version, machine }: Seen): string {
  const brought = machine === undefined ? [] : [`${machine} of the machine`];
  return [...(version === undefined ? [] : [version]), ...brought].join(', and ');
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

function titleOf({ client }: Seen): string {
  return client.startsWith('the ') ? client.charAt(0).toUpperCase() + client.slice(1) : client;
}

function titlesOf(page: string): readonly string[] {
  return [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
}

/** Places of the databases on which nothing of a client was seen. */
function unseen(seen: readonly Seen[], title: string): readonly number[] {
  const own = seen.filter((one) => titleOf(one) === title);
  return [...databases.keys()].filter((place) => !own.some(({ database }) => database === databases[place]));
}

/** Lines with the title that they stand under, to be compared. */
function linesOf(
  page: string,
  isAbout: (title: string) => boolean,
  unseenIn: (title: string) => readonly number[],
): readonly string[] {
  return page.split(/^## /m).flatMap((section, index) => {
    const [head = '', ...lines] = section.split('\n');
    if (index === 0) return [head, ...lines];
    if (!isAbout(head)) return [];
    return lines
      .filter((line) => line !== '' && !/^\| (?:---)? \|/.test(line))
      .map((line) => `${head}: ${withoutMarks(withoutMachine(line), unseenIn(head))}`);
  });
}

function withoutMachine(line: string): string {
  return line.replace(/[\w-]+ [\w.-]+ of the machine/, '… of the machine');
}

function withoutMarks(line: string, places: readonly number[]): string {
  const cells = line.split(' | ');
  if (!line.startsWith('| ')) return line;
  const first = cells.length - databases.length;
  return cells.map((cell, index) => (places.includes(index - first) ? cell.replace(/[✓✗–]/, '–') : cell)).join(' | ');
}
