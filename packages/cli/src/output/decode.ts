import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { parseDuration } from '@bailiwick/contract/duration';
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
  if (!field.list) return decodeValue(value, field, types);
  return Array.isArray(value) ? value.map((item: Json) => decodeValue(item, field, types)) : null;
}

function decodeValue(value: Json | undefined, field: Field, types: CommandTable['types']): Json {
  switch (field.type) {
    case 'object':
      return isObject(value) && field.object !== null ? decode(value as JsonObject, field.object, types) : null;
    case 'map':
      return isObject(value) ? (value as JsonObject) : null;
    case 'datetime':
      return typeof value === 'string' ? withoutTrailingZeros(value) : null;
    case 'duration':
      return typeof value === 'string' ? decodeDuration(value) : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : missing(field, false);
    case 'integer':
      return typeof value === 'number' ? value : missing(field, 0);
    case 'string':
    case 'enum':
      return typeof value === 'string' ? value : missing(field, '');
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

function missing({ nullable }: Field, zero: Json): Json {
  return nullable ? null : zero;
}
