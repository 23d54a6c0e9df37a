import { styleText } from 'node:util';
import type { CommandTable } from '@bailiwick/contract/command-table';
import type { Environment } from './client/configuration.ts';
import { expandAliases, type Preferences, readPreferences } from './client/preferences.ts';
import { bareError, CommandError, exitCode } from './command-error.ts';
import { isCompletion } from './completion/question.ts';
import { findCommand } from './grammar/lookup.ts';
import { similarWords } from './grammar/similar-words.ts';
import { type Line, readLine } from './grammar/words.ts';
import { commandHelp, commandTree, groupHelp } from './help/help.ts';
import { renderError } from './output/error.ts';
import { defaultFormat, type Format, readFormat } from './output/format.ts';
import { toJson } from './output/json.ts';
import type { Painter } from './output/layout.ts';
import { isOwn, type Program, programOf } from './own/program.ts';
import { runCommand } from './run-command.ts';
import { runOwnCommand } from './run-own-command.ts';
import { Interrupted, type Terminal } from './terminal.ts';

/** All that a run touches outside of itself. */
export interface Io extends Terminal {
  /** Words after the name of the program. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly table: CommandTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Everything about one run that its parts share. */
export interface Session {
  readonly io: Io;
  readonly program: Program;
  readonly preferences: Preferences;
  readonly line: Line;
  readonly format: Format;
  readonly painter: Painter;
  /** Whether the painter has colours: somebody looks, at a terminal that knows them. */
  readonly isColoured: boolean;
}

/**
 * The program: words in, exit code out. Results go to standard output, everything else to standard error
 * (docs/cli.md).
 */
export async function run(io: Io): Promise<number> {
  // A shell asks in words that are no command: no flag, alias or file may change how it is answered.
  if (isCompletion(io.args)) return await (await import('./completion/complete.ts')).complete(io);
  const isColoured = io.stdout.isTerminal && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const painter = createPainter(isColoured);
  // Errors before the format is known, and about it, are plain text.
  let format: Format = defaultFormat;
  try {
    const line = readLine(io.args);
    const typedFormat = line.flags.output === undefined ? null : await readFormat(line.flags.output);
    format = typedFormat ?? defaultFormat;
    const preferences = await readPreferences(io.env);
    format = typedFormat ?? (preferences.output === null ? defaultFormat : await readFormat(preferences.output));
    const words = expandAliases(line.words, preferences);
    const program = programOf(io.table);
    return await runLine({ io, program, preferences, line: { ...line, words }, format, painter, isColoured });
  } catch (failure) {
    if (failure instanceof Interrupted) return exitCode.interrupted;
    if (!(failure instanceof CommandError)) throw failure;
    io.stderr.write(await renderError(failure, format, painter));
    return exitCode.failure;
  }
}

function createPainter(isColoured: boolean): Painter {
  return (text, paint) => (paint === null || !isColoured ? text : styleText(paint, text, { validateStream: false }));
}

async function runLine(session: Session): Promise<number> {
  const { io, program, line, preferences } = session;
  const { flags, problem } = line;
  const isHelp = line.words[0] === 'help';
  const words = isHelp && !isTopic(program, line.words) ? line.words.slice(1) : line.words;
  const found = findCommand(program, words);
  if (found.kind === 'unknown') throw unknownCommand([], found.word, meant(program, [], found.word));
  if (problem !== null) throw bareError(problem);
  const reached = found.kind === 'command' ? found.command.words : found.words;
  if (flags.listSubCommands) {
    io.stdout.write(commandTree(program, reached));
    return exitCode.success;
  }
  if (found.kind === 'group') {
    io.stdout.write(groupHelp(program, found.words, preferences));
    if (flags.help || (words !== line.words && found.next === null)) return exitCode.success;
    if (found.next !== null) await tellUnknown(session, found.words, found.next);
    return exitCode.failure;
  }
  const { command, rest } = found;
  if (flags.help || isHelp) {
    io.stdout.write(commandHelp(program, command, preferences));
    return exitCode.success;
  }
  const taken = isOwn(command) ? command.flags.map(({ name }) => name) : [];
  for (const [name, refusal] of line.someFlags) if (!taken.includes(name)) throw bareError(refusal);
  return isOwn(command) ? await runOwnCommand(session, command, rest) : await runCommand(session, command, rest);
}

/** `help date` is a page of its own, `help iam` is about `iam`. */
function isTopic({ commands }: Program, [, topic]: readonly string[]): boolean {
  return topic === undefined || commands.some(({ words }) => words[0] === 'help' && words[1] === topic);
}

/** Words that may have been meant, below the level that is known. */
function meant(program: Program, above: readonly string[], word: string): readonly string[] {
  const known = [...program.groups, ...program.commands].filter(
    ({ words, heading }) =>
      heading !== null && words.length > above.length && above.every((part, depth) => words[depth] === part),
  );
  return similarWords([...new Set(known.map(({ words }) => words[above.length]!))], word);
}

function unknownCommand(above: readonly string[], word: string, similar: readonly string[]): CommandError {
  const suggestion =
    similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((name) => `\t${name}`).join('\n')}`;
  return bareError(`unknown command "${word}" for "${['scw', ...above].join(' ')}"${suggestion}`);
}

/** The page of the level that is known has been shown. Scripts that want JSON get an object. */
async function tellUnknown(session: Session, above: readonly string[], word: string): Promise<void> {
  const { io, program, format, painter } = session;
  if (format.kind === 'json') {
    io.stderr.write(toJson({}, format.pretty));
    return;
  }
  const similar = meant(program, above, word);
  if (similar.length > 0) io.stderr.write(await renderError(unknownCommand(above, word, similar), format, painter));
}
