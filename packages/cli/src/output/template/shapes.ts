import type { CommandTable, Field } from '@bailiwick/contract/command-table';

/** What is known of a value before there is one. */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'float' | 'boolean' | 'time' | 'nil' | 'anything' }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | { readonly kind: 'object'; readonly type: string };

export const text: Shape = { kind: 'text' };
export const number: Shape = { kind: 'number' };
export const boolean: Shape = { kind: 'boolean' };
export const anything: Shape = { kind: 'anything' };

const words: Readonly<Record<Shape['kind'], string>> = {
  text: 'a text',
  number: 'a number',
  float: 'a number with a fraction',
  boolean: 'true or false',
  time: 'a time',
  nil: 'nil',
  anything: 'anything',
  list: 'a list',
  map: 'a map',
  object: 'an object',
};

/** `a list`, as messages say it. */
export function nameOf({ kind }: Shape): string {
  return words[kind];
}

/** The shape of a field; null where the object has none of that name. */
export function shapeOfField(type: string, name: string, types: CommandTable['types']): Shape | null {
  const field = types[type]?.find((candidate) => candidate.field === name);
  if (field === undefined) return null;
  if (field.type === 'map') return { kind: 'map', of: field.list ? { kind: 'list', of: text } : anything };
  const one = shapeOfOne(field);
  return field.list ? { kind: 'list', of: one } : one;
}

function shapeOfOne({ type, object }: Field): Shape {
  switch (type) {
    case 'object':
      return object === null ? anything : { kind: 'object', type: object };
    case 'datetime':
      return { kind: 'time' };
    case 'integer':
      return number;
    case 'boolean':
      return boolean;
    default:
      return text;
  }
}

/** The shape that holds for both, `anything` where they differ. */
export function shapeOfBoth(a: Shape, b: Shape): Shape {
  if (a.kind === 'nil') return b;
  if (b.kind === 'nil') return a;
  return isSame(a, b) ? a : anything;
}

export function isSame(a: Shape, b: Shape): boolean {
  if (a.kind !== b.kind) return false;
  if ((a.kind === 'list' || a.kind === 'map') && 'of' in b) return isSame(a.of, b.of);
  return a.kind !== 'object' || b.kind !== 'object' || a.type === b.type;
}
