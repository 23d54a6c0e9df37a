import type { Argument, CommandGroup, Example, Heading } from '@bailiwick/contract/command-table';
import type { Preferences } from '../client/preferences.ts';
import { commandText } from '../grammar/command-line.ts';
import type { OwnFlag } from '../own/command.ts';
import { type AnyCommand, isOwn, type Program } from '../own/program.ts';

/** The page of a level above commands; no words for the whole program (docs/cli.md). */
export function groupHelp(program: Program, words: readonly string[], { aliases }: Preferences): string {
  const below = listedBelow(program, words);
  const group = program.groups.find((candidate) => same(candidate.words, words));
  const line = ['scw', ...words].join(' ');
  const headings = [...new Set(below.map(({ heading }) => heading))].toSorted();
  const width = Math.max(shortestColumn, ...below.map((one) => one.words.at(-1)!.length));
  const ownFlag = helpFlag(words.at(-1) ?? 'scw');
  return page([
    [group?.summary ?? 'Identity and access management on the command line: who may do what, and why.'],
    ['USAGE:', `  ${line} <command>`],
    ['ALIASES:', ...aliasLines(aliases, words)],
    ...headings.map((heading) => [
      `${heading.toUpperCase()} COMMANDS:`,
      ...below
        .filter((one) => one.heading === heading)
        .map((one) => `  ${one.words.at(-1)!.padEnd(width)} ${one.summary}`),
    ]),
    // The root has one block, which holds all of them.
    ...(words.length === 0
      ? [['FLAGS:', ...flagLines([...globalFlags, ownFlag, listFlag])]]
      : [
          ['FLAGS:', ...flagLines([ownFlag, listFlag])],
          ['GLOBAL FLAGS:', ...flagLines(globalFlags)],
        ]),
    [`Use "${line} [command] --help" for more information about a command.`],
  ]);
}

/** The page of one command. */
export function commandHelp(program: Program, command: AnyCommand, { aliases }: Preferences): string {
  const { words, summary, notes, examples, positional, arguments: all, seeAlso } = command;
  const usage = [
    'scw',
    ...words,
    ...(positional === null ? [] : [`<${positional} ...>`]),
    ...(all.length > 0 ? ['[arg=value ...]'] : []),
  ];
  const shown = all.filter(({ hidden }) => !hidden);
  const deprecated = shown.filter((argument) => argument.deprecated);
  const current = shown.filter((argument) => !argument.deprecated);
  const ownFlags = isOwn(command) ? command.flags : [];
  return page([
    notes.length > 0 ? [summary, '', ...notes] : [summary],
    ['USAGE:', `  ${usage.join(' ')}`],
    ['ALIASES:', ...aliasLines(aliases, words)],
    ['EXAMPLES:', ...examples.flatMap(exampleLines)],
    ['ARGS:', ...columns(current.map((argument) => [shownName(argument, positional), shownText(argument)]))],
    ['DEPRECATED ARGS:', ...columns(deprecated.map(({ name, summary: text }) => [`[${name}]`, text]))],
    ['FLAGS:', ...flagLines([...ownFlags.map(shownFlag), helpFlag(words.at(-1)!)])],
    ['GLOBAL FLAGS:', ...flagLines(globalFlags)],
    ['SEE ALSO:', ...seeAlso.flatMap((line) => seeAlsoLines(program, line))],
  ]);
}

/** The tree below some words, two spaces deeper at each level. */
export function commandTree({ commands, groups }: Program, words: readonly string[]): string {
  const lines = [...groups, ...commands]
    .filter((one) => one.heading !== null && one.words.length > words.length && startsWith(one.words, words))
    .toSorted(byWords)
    .map((one) => `${'  '.repeat(one.words.length - words.length - 1)}${one.words.at(-1)} - ${one.summary}`);
  return `${lines.join('\n')}\n`;
}

const shortestColumn = 11;

/** A flag as a page shows it: `-o, --output string`. */
export interface ShownFlag {
  readonly name: string;
  readonly short: string | null;
  /** What stands for its value; null for a switch. */
  readonly value: string | null;
  readonly summary: string;
}

