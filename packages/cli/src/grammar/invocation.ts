import { promises } from 'node:fs';
import type { Argument, CommandShape } from '@bailiwick/contract/command-table';
import { reasonOf } from '../client/file-problem.ts';
import { isSecretName } from '../client/secret.ts';
import { CommandError } from '../command-error.ts';
import { type Assignment, readAssignments, splitWord } from './assignments.ts';
import { generatedName } from './generated-name.ts';
import { uuid } from './uuid.ts';
import type { Value } from './values.ts';

/** What is filled in for arguments nobody typed. */
export interface Defaults {
  readonly organization: string | null;
  readonly project: string | null;
}

export interface Setup {
  readonly defaults: Defaults;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The words of each run: a command runs once for every bare word, with all other words and the defaults.
 *
 * @throws CommandError when the command needs a bare word and there is none
 */
export function runsOf(command: CommandShape, typed: readonly string[], setup: Setup): readonly (readonly string[])[] {
  const { positional } = command;
  const named = typed.filter((word) => word.includes('='));
  if (positional === null) {
    refuseNameless(command, typed);
    return [withDefaults(command, typed, setup)];
  }
  const others = withDefaults(command, named, setup);
  if (named.some((word) => splitWord(word)[0] === positional)) return [others];
  const bare = typed.filter((word) => !word.includes('='));
  if (bare.length > 0) return bare.map((word) => [`${positional}=${word}`, ...others]);
  const line = ['scw', ...command.words, `<${positional}>`, ...others.map(withoutSecret)].join(' ');
  throw new CommandError('a positional argument is required for this command', { hint: `Try running: ${line}` });
}

function withoutSecret(word: string): string {
  const [name] = splitWord(word);
  return isSecretName(name) ? `${name}=…` : word;
}

/** A name without a value would be taken for one that should be generated. */
function refuseNameless(command: CommandShape, typed: readonly string[]): void {
  const generated = command.arguments.find(({ name, generated }) => generated !== null && typed.includes(name));
  if (generated) {
    throw new CommandError(`argument '${generated.name}' needs a value`, {
      hint: `Type it as ${generated.name}=VALUE`,
    });
  }
}

/** Literal defaults, generated names and what help shows as retrieved from the configuration. */
function withDefaults(command: CommandShape, typed: readonly string[], { defaults }: Setup): readonly string[] {
  const values = new Map(typed.map((word) => splitWord(word)));
  const fallback = (argument: Argument): string | null => {
    const { default: literal, generated, fromConfig } = argument;
    const value = values.get(argument.name);
    if (generated !== null && !value) return `${value === undefined ? 'cli-' : ''}${generatedName(generated)}`;
    if (fromConfig?.shown && (value === undefined || (value === '' && fromConfig.whenEmpty)))
      return defaults[fromConfig.setting];
    return value === undefined ? literal : null;
  };
  const filled = command.arguments.flatMap((argument) => {
    const value = fallback(argument);
    return value === null ? [] : [[argument.name, `${argument.name}=${value}`] as const];
  });
  const replaced = new Set(filled.map(([name]) => name));
  return [...typed.filter((word) => !replaced.has(splitWord(word)[0])), ...filled.map(([, word]) => word)];
}

/** Arguments of one run, checked as far as the client checks them. */
export interface Invocation {
  readonly assignments: readonly Assignment[];
  /** Names of deprecated arguments that were used. */
  readonly deprecated: readonly string[];
}

/**
 * Reads the words of one run.
 *
 * @throws CommandError for the first thing that is wrong
 */
export async function readInvocation(
  command: CommandShape,
  words: readonly string[],
  setup: Setup,
): Promise<Invocation> {
  const read = readAssignments(command.arguments, words, setup.now);
  const loaded = await Promise.all(read.map(loadFile));
  for (const argument of command.arguments) checkValues(argument, loaded);
  for (const argument of command.arguments) requireArgument(argument, loaded);
  const given = loaded.filter((assignment) => !isNotGiven(assignment));
  const filled = command.arguments.flatMap((argument) => fromConfiguration(argument, given, setup.defaults));
  const replaced = new Set(filled.map(({ argument }) => argument));
  return {
    assignments: [...given.filter(({ argument }) => !replaced.has(argument)), ...filled],
    deprecated: loaded.filter(({ argument }) => argument.deprecated).map(({ argument }) => argument.name),
  };
}

async function loadFile(assignment: Assignment): Promise<Assignment> {
  const { argument, value } = assignment;
  if (!argument.loadFile || typeof value !== 'string' || !value.startsWith('@')) return assignment;
  const path = value.slice(1);
  try {
    return { ...assignment, value: await promises.readFile(path, 'utf8') };
  } catch (failure) {
    const reason = reasonOf(failure as NodeJS.ErrnoException);
    throw new CommandError(`could not open requested file: open ${path}: ${reason}`, { cause: failure });
  }
}

function checkValues(argument: Argument, assignments: readonly Assignment[]): void {
  for (const { value } of assignments.filter((assignment) => assignment.argument === argument)) {
    if (typeof value !== 'string' || value === '') continue;
    if (argument.enum && !argument.enum.includes(value)) {
      throw new CommandError(`invalid value '${value}' for arg '${argument.name}'`, {
        hint: `Accepted values for '${argument.name}' are [${argument.enum.join(' ')}]`,
      });
    }
    if (argument.uuid && !uuid.test(value)) {
      throw new CommandError(`invalid ${argument.name} '${value}'`, {
        hint: `${argument.name} should be a valid UUID, formatted as: XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX.`,
      });
    }
  }
}

/** Lists are left to the API, which knows what an empty one means. */
function requireArgument(argument: Argument, assignments: readonly Assignment[]): void {
  const isMissing = !assignments.some((assignment) => assignment.argument === argument);
  if (argument.required && !argument.list && isMissing)
    throw new CommandError(`missing required argument '${argument.name}'`);
}

/** An enum without a value counts as not typed. */
function isNotGiven({ argument, value }: Assignment): boolean {
  return value === '' && argument.type === 'enum';
}

function fromConfiguration(
  argument: Argument,
  given: readonly Assignment[],
  defaults: Defaults,
): readonly Assignment[] {
  const { fromConfig, oneOf } = argument;
  if (fromConfig === null) return [];
  // Of a group at most one may be set: what was typed is not joined by what nobody typed.
  if (oneOf !== null && given.some((other) => other.argument !== argument && other.argument.oneOf === oneOf)) return [];
  const value: Value | null = defaults[fromConfig.setting];
  const typed = given.find((assignment) => assignment.argument === argument);
  const isFilled = typed === undefined || (typed.value === '' && fromConfig.whenEmpty);
  return isFilled && value !== null ? [{ argument, indices: [], value, empty: null }] : [];
}
