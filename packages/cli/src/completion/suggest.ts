import type { Argument } from '@bailiwick/contract/command-table';
import { expandAliases, type Preferences } from '../client/preferences.ts';
import { commandText } from '../grammar/command-line.ts';
import { findCommand } from '../grammar/lookup.ts';
import { type Flags, readLine } from '../grammar/words.ts';
import { globalFlags, helpFlag, listFlag } from '../help/help.ts';
import { type AnyCommand, isOwn, type Program } from '../own/program.ts';
import { argumentNamed, freeNames } from './free-names.ts';
import { shells } from './shell.ts';
import { sourcesOf } from './sources.ts';
import type { Suggestion, Suggestions } from './suggestion.ts';

/** What suggestions are made from, beside the words. */
export interface Known {
  readonly program: Program;
  readonly preferences: Preferences;
  /** Names of profiles in the configuration file; read when they are asked for. */
  readonly profiles: (flags: Flags) => Promise<readonly string[]>;
}

const formats = ['human', 'wide', 'json', 'json=pretty', 'yaml', 'csv', 'template='];

/**
 * What can stand at the end of a line. Nothing is asked for here but the names of profiles.
 *
 * @param before the words before the one that is typed, without the name of the program
 */
export async function suggest(before: readonly string[], current: string, known: Known): Promise<Suggestions> {
  const { program, preferences } = known;
  const line = readLine(before);
  const flagged = before.includes('--') ? null : valuedFlag(before, current);
  if (flagged !== null) return await flagValues(flagged, line.flags, known);
  const found = findTyped(program, expandAliases(line.words, preferences));
  if (current.startsWith('-') && !before.includes('--')) return choices(flagWords(found?.command ?? null));
  if (found === null) return choices([]);
  if (found.command === null) {
    const aliases = line.words.length > 0 ? [] : [...preferences.aliases];
    const expansions = aliases.map(([name, words]) => word(name, commandText(words)));
    return choices([...commandWords(found.groups, program), ...expansions]);
  }
  const { command, rest } = found;
  const typed: Typed = { command, rest, flags: line.flags };
  const at = current.indexOf('=');
  if (at >= 0) {
    const argument = argumentNamed(command.arguments, current.slice(0, at));
    if (argument !== undefined) return await values(argument, current, `${current.slice(0, at)}=`, typed, known);
    return choices(emptied(command.arguments, current.slice(0, at)));
  }
  const names = freeNames(command.arguments, rest).filter(({ name }) => name !== command.positional);
  const options = names.map(({ name, argument }) => word(`${name}=`, argument.summary));
  const positional = command.arguments.find(({ name }) => name === command.positional);
  const isNamed = rest.some((one) => one.startsWith(`${command.positional}=`));
  if (positional === undefined || isNamed) return choices(options);
  const bare = await values(positional, current, '', typed, known);
  if (bare.kind === 'files') return bare;
  // A name is on its way, or the id is there: nobody should wait for a call.
  const isName = options.some(({ value }) => current !== '' && value.startsWith(current));
  const sources = isName || (current === '' && bare.taken.length > 0 && options.length > 0) ? [] : bare.sources;
  return { ...bare, sources, words: [...bare.words, ...options] };
}

interface Flagged {
  readonly name: 'config' | 'file' | 'output' | 'profile';
  /** `--output=`, where the value stands in the same word. */
  readonly head: string;
}

/** The flag whose value the current word is. */
function valuedFlag(before: readonly string[], current: string): Flagged | null {
  const head = /^(?:--[a-z-]+=|-[a-z]=?)/i.exec(current)?.[0] ?? '';
  // No word of a line holds this character, so the flag that takes it is the one that waits.
  const probe = '\0';
  const { flags } = readLine([...before, `${head}${probe}`]);
  const names = ['config', 'file', 'output', 'profile'] as const;
  const name = names.find((candidate) => flags[candidate] === probe || flags[candidate] === `${head}${probe}`);
  if (name === undefined) return null;
  const isShortAlone = /^-[a-z]$/i.test(current);
  if (isShortAlone && flags[name] === probe) return null;
  return { name, head: flags[name] === probe ? head : '' };
}

