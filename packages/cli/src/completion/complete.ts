import { configurationPath } from '../client/configuration.ts';
import { configurationErrors } from '../client/configuration-file.ts';
import { readPreferences } from '../client/preferences.ts';
import { readYamlFile } from '../client/yaml-file.ts';
import { exitCode } from '../command-error.ts';
import { type Flags, readLine } from '../grammar/words.ts';
import { isObject } from '../output/result.ts';
import { programOf } from '../own/program.ts';
import type { Io } from '../run.ts';
import { repliesOf } from './replies.ts';
import { isShell, type Shell } from './shell.ts';
import type { Source } from './sources.ts';
import { suggest } from './suggest.ts';
import { matching, type Suggestion } from './suggestion.ts';
import { readTypedLine, type TypedLine } from './typed-line.ts';

/**
 * Answers a shell: `autocomplete complete bash|zsh|fish -- LINE`, the line up to the cursor; for bash also
 * COMP_WORDBREAKS and COMP_TYPE. It never fails and writes nothing to standard error: whatever is wrong, a person is
 * in the middle of typing.
 */
export async function complete(io: Io): Promise<number> {
  try {
    const answer = await answerTo(io);
    if (answer.length > 0) io.stdout.write(`${answer.join('\n')}\n`);
  } catch {
    // No suggestions say it all.
  }
  return exitCode.success;
}

/** COMP_TYPE of a bash that puts words in one after the other: tab, list, ambiguous and unmodified only show them. */
const showing = ['9', '63', '33', '64'];

async function answerTo(io: Io): Promise<readonly string[]> {
  const [, , shell = '', , line = '', breaks = '', type = ''] = io.args;
  if (!isShell(shell)) return [];
  const typed = readTypedLine(line, shell, breaks);
  const before = afterProgram(typed.before);
  const program = programOf(io.table);
  // A broken file of likes takes away aliases, nothing else.
  const preferences = await readPreferences(io.env).catch(() => ({ output: null, aliases: new Map() }));
  const profiles = (flags: Flags) => profileNames(io, flags).catch(() => []);
  const suggestions = await suggest(before, typed.current, { program, preferences, profiles });
  if (suggestions.kind === 'files') return await pathsFor(suggestions.head, typed, shell);
  const { words, sources, head, taken } = suggestions;
  const live = sources.length === 0 ? [] : await ask(io, sources, readLine(before).flags);
  const unused = live.filter(({ value }) => head !== '' || !taken.includes(value));
  const all = [...unused.map((one) => ({ ...one, value: `${head}${one.value}` })), ...words];
  const found = matching(all, typed.current, head);
  if (found.length === 0) return [];
  const { kind, lines } = repliesOf(found, typed, shell, showing.includes(type));
  return [kind, ...lines];
}

async function pathsFor(head: string, typed: TypedLine, shell: Shell): Promise<readonly string[]> {
  const { isLeftToShell, pathSuggestions } = await import('./paths.ts');
  if (isLeftToShell(shell, head, typed)) return shell === 'zsh' ? ['files', String(head.length)] : ['files'];
  const found = matching(await pathSuggestions(head, typed.current.slice(head.length)), typed.current, head);
  const { kind, lines } = repliesOf(found, typed, shell, false);
  return [kind, ...lines];
}

/** fish leaves variables before the program where they are: `SCW_PROFILE=x scw iam`. */
function afterProgram(words: readonly string[]): readonly string[] {
  const program = words.findIndex((word) => !/^\w+=/.test(word));
  return words.slice(program + 1);
}

/** Words that the API knows. A run that asks for none does not load what asks. */
async function ask(io: Io, sources: readonly Source[], flags: Flags): Promise<readonly Suggestion[]> {
  const { liveWords } = await import('./live.ts');
  return await liveWords(io, sources, { ...flags, config: configOf(io, flags) }).catch(() => []);
}

/** `~` is the one thing of a path that a shell would have read before. */
function configOf({ env }: Io, { config }: Flags): string | undefined {
  return config?.replace(/^~(?=\/)/, env.HOME ?? '~');
}

async function profileNames(io: Io, flags: Flags): Promise<readonly string[]> {
  const path = configurationPath({ env: io.env, config: configOf(io, flags) });
  const content = path === null ? null : await readYamlFile(path, configurationErrors(path));
  return ['default', ...(isObject(content?.profiles) ? Object.keys(content.profiles) : [])];
}
