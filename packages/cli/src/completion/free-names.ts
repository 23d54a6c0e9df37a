import type { Argument } from '@bailiwick/contract/command-table';
import { splitWord } from '../grammar/assignments.ts';

/** An argument by the name under which it can be typed next. */
export interface FreeName {
  /** With numbers for `{index}`: `rules.1.project-ids.0`. */
  readonly name: string;
  readonly argument: Argument;
}

/**
 * Arguments that a line does not have yet, lists at their next free index. Those that help does not list are left out.
 *
 * @param typed the words after the command
 */
export function freeNames(all: readonly Argument[], typed: readonly string[]): readonly FreeName[] {
  const used = typed.filter((word) => word.includes('=')).map((word) => place(splitWord(word)[0]));
  const overlaps = (name: string) =>
    used.some((other) => other === name || name.startsWith(`${other}.`) || other.startsWith(`${name}.`));
  return all
    .filter(({ deprecated, hidden }) => !deprecated && !hidden)
    .flatMap((argument) => namesOf(argument.name.split('.'), [], used).map((name) => ({ name, argument })))
    .filter(({ name }) => !overlaps(name));
}

function namesOf([part, ...rest]: readonly string[], before: readonly string[], used: readonly string[]): string[] {
  if (part === undefined) return [before.join('.')];
  if (part !== '{index}') return namesOf(rest, [...before, part], used);
  const next = lengthOf(before.join('.'), used);
  // An object in a list may have more fields; what is at the end of a name is there or not.
  const indices = rest.length === 0 ? [next] : Array.from({ length: next + 1 }, (_, index) => index);
  return indices.flatMap((index) => namesOf(rest, [...before, String(index)], used));
}

function lengthOf(list: string, used: readonly string[]): number {
  let length = 0;
  while (used.some((name) => name === `${list}.${length}` || name.startsWith(`${list}.${length}.`))) length += 1;
  return length;
}

/** `tags.00` is `tags.0`. */
function place(name: string): string {
  return name.replace(/(?<=\.)\d+(?=\.|$)/g, (index) => String(Number(index)));
}

/** The argument that a typed name means. */
export function argumentNamed(all: readonly Argument[], name: string): Argument | undefined {
  const pattern = name.replace(/(?<=\.)\d+(?=\.|$)/g, '{index}');
  return all.find((argument) => argument.name === pattern);
}