/** Flags that every command takes. */
export const globalFlags: readonly ShownFlag[] = [
  { name: 'config', short: 'c', value: 'string', summary: 'Path of the configuration file' },
  { name: 'debug', short: 'D', value: null, summary: 'Write requests and answers to standard error, secrets masked' },
  {
    name: 'output',
    short: 'o',
    value: 'string',
    summary: 'Format: human, wide, json, yaml, csv or template, see "scw help output" (default "human")',
  },
  { name: 'profile', short: 'p', value: 'string', summary: 'Profile of the configuration file' },
];
/** Of the levels above commands. */
export const listFlag: ShownFlag = {
  name: 'list-sub-commands',
  short: null,
  value: null,
  summary: 'List all subcommands',
};

/** @param name the last word of what it helps with */
export function helpFlag(name: string): ShownFlag {
  return { name: 'help', short: 'h', value: null, summary: `help for ${name}` };
}

function shownFlag({ name, short, value, summary }: OwnFlag): ShownFlag {
  return { name, short, value, summary };
}

function flagLines(flags: readonly ShownFlag[]): readonly string[] {
  const sorted = flags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return columns(
    sorted.map(({ name, short, value, summary }) => [
      `${short === null ? '   ' : `-${short},`} --${name}${value === null ? '' : ` ${value}`}`,
      summary,
    ]),
  );
}

interface Listed {
  readonly words: readonly string[];
  readonly summary: string;
  readonly heading: Heading;
}

function listedBelow({ commands, groups }: Program, words: readonly string[]): readonly Listed[] {
  const isListed = (one: CommandGroup | AnyCommand): one is (CommandGroup | AnyCommand) & Listed =>
    one.heading !== null && one.words.length === words.length + 1 && startsWith(one.words, words);
  return [...groups, ...commands].filter(isListed).toSorted(byWords);
}

/** Aliases for the command itself, and those whose words begin with its last one. */
function aliasLines(aliases: Preferences['aliases'], words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  const mine = [...aliases].filter(([, meaning]) => startsWith(meaning, words) || meaning[0] === words.at(-1));
  const width = Math.max(0, ...mine.map(([name]) => name.length));
  return mine
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, meaning]) => ` ${name.padEnd(width)}  ${commandText(meaning)}`);
}

function exampleLines({ title, line }: Example): readonly string[] {
  return [`  ${title}`, `    ${line}`];
}

function seeAlsoLines({ commands, groups }: Program, line: string): readonly string[] {
  const other = [...groups, ...commands].find(({ words }) => line === ['scw', ...words].join(' '));
  return [...(other ? [`  # ${other.summary}`] : []), `  ${line}`];
}

/** Parts with a heading alone are left out. */
function page(parts: readonly (readonly string[])[]): string {
  const shown = parts.filter(([first, ...rest]) => rest.length > 0 || !(first ?? ':').endsWith(':'));
  return `${shown.map((part) => part.join('\n')).join('\n\n')}\n`;
}

/** Names, three blanks after the longest, texts. */
function columns(entries: readonly (readonly [name: string, text: string])[]): readonly string[] {
  const width = Math.max(0, ...entries.map(([name]) => name.length)) + 3;
  return entries.map(([name, text]) => `  ${name.padEnd(width)}${text}`.trimEnd());
}

function shownName(argument: Argument, positional: string | null): string {
  const { name, required } = argument;
  const fallback = shownDefault(argument);
  const text = fallback === null ? name : `${name}=${fallback}`;
  return required || name === positional ? text : `[${text}]`;
}

function shownDefault({ default: literal, generated, fromConfig }: Argument): string | null {
  if (literal !== null) return literal;
  if (generated !== null) return '<generated>';
  return fromConfig?.shown ? '<retrieved from config>' : null;
}

function shownText({ summary, enum: values, loadFile }: Argument): string {
  const choices = values === null ? '' : ` (${values.join(' | ')})`;
  return `${summary}${choices}${loadFile ? ' (Support file loading with @/path/to/file)' : ''}`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && startsWith(a, b);
}

function startsWith(words: readonly string[], first: readonly string[]): boolean {
  return words.length >= first.length && first.every((word, index) => words[index] === word);
}

function byWords(a: { readonly words: readonly string[] }, b: { readonly words: readonly string[] }): number {
  return a.words.join(' ') < b.words.join(' ') ? -1 : 1;
}
