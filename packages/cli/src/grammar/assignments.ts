import type { Argument } from '@bailiwick/contract/command-table';
import { isSecretName } from '../client/secret.ts';
import { CommandError } from '../command-error.ts';
import { type Shape, shapeOf } from './shape.ts';
import { similarWords } from './similar-words.ts';
import { readValue, type Value } from './values.ts';

/** One typed argument: which, at which indices, and its value. */
export interface Assignment {
  readonly argument: Argument;
  readonly indices: readonly number[];
  /** Null for `none` and `{}`, which `empty` tells apart. */
  readonly value: Value | null;
  readonly empty: 'list' | 'object' | null;
}

const namePattern = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/;

/** `name=value`; a word without `=` has an empty value. */
export function splitWord(word: string): readonly [name: string, value: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

/**
 * Reads `name=value` words in the order they were typed; the first error stops.
 *
 * @param now milliseconds since 1970
 * @throws CommandError
 */
export function readAssignments(
  all: readonly Argument[],
  words: readonly string[],
  now: number,
): readonly Assignment[] {
  const root = shapeOf(all);
  const seen: string[] = [];
  const lengths = new Map<string, number>();
  return words.map((word) => {
    const [name, value] = splitWord(word);
    const validArguments = () => {
      const names = all.filter(({ deprecated, hidden }) => !deprecated && !hidden).map((argument) => argument.name);
      return { hint: names.length === 0 ? 'This command takes none.' : `Valid arguments are: ${names.join(', ')}` };
    };
    if (!namePattern.test(name)) {
      throw new CommandError(
        `invalid argument '${name}': arg name must only contain lowercase letters, numbers or dashes`,
        validArguments(),
      );
    }
    const parts = name.split('.').map((part) => (isIndex(part) ? String(Number(part)) : part));
    const place = parts.join('.');
    const shown = value === '' || name.split('.').some(isSecretName) ? name : `${name}=${value}`;
    const fail = (reason: string) => new CommandError(`cannot unmarshal arg '${shown}': ${reason}`);
    refuseRepeated(seen, place, fail);
    seen.push(place);
    const found = walk(root, parts, value, lengths, fail);
    if (found === 'unknown') {
      throw new CommandError(`unknown argument '${name}'`, { ...meantArgument(all, parts), ...validArguments() });
    }
    if (found.empty !== null) return { ...found, value: null };
    return { ...found, value: readValue(found.argument, name, value, now) };
  });
}

/** The name that may have been meant, with the indices that were typed. */
function meantArgument(all: readonly Argument[], parts: readonly string[]): { readonly details?: string } {
  const typed = parts.map((part) => (isIndex(part) ? '{index}' : part)).join('.');
  const names = all.filter(({ deprecated }) => !deprecated).map(({ name }) => name);
  const [nearest] = similarWords(names, typed);
  if (nearest === undefined) return {};
  const indices = parts.filter(isIndex);
  return { details: `Did you mean '${nearest.replaceAll('{index}', () => indices.shift() ?? '0')}'?` };
}

function isIndex(part: string): boolean {
  return /^\d+$/.test(part);
}

function refuseRepeated(seen: readonly string[], place: string, fail: (reason: string) => CommandError): void {
  for (const before of seen) {
    if (before === place) throw fail('duplicate argument');
    if (before.startsWith(`${place}.`) || place.startsWith(`${before}.`)) {
      throw new CommandError(`arguments '${before}' and '${place}' cannot be used simultaneously`);
    }
  }
}

type Target = Omit<Assignment, 'value'>;

/** Follows a name into the shape and counts list elements on the way. */
function walk(
  root: Shape,
  parts: readonly string[],
  value: string,
  lengths: Map<string, number>,
  fail: (reason: string) => CommandError,
): Target | 'unknown' {
  let here = root;
  const indices: number[] = [];
  for (const [depth, part] of parts.entries()) {
    if (here.kind === 'scalar') throw fail('cannot set nested field for unmarshalable type string');
    if (here.kind === 'list') {
      indices.push(listIndex(part, parts.slice(0, depth).join('.'), lengths, fail));
      here = here.item;
      continue;
    }
    const inner = here.fields.get(part);
    if (inner === undefined) return 'unknown';
    here = inner;
  }
  if (here.kind === 'scalar') return { argument: here.argument, indices, empty: null };
  if (here.kind === 'list') {
    if (value !== 'none' || !here.acceptsNone) throw fail('missing index on the array');
    return { argument: anyArgument(here), indices, empty: 'list' };
  }
  if (value !== '{}' || !here.optional) throw fail(`missing field name for type ${here.title}`);
  return { argument: anyArgument(here), indices, empty: 'object' };
}

function anyArgument(shape: Shape): Argument {
  if (shape.kind === 'scalar') return shape.argument;
  return anyArgument(shape.kind === 'list' ? shape.item : [...shape.fields.values()][0]!);
}

/** An index comes after all lower ones. */
function listIndex(
  part: string,
  list: string,
  lengths: Map<string, number>,
  fail: (reason: string) => CommandError,
): number {
  if (!isIndex(part)) throw fail(`invalid index '${part}' is not a positive integer`);
  const index = Number(part);
  const length = lengths.get(list) ?? 0;
  if (index === length) lengths.set(list, length + 1);
  if (index <= length) return index;
  const shown = Array.from({ length: Math.min(index - length, 10) }, (_, offset) => length + offset).join(',');
  throw fail(
    index - length === 1
      ? `missing index ${length}, all indices prior to ${index} must be set as well`
      : `missing indices, ${shown}${index - length > 10 ? ',...' : ''} all indices prior to ${index} must be set as well`,
  );
}
