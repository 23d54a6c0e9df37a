import type { Command, CommandTable } from '@bailiwick/contract/command-table';
import { createColors } from 'picocolors';
import { type Api, createApi } from './client/api.ts';
import { type Configuration, type Environment, readConfiguration } from './client/configuration.ts';
import { expandAliases, readPreferences } from './client/preferences.ts';
import { createTransport } from './client/transport.ts';
import { bareError, CommandError, exitCode } from './command-error.ts';
import { actionOf } from './commands/index.ts';
import { readInvocation, runsOf, type Setup } from './grammar/invocation.ts';
import { findCommand, similarCommands } from './grammar/lookup.ts';
import { type Flags, readLine } from './grammar/words.ts';
import { commandHelp, commandTree, groupHelp, localCommands } from './help.ts';
import { renderError } from './output/error.ts';
import { checkColumns, defaultFormat, type Format, readFormat } from './output/format.ts';
import { toJson } from './output/json.ts';
import type { Painter } from './output/layout.ts';
import { programValue, renderForPeople, renderForPrograms, type View } from './output/render.ts';
import type { Result } from './output/result.ts';
import { createProgress } from './progress.ts';
import { Interrupted, type Terminal } from './terminal.ts';
import { version } from './version.ts';

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

/**
 * The program: words in, exit code out. Results go to standard output, everything else to standard error
 * (docs/cli.md).
 */
export async function run(io: Io): Promise<number> {
  const painter = createPainter(io);
  // Errors before the format is known, and about it, are plain text.
  let format: Format = defaultFormat;
  try {
    const line = readLine(io.args);
    const typedFormat = line.flags.output === undefined ? null : readFormat(line.flags.output);
    const preferences = await readPreferences(io.env);
    format = typedFormat ?? (preferences.output === null ? defaultFormat : readFormat(preferences.output));
    return await runLine(io, { ...line, words: expandAliases(line.words, preferences) }, format, painter);
  } catch (failure) {
    if (failure instanceof Interrupted) return exitCode.interrupted;
    if (!(failure instanceof CommandError)) throw failure;
    io.stderr.write(await renderError(failure, format, painter));
    return exitCode.failure;
  }
}

/** Colour only where somebody looks. */
function createPainter({ stdout, env }: Io): Painter {
  const isColoured = stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const colours = createColors(isColoured);
  return (text, paint) => (paint === null ? text : colours[paint](text));
}

type Line = ReturnType<typeof readLine>;

