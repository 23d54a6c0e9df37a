import type { Argument, Command, CommandTable } from '@bailiwick/contract/command-table';

/** What stands beside the table: commands that call nothing. */
export const localCommands: Readonly<Record<string, string>> = {
  help: 'Show what a command does',
  version: 'Show the version of this program',
};

const globalFlags = [
  '  -c, --config string    Path of the configuration file',
  '  -D, --debug            Write requests and answers to standard error',
  '  -o, --output string    Format: human, wide, json, yaml (default "human")',
  '  -p, --profile string   Profile of the configuration file',
];

/** The page of a level above commands; no words for the whole program. */
export function groupHelp({ commands, groups }: CommandTable, words: readonly string[]): string {
  const depth = words.length;
  const isBelow = (candidate: readonly string[]) =>
    candidate.length === depth + 1 && words.every((word, index) => candidate[index] === word);
  const below = [...groups, ...commands].filter((candidate) => isBelow(candidate.words));
  const entries = below.map((one) => [one.words.at(-1)!, one.summary] as const);
  const local = depth === 0 ? Object.entries(localCommands) : [];
  const summary = groups.find((group) => group.words.join(' ') === words.join(' '))?.summary;
  const line = ['scw', ...words].join(' ');
  return page([
    [summary ?? 'Identity and access management on the command line'],
    ['USAGE:', `  ${line} <command>`],
    ['AVAILABLE COMMANDS:', ...listing([...entries, ...local].toSorted(([a], [b]) => (a < b ? -1 : 1)))],
    [
      'FLAGS:',
      `  -h, --help             help for ${words.at(-1) ?? 'scw'}`,
      '      --list-sub-commands   List all subcommands',
    ],
    ['GLOBAL FLAGS:', ...globalFlags],
    [`Use "${line} [command] --help" for more information about a command.`],
  ]);
}

/** The page of one command. */
export function commandHelp(command: Command): string {
  const { words, summary, notes, positional, arguments: all, seeAlso } = command;
  const usage = [
    'scw',
    ...words,
    ...(positional ? [`<${positional} ...>`] : []),
    ...(all.length > 0 ? ['[arg=value ...]'] : []),
  ];
  const current = all.filter(({ deprecated, hidden }) => !deprecated && !hidden);
  const deprecated = all.filter(({ deprecated }) => deprecated);
  return page([
    [summary],
    notes,
    ['USAGE:', `  ${usage.join(' ')}`],
    [
      'ARGS:',
      ...listing(
        current.map((argument) => [shownName(argument, positional), shownText(argument)]),
        3,
      ),
    ],
    [
      'DEPRECATED ARGS:',
      ...listing(
        deprecated.map((argument) => [`[${argument.name}]`, argument.summary]),
        3,
      ),
    ],
    ['FLAGS:', `  -h, --help             help for ${words.at(-1)}`],
    ['GLOBAL FLAGS:', ...globalFlags],
    ['SEE ALSO:', ...seeAlso.map((line) => `  ${line}`)],
  ]);
}

/** The tree below some words, two spaces deeper at each level. */
export function commandTree({ commands, groups }: CommandTable, words: readonly string[]): string {
  const lines = [...groups, ...commands]
    .filter((one) => one.words.length > words.length && words.every((word, index) => one.words[index] === word))
    .toSorted((a, b) => (a.words.join(' ') < b.words.join(' ') ? -1 : 1))
    .map((one) => `${'  '.repeat(one.words.length - words.length - 1)}${one.words.at(-1)} - ${one.summary}`);
  return `${lines.join('\n')}\n`;
}

/** Parts with a heading alone are left out. */
function page(parts: readonly (readonly string[])[]): string {
  const shown = parts.filter(([first, ...rest]) => rest.length > 0 || !(first ?? ':').endsWith(':'));
  return `${shown.map((part) => part.join('\n')).join('\n\n')}\n`;
}

function listing(entries: readonly (readonly [name: string, text: string])[], gap = 1): readonly string[] {
  const width = Math.max(gap === 1 ? 11 : 0, ...entries.map(([name]) => name.length)) + gap;
  return entries.map(([name, text]) => `  ${name.padEnd(width)}${text}`.trimEnd());
}

function shownName(
  { name, default: literal, generated, fromConfig, required }: Argument,
  positional: string | null,
): string {
  const fallback =
    literal ?? (generated === null ? null : '<generated>') ?? (fromConfig?.shown ? '<retrieved from config>' : null);
  const text = fallback === null ? name : `${name}=${fallback}`;
  return required || name === positional ? text : `[${text}]`;
}

function shownText({ summary, enum: values, loadFile }: Argument): string {
  const choices = values === null ? '' : ` (${values.join(' | ')})`;
  return `${summary}${choices}${loadFile ? ' (Support file loading with @/path/to/file)' : ''}`;
}