async function flagValues({ name, head }: Flagged, flags: Flags, { profiles }: Known): Promise<Suggestions> {
  if (name === 'config' || name === 'file') return { kind: 'files', head };
  const names = name === 'output' ? formats : await profiles(flags);
  return choices(
    names.map((value) => word(`${head}${value}`, '')),
    head,
  );
}

interface Typed {
  readonly command: AnyCommand;
  readonly rest: readonly string[];
  readonly flags: Flags;
}

type Reached =
  | { readonly command: AnyCommand; readonly rest: readonly string[] }
  /** No command yet: words below these may follow. */
  | { readonly command: null; readonly groups: readonly (readonly string[])[] };

function findTyped(program: Program, words: readonly string[]): Reached | null {
  const isHelp = words[0] === 'help';
  const found = findCommand(program, isHelp ? words.slice(1) : words);
  if (found.kind === 'unknown') return null;
  // `scw help iam policy create` ends there.
  if (found.kind === 'command') return isHelp ? null : found;
  if (found.next !== null) return null;
  return { command: null, groups: isHelp && words.length === 1 ? [[], ['help']] : [found.words] };
}

function commandWords(groups: readonly (readonly string[])[], program: Program): readonly Suggestion[] {
  const isBelow = (words: readonly string[]) =>
    groups.some((group) => words.length === group.length + 1 && group.every((part, depth) => part === words[depth]));
  return [...program.groups, ...program.commands]
    .filter(({ words, heading }) => heading !== null && isBelow(words))
    .map(({ words, summary }) => word(words.at(-1)!, summary));
}

function flagWords(command: AnyCommand | null): readonly Suggestion[] {
  const own = command !== null && isOwn(command) ? command.flags : [];
  return [...own, ...globalFlags, helpFlag(command?.words.at(-1) ?? 'scw'), listFlag].flatMap(
    ({ name, short, summary }) => [...(short === null ? [] : [word(`-${short}`, summary)]), word(`--${name}`, summary)],
  );
}

/** What may follow `head`, for an argument of a command. */
async function values(
  argument: Argument,
  current: string,
  head: string,
  { command, rest, flags }: Typed,
  { program, preferences, profiles }: Known,
): Promise<Suggestions> {
  if (argument.loadFile) return current.startsWith(`${head}@`) ? { kind: 'files', head: `${head}@` } : choices([]);
  const taken = rest.filter((typed) => !typed.includes('='));
  const listed = (names: readonly string[]) =>
    choices(
      names.filter((name) => head !== '' || !taken.includes(name)).map((name) => found(`${head}${name}`)),
      head,
    );
  if (argument.enum !== null) return listed(argument.enum);
  if (argument.type === 'boolean') return listed(['true', 'false']);
  switch (isOwn(command) ? `${command.own} ${argument.name}` : '') {
    case 'alias.delete alias':
      return listed([...preferences.aliases.keys()]);
    case 'autocomplete.install shell':
    case 'autocomplete.script shell':
      return listed(shells);
    case 'config.import file':
      return { kind: 'files', head };
    case 'config.profile.activate profile-name':
    case 'config.profile.delete name':
      return listed(await profiles(flags));
  }
  return { ...choices([], head), sources: sourcesOf(argument, { program, command, rest }), taken };
}

/** A list can be emptied as a whole: `tags=none`. */
function emptied(all: readonly Argument[], name: string): readonly Suggestion[] {
  const list = argumentNamed(all, `${name}.0`);
  return list?.acceptsNone ? [found(`${name}=none`)] : [];
}

function choices(words: readonly Suggestion[], head = ''): Suggestions & { readonly kind: 'words' } {
  return { kind: 'words', words, sources: [], head, taken: [] };
}

function word(value: string, description: string): Suggestion {
  return { value, description, isFoundByPart: false, isId: false };
}

function found(value: string): Suggestion {
  return { value, description: '', isFoundByPart: true, isId: false };
}
