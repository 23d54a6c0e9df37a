import { type GuardRow, guardRows, guardSets, inProject, isAllowed, type Verdict } from './guard-rows.ts';

/** `docs/guard-table.md`: who may call what, printed whole, so that a change of it is seen. */
export function guardTable(): string {
  const columns = guardSets.map(({ name }) => ({ name, short: short(name) }));
  const head = ['operation', 'when', 'owner', ...columns.map((column) => column.short)];
  const cells = guardRows().map((row) => [
    row.operation,
    row.when,
    cell(row, 'owner'),
    ...columns.map(({ name }) => setCell(row, name)),
    ...['member', 'application', 'directory', 'stranger'].map((name) => cell(row, name)),
    needs(row),
  ]);
  const table = aligned([[...head, 'member', 'application', 'directory', 'stranger', 'needs'], ...cells]);
  return `# Who may do what

Made by \`npm run generate\` from the contract, the built-in catalogue and the engine; \`packages/server/test/guard-table.test.ts\`
calls every operation as everybody in it. A row for each operation, and for each case where the answer depends on the input.

- \`✓\` may, \`·\` may not (403; a stranger, who has no credential, 401).
- \`self\` only about itself: a right that every user has and that no permission set holds.
- \`all\` only when the rule covers the organization, and with it all projects. Otherwise a rule for the project is enough.
- *member* and *application* are in no group and have no policy. Permission sets are held alone, by an application.
- *directory* shows a SCIM token, which opens what directories need and nothing else.
- A locked bearer may nothing. What \`gateway.forwardAuth\` answers depends on the request that a gateway tells of.

${aligned([['column', 'permission set'], ...columns.map(({ name, short }) => [short, `\`${name}\``])])}

${table}
`;
}

const may = '✓';
const mayNot = '·';

function cell(row: GuardRow, caller: string): string {
  const verdict = row.verdicts.get(caller);
  if (verdict && isAllowed(verdict)) return verdict.because === 'self' ? 'self' : may;
  return isAllowedTo(row.onItself.get(caller)) ? 'self' : mayNot;
}

/** A set that a project is enough for, or else the organization. */
function setCell(row: GuardRow, set: string): string {
  const here = row.verdicts.get(inProject(set));
  if (here === undefined || isAllowed(here)) return cell(row, here ? inProject(set) : set);
  return isAllowedTo(row.verdicts.get(set)) ? 'all' : mayNot;
}

const isAllowedTo = (verdict: Verdict | undefined): boolean => verdict !== undefined && isAllowed(verdict);

function needs({ needed, self, verdicts, onItself }: GuardRow): string {
  const all = [...verdicts.values(), ...onItself.values()];
  if (all.every(isAllowed)) return 'nothing';
  if (!all.some(isAllowed)) return 'nobody may';
  if (all.some(({ because }) => because === 'directory')) return 'a SCIM token';
  const right = needed.map((permission) => `\`${permission}\``).join(' and ');
  const own = self && `\`${self}\` on itself`;
  return [right, own].filter(Boolean).join(', or ') || 'to be known';
}

/** `IAMUserReadOnly` → `iURO`. */
function short(name: string): string {
  const words = name.match(/IAM|SSH|[A-Z][a-z]*/g) ?? [];
  return words
    .map((word) => (word === 'IAM' || word === 'SSH' ? word.slice(0, 1).toLowerCase() : word.slice(0, 1)))
    .join('');
}

/** A table of Markdown that reads as text too. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join('\n');
}
