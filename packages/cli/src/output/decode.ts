import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { parseDuration } from '@bailiwick/contract/duration';
import { unreadableAnswer } from '../client/unreadable-answer.ts';
import { isObject, type Json, type JsonObject } from './result.ts';

/**
 * Rebuilds an answer as the type that the table names: fixed order of keys, nothing unknown, a value for everything
 * that is missing.
 */
export function decode(answer: JsonObject, type: string, types: CommandTable['types']): JsonObject {
  const fields = types[type] ?? [];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = decodeField(answer[field.key], field, types);
      return field.omittedWhenEmpty && isEmpty(value, field) ? [] : [[field.key, value]];
    }),
  );
}

/** What may be null is empty when it is null, everything else when it is `""`, `false` or 0. */
function isEmpty(value: Json, { nullable }: Field): boolean {
  return value === null || (!nullable && (value === '' || value === false || value === 0));
}

function decodeField(value: Json | undefined, field: Field, types: CommandTable['types']): Json {
  if (!field.list || field.type === 'map') return decodeValue(value, field, types);
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw unreadableAnswer(`${field.key} is no list`);
  return value.map((item: Json) => decodeValue(item, field, types));
}

/** What is wrong with a value that is there; the service would have to be another one. */
const wrong = {
  object: 'no object',
  boolean: 'neither true nor false',
  number: 'no number',
  string: 'no text',
} as const;

function decodeValue(value: Json | undefined, field: Field, types: CommandTable['types']): Json {
  if (value === undefined || value === null) return emptyOf(field);
  const require = (isRight: boolean, kind: keyof typeof wrong) => {
    if (!isRight) throw unreadableAnswer(`${field.key} is ${wrong[kind]}`);
  };
  switch (field.type) {
    case 'object':
      require(isObject(value), 'object');
      return field.object === null ? null : decode(value as JsonObject, field.object, types);
    case 'map':
      require(isObject(value), 'object');
      return value;
    case 'datetime':
    case 'duration':
      require(typeof value === 'string', 'string');
      return field.type === 'datetime' ? withoutTrailingZeros(String(value)) : decodeDuration(String(value));
    case 'boolean':
      require(typeof value === 'boolean', 'boolean');
      return value;
    case 'integer':
      require(typeof value === 'number', 'number');
      return value;
    case 'string':
    case 'enum':
      require(typeof value === 'string', 'string');
      return value;
  }
}

/** `12:00:00.120Z` → `12:00:00.12Z` */
function withoutTrailingZeros(time: string): string {
  return time.replace(/\.(\d*?)0*(?=Z|[+-])/, (_match, digits: string) => (digits === '' ? '' : `.${digits}`));
}

/** Seconds with nine decimals, as the official client writes them. */
function decodeDuration(text: string): string {
  const seconds = parseDuration(text);
  return seconds === null ? text : `${seconds.toFixed(9)}s`;
}

const zeros: Readonly<Partial<Record<Field['type'], Json>>> = { boolean: false, integer: 0, string: '', enum: '' };

function emptyOf({ nullable, type }: Field): Json {
  return nullable ? null : (zeros[type] ?? null);
}
