import type { Word } from '../catalogue/definitions.ts';
import { type Faults, quote } from '../catalogue/faults.ts';
import { kindOf, type Located } from '../catalogue/located.ts';
import { type Members, readWord } from '../catalogue/members.ts';

/** Values that the files of an operator have in common, each read with the line of what is wrong with it. */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const resourceName = /^[a-z][a-z0-9-]{1,39}:[a-z][a-z0-9_]{0,62}$/;
const actionName = /^[a-z][a-z0-9_]{0,62}$/;

/** What the catalogue has. Without one every name of the right form will do. */
export interface KnownNames {
  hasResource(name: string): boolean;
  hasPermission(name: string): boolean;
  /** What a permission is about; undefined for one that is not known. */
  scopeOf(permission: string): 'project' | 'organization' | 'self' | undefined;
}

export const anyNames: KnownNames = { hasResource: () => true, hasPermission: () => true, scopeOf: () => undefined };

/** The member `version`, which says that the file is of this form. */
export function readVersion({ entries, thing, faults }: Members): void {
  const value = entries.get('version')?.value;
  if (value && !(value.kind === 'scalar' && value.value === 1))
    faults.add(value.line, thing, 'the version of the format is 1; write `version: 1`');
}

export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** An id of ours, in lower case. */
export function readId(members: Members, name: string): string | undefined {
  const word = readWord(members, name);
  if (word === undefined) return undefined;
  if (isUuid(word.text)) return word.text.toLowerCase();
  members.faults.add(word.line, members.thing, `\`${name}\` is ${quote(word.text)}; it takes a UUID`);
  return undefined;
}

/** `service:resource` */
export function checkResource({ text, line }: Word, thing: string, known: KnownNames, faults: Faults): void {
  if (!resourceName.test(text)) faults.add(line, thing, `${quote(text)} is no resource; write it as in \`wiki:page\``);
  else if (!known.hasResource(text)) faults.add(line, thing, `the catalogue has no resource ${quote(text)}`);
}

export function checkAction(
  { text, line }: Word,
  resource: string | undefined,
  thing: string,
  known: KnownNames,
  faults: Faults,
): void {
  if (!actionName.test(text)) faults.add(line, thing, `${quote(text)} is no action; write it as in \`read\``);
  else if (resource !== undefined && known.hasResource(resource) && !known.hasPermission(`${resource}:${text}`))
    faults.add(line, thing, `the catalogue has no permission ${quote(`${resource}:${text}`)}`);
}

/** `service:resource:action` */
export function checkPermission({ text, line }: Word, thing: string, known: KnownNames, faults: Faults): void {
  const [service, resource, action, ...more] = text.split(':');
  const formed = resourceName.test(`${service}:${resource}`) && actionName.test(action ?? '') && more.length === 0;
  if (!formed) faults.add(line, thing, `${quote(text)} is no permission; write it as in \`wiki:page:read\``);
  else if (!known.hasPermission(text)) faults.add(line, thing, `the catalogue has no permission ${quote(text)}`);
}

/** Maps of the file by name, in its order. */
export function readEntries({ thing, entries, faults }: Members, name: string): readonly Entry[] {
  const value = entries.get(name)?.value;
  if (value === undefined) return [];
  if (value.kind !== 'map') {
    faults.add(value.line, thing, `\`${name}\` takes a map, not ${kindOf(value)}`);
    return [];
  }
  return [...value.entries].map(([key, entry]) => ({ key: { text: key, line: entry.line }, value: entry.value }));
}

export interface Entry {
  readonly key: Word;
  readonly value: Located;
}

/** Values of any kind, as they are in JSON. */
export function readProperties(members: Members, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(readEntries(members, name).map(({ key, value }) => [key.text, plain(value)]));
}

function plain(value: Located): unknown {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries([...value.entries].map(([name, entry]) => [name, plain(entry.value)]));
}
