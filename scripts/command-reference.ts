import { commandTable } from '../packages/contract/src/commands.ts';
import { type Access, operations } from '../packages/contract/src/index.ts';

/** `docs/commands.md`: every command with its arguments, its operation and the permission it needs. */
export function commandReference(): string {
  const byId = new Map(operations.map((operation) => [operation.id as string, operation]));
  const rows = commandTable().commands.map((command) => {
    const operation = byId.get(command.operation) ?? byId.get(composed[command.operation] ?? '');
    const typed = command.arguments
      .filter(({ hidden }) => !hidden)
      .map(({ name, required, deprecated }) =>
        deprecated ? `~~\`${name}\`~~` : required ? `**\`${name}\`**` : `\`${name}\``,
      )
      .join(' ');
    const call = operation ? `\`${operation.id}\`: ${operation.method} ${operation.path}` : '';
    return `| \`scw ${command.words.join(' ')}\` | ${typed} | ${call} | ${operation ? permissionText(operation.access) : ''} |`;
  });
  return `# Commands

Made from the contract by \`npm run generate\`. Required arguments are bold, deprecated ones struck out.

| command | arguments | operation | permission |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Commands of several calls, by the operation that makes their change. */
const composed: Readonly<Record<string, string>> = {
  'rules.create': 'rules.set',
  'rules.delete': 'rules.set',
  'sshKeys.init': 'sshKeys.create',
};

function permissionText(access: Access): string {
  const about = access.kind !== 'public' && access.alsoWith?.unless === 'caller' ? access.alsoWith.permission : null;
  const others = about === null ? '' : `; about others also \`${about}\``;
  if (access.kind !== 'permission') return access.kind === 'public' ? 'none' : `any authenticated caller${others}`;
  const joined = access.permissions
    .map((permission) => `\`${permission}\``)
    .join(access.needs === 'bearer' ? ' or ' : ' and ');
  const self = access.self ? `\`${access.self.permission}\` on oneself` : '';
  return `${[joined, self].filter((text) => text !== '').join(', or ')}${others}`;
}
