import type { Word } from './definitions.ts';
import { enumerate, type Faults, quote } from './faults.ts';
import { kindOf, type Located, type LocatedMap } from './located.ts';

/** A map of the file while it is read: what it is called in errors, and where they go. */
export interface Members {
  readonly thing: string;
  readonly line: number;
  readonly entries: LocatedMap['entries'];
  readonly faults: Faults;
}

/**
 * The members of a map: those that have to be there, with what to write for them, and those that may be.
 *
 * @returns a map without members when it is none
 */
export function readMembers(
  value: Located,
  thing: string,
  { required, optional }: { readonly required: Readonly<Record<string, string>>; readonly optional: readonly string[] },
  faults: Faults,
): Members {
  const known = [...Object.keys(required), ...optional];
  const { line } = value;
  if (value.kind !== 'map') {
    faults.add(line, thing, `it is ${kindOf(value)}; write a map with ${enumerate(known)}`);
    return { thing, line, entries: new Map(), faults };
  }
  for (const [name, entry] of value.entries)
    if (!known.includes(name))
      faults.add(entry.line, thing, `${quote(name)} is no member of it; it takes ${enumerate(known)}`);
  for (const [name, hint] of Object.entries(required))
    if (!value.entries.has(name)) faults.add(line, thing, `\`${name}\` is missing; give ${hint}`);
  return { thing, line, entries: value.entries, faults };
}

export function readWord(members: Members, name: string): Word | undefined {
  const value = members.entries.get(name)?.value;
  return value && wordOf(value, name, members);
}

function wordOf(value: Located, name: string, { thing, faults }: Members): Word | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'string') return { text: value.value, line: value.line };
  const help = value.kind === 'scalar' && value.value !== null ? 'put it in quotes' : 'write one';
  faults.add(value.line, thing, `\`${name}\` takes a text, not ${kindOf(value)}; ${help}`);
  return undefined;
}

export function readWords(members: Members, name: string): readonly Word[] {
  return readList(members, name).flatMap((item) => wordOf(item, name, members) ?? []);
}

/** The items of a list; none when it is left out. */
export function readList({ thing, entries, faults }: Members, name: string): readonly Located[] {
  const value = entries.get(name)?.value;
  if (value === undefined) return [];
  if (value.kind === 'list') return value.items;
  faults.add(
    value.line,
    thing,
    `\`${name}\` takes a list, not ${kindOf(value)}; write \`${name}: []\` for an empty one`,
  );
  return [];
}

export function readFlag({ thing, entries, faults }: Members, name: string): boolean {
  const value = entries.get(name)?.value;
  if (value === undefined) return false;
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value;
  faults.add(value.line, thing, `\`${name}\` takes true or false, not ${kindOf(value)}`);
  return false;
}

/** One of a few words. */
export function readChoice<const V extends string>(
  members: Members,
  name: string,
  choices: readonly V[],
): V | undefined {
  const word = readWord(members, name);
  return word && chosen(word, name, choices, members);
}

export function readChoices<const V extends string>(
  members: Members,
  name: string,
  choices: readonly V[],
): readonly V[] {
  return readWords(members, name).flatMap((word) => chosen(word, name, choices, members) ?? []);
}

function chosen<V extends string>(
  { text, line }: Word,
  name: string,
  choices: readonly V[],
  { thing, faults }: Members,
): V | undefined {
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    faults.add(line, thing, `\`${name}\` is ${quote(text)}; it takes ${enumerate(choices, 'or')}`);
  return found;
}