async function runLine(io: Io, { flags, words, problem }: Line, format: Format, painter: Painter): Promise<number> {
  const { table, stdout, stderr } = io;
  if (words[0] === 'help' && problem === null) return showHelp(io, words.slice(1));
  if (words[0] === 'version' && problem === null && !flags.help) return await showVersion(io, format);
  const found = findCommand(table, words);
  if (found.kind === 'unknown') {
    const similar = await similarCommands(table, found.word);
    const suggestion =
      similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}`;
    throw bareError(`unknown command "${found.word}" for "scw"${suggestion.trimEnd()}`);
  }
  if (problem !== null) throw bareError(problem);
  const reached = found.kind === 'command' ? found.command.words : found.words;
  if (flags.listSubCommands) {
    stdout.write(commandTree(table, reached));
    return exitCode.success;
  }
  if (found.kind === 'group') {
    stdout.write(groupHelp(table, found.words));
    if (flags.help) return exitCode.success;
    if (!found.complete && format.kind === 'json') stderr.write(toJson({}, format.pretty));
    return exitCode.failure;
  }
  if (flags.help) {
    stdout.write(commandHelp(found.command));
    return exitCode.success;
  }
  checkColumns(format, found.command, table.types);
  const warn = (text: string) => stderr.write(`${text}\n`);
  const configuration = await readConfiguration({ env: io.env, config: flags.config, profile: flags.profile, warn });
  return await runCommand(io, { command: found.command, rest: found.rest, flags, configuration, format, painter });
}

interface CommandLine {
  readonly command: Command;
  readonly rest: readonly string[];
  readonly flags: Flags;
  readonly configuration: Configuration;
  readonly format: Format;
  readonly painter: Painter;
}

/** One run for each bare word. What is done is printed, also when a later one fails. */
async function runCommand(io: Io, line: CommandLine): Promise<number> {
  const { command, configuration, format } = line;
  const setup: Setup = {
    now: io.now(),
    defaults: { organization: configuration.organization, project: configuration.project },
  };
  const runs = runsOf(command, line.rest, setup);
  const { api, close } = await openApi(io, line);
  const done: Result[] = [];
  const print = createPrinter(io, line, runs.length > 1);
  let code: number = exitCode.success;
  try {
    for (const words of runs) {
      const { assignments, deprecated } = await readInvocation(command, words, setup);
      if (format.kind === 'human') warnOfDeprecated(io, command, deprecated);
      const { types } = io.table;
      const result = await actionOf(command.operation)({
        command,
        assignments,
        api,
        configuration,
        types,
        env: io.env,
        terminal: io,
      });
      done.push(result);
      await print.one(result);
      if (result.shape === 'object') code = Math.max(code, result.exitCode ?? code);
    }
  } finally {
    close();
    await print.all(done);
  }
  return code;
}

function warnOfDeprecated({ stderr }: Io, command: Command, names: readonly string[]): void {
  for (const name of names) {
    const help = `scw ${command.words.join(' ')} --help`;
    stderr.write(`The argument '${name}' is deprecated, more info with: ${help}\n`);
  }
}

async function openApi(
  io: Io,
  { configuration, flags }: CommandLine,
): Promise<{ readonly api: Api; readonly close: () => void }> {
  const transport = createTransport({ env: { ...io.env }, insecure: configuration.insecure });
  const isDebug = flags.debug || io.env.SCW_DEBUG === 'true';
  const logged = isDebug
    ? (await import('./client/debug.ts')).withDebugLog(transport, (text) => io.stderr.write(`${text}\n`))
    : transport;
  const progress = createProgress(io.stderr, io.now);
  const api = createApi({
    configuration,
    transport: logged,
    userAgent: `bailiwick-sdk/${version} (node${process.version}; ${process.platform}; ${process.arch}) bailiwick-cli/${version}`,
    sleep: io.sleep,
    onPage: progress.show,
  });
  const close = () => {
    progress.clear();
    transport.close();
  };
  return { api, close };
}

interface Printer {
  /** People see each result when it is there. */
  one(result: Result): Promise<void>;
  /** Programs get one document. */
  all(results: readonly Result[]): Promise<void>;
}

function createPrinter(io: Io, { format, painter }: CommandLine, areSeveral: boolean): Printer {
  const { stdout, table } = io;
  if (format.kind !== 'human') {
    return {
      one: async () => {},
      all: async (results) => {
        if (results.length === 0) return;
        const values = results.map(programValue);
        stdout.write(await renderForPrograms(areSeveral ? values : values[0]!, format));
      },
    };
  }
  const view: View = { types: table.types, painter, width: stdout.isTerminal ? stdout.columns : null, now: io.now() };
  return {
    one: async (result) => stdout.write(await renderForPeople(result, format, view, areSeveral)),
    all: async () => {},
  };
}

function showHelp({ table, stdout }: Io, words: readonly string[]): number {
  const [first] = words;
  if (words.length === 1 && first !== undefined && first in localCommands) {
    stdout.write(`${localCommands[first]}\n\nUSAGE:\n  scw ${first}\n`);
    return exitCode.success;
  }
  const found = findCommand(table, words);
  if (found.kind === 'unknown') throw bareError(`unknown command "${found.word}" for "scw"`);
  stdout.write(found.kind === 'command' ? commandHelp(found.command) : groupHelp(table, found.words));
  const isKnown = found.kind === 'command' || found.complete;
  return isKnown && words.length > 0 ? exitCode.success : exitCode.failure;
}

async function showVersion({ stdout }: Io, format: Format): Promise<number> {
  const facts = { runtime: `node ${process.version}`, os: process.platform, arch: process.arch, version };
  if (format.kind === 'human') {
    const lines = [
      `Version  ${version}`,
      `Runtime  ${facts.runtime}`,
      `OS       ${facts.os}`,
      `Arch     ${facts.arch}`,
    ];
    stdout.write(`${lines.join('\n')}\n`);
  } else {
    stdout.write(await renderForPrograms(facts, format));
  }
  return exitCode.success;
}
