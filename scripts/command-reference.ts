import { type AnyCommand, isOwn, programOf } from '../packages/cli/src/own/program.ts';
import type { Argument } from '../packages/contract/src/command-table.ts';
import { commandTable } from '../packages/contract/src/commands.ts';
import { type Access, operations } from '../packages/contract/src/index.ts';

/** `docs/commands.md`: every command with its arguments, examples, its operation and the permission it needs. */
export function commandReference(): string {
  const commands = programOf(commandTable())
    .commands.filter(({ heading }) => heading !== null)
    .toSorted((a, b) => (a.words.join(' ') < b.words.join(' ') ? -1 : 1));
  const overview = commands.map(
    (command) => `| [\`${name(command)}\`](#${anchor(command)}) | ${command.summary} | ${permission(command)} |`,
  );
  return `# Commands

Made from the contract by \`npm run generate\`. \`scw COMMAND -h\` says the same in a terminal; how lines are typed and what is
printed is in [cli.md](cli.md).

| command | what it does | permission |
| --- | --- | --- |
${overview.join('\n')}

${commands.map(section).join('\n\n')}
`;
}

function section(command: AnyCommand): string {
  const { summary, notes, positional, examples, seeAlso } = command;
  const shown = command.arguments.filter(({ hidden }) => !hidden);
  const bareWord = positional === null ? '' : ` <${positional} ...>`;
  const flags = isOwn(command) ? command.flags : [];
  const parts = [
    `## ${name(command)}`,
    `${summary}.`,
    notes.some((line) => line.startsWith('  ')) ? fenced(notes) : notes.join('\n'),
    fenced([`${name(command)}${bareWord}${shown.length > 0 ? ' [arg=value ...]' : ''}`]),
    shown.length === 0
      ? ''
      : ['| argument | | default | |', '| --- | --- | --- | --- |', ...shown.map(argumentRow)].join('\n'),
    flags
      .map(({ name: long, short, value, summary: text }) => {
        const typed = [...(short === null ? [] : [`-${short}`]), `--${long}${value === null ? '' : ` ${value}`}`];
        return `- \`${typed.join(', ')}\`: ${text}`;
      })
      .join('\n'),
    fenced(examples.flatMap(({ title, line }) => [`# ${title}`, line])),
    callOf(command),
    seeAlso.length === 0 ? '' : `See also: ${seeAlso.map((line) => `\`${line}\``).join(', ')}.`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function name({ words }: AnyCommand): string {
  return ['scw', ...words].join(' ');
}

function anchor(command: AnyCommand): string {
  return name(command).replaceAll(' ', '-');
}

function fenced(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['```', ...lines, '```'].join('\n');
}

function argumentRow({ name, required, deprecated, summary, enum: words, ...more }: Argument): string {
  const kind = deprecated ? 'deprecated' : required ? 'required' : '';
  const fallback = more.generated !== null ? 'generated' : more.fromConfig ? 'from the configuration' : more.default;
  const choices = words === null ? '' : `: ${words.map((word) => `\`${word}\``).join(', ')}`;
  const file = more.loadFile ? '; `@path` reads a file' : '';
  return `| \`${name}\` | ${kind} | ${fallback ?? ''} | ${summary.replaceAll('|', '\\|')}${choices}${file} |`;
}

const byId = new Map(operations.map((operation) => [operation.id as string, operation]));

/** Commands of several calls, by the operation that makes their change. */
const composed: Readonly<Record<string, string>> = {
  'rules.create': 'rules.set',
  'rules.delete': 'rules.set',
  'sshKeys.init': 'sshKeys.create',
};

function operationOf(command: AnyCommand) {
  if (isOwn(command)) return undefined;
  return byId.get(command.operation) ?? byId.get(composed[command.operation] ?? '');
}

function callOf(command: AnyCommand): string {
  const operation = operationOf(command);
  if (operation === undefined) return '';
  return `Calls \`${operation.id}\`: \`${operation.method} ${operation.path}\`. Needs: ${permissionText(operation.access)}.`;
}

function permission(command: AnyCommand): string {
  const operation = operationOf(command);
  return operation === undefined ? '' : permissionText(operation.access);
}

function permissionText(access: Access): string {
  if (access.kind === 'scim') return 'a SCIM token';
  const about = access.kind !== 'public' && access.alsoWith?.unless === 'caller' ? access.alsoWith.permission : null;
  const others = about === null ? '' : `; about others also \`${about}\``;
  if (access.kind !== 'permission') return access.kind === 'public' ? 'none' : `any authenticated caller${others}`;
  const joined = access.permissions
    .map((permission) => `\`${permission}\``)
    .join(access.needs === 'bearer' ? ' or ' : ' and ');
  const self = access.self ? `\`${access.self.permission}\` on oneself` : '';
  return `${[joined, self].filter((text) => text !== '').join(', or ')}${others}`;
}
