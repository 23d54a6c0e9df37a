import type { CommandTable, Field, ObjectType } from '@bailiwick/contract/command-table';
import { isObject, type Json, type JsonObject } from '../result.ts';

/**
 * What a template works on. Fields are kept in maps, so that a name reaches nothing but what the command prints; `json`
 * is the value as `-o json` shows it.
 */
export type Value = null | boolean | number | string | FloatValue | TimeValue | ListValue | MapValue | ObjectValue;

/** A number that was typed with a fraction or an exponent: for Go it is of another type than whole numbers, also `1.0`. */
export interface FloatValue {
  readonly kind: 'float';
  readonly number: number;
  readonly json: number;
}

export interface TimeValue {
  readonly kind: 'time';
  /** RFC 3339 */
  readonly json: string;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly json: Json;
}

export interface MapValue {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Value>;
  readonly json: Json;
}

export interface ObjectValue {
  readonly kind: 'object';
  /** By the names of templates. */
  readonly fields: ReadonlyMap<string, Value>;
  readonly json: Json;
}

type Types = CommandTable['types'];

/** An object of the named type, with all its fields. */
export function objectValue(json: JsonObject, type: ObjectType, types: Types): ObjectValue {
  const fields = type.map((field) => [field.field, fieldValue(json[field.key] ?? null, field, types)] as const);
  return { kind: 'object', fields: new Map(fields), json };
}

function fieldValue(json: Json, field: Field, types: Types): Value {
  if (field.type === 'map') return mapValue(json);
  if (!field.list) return single(json, field, types);
  const items = Array.isArray(json) ? json.map((item: Json) => single(item, field, types)) : [];
  return { kind: 'list', items, json };
}

function single(json: Json, field: Field, types: Types): Value {
  if (json === null) return field.nullable || field.list ? null : (zeros[field.type] ?? null);
  if (field.type === 'datetime' && typeof json === 'string') return { kind: 'time', json };
  if (isObject(json)) return objectValue(json as JsonObject, types[field.object ?? ''] ?? [], types);
  return plainValue(json);
}

/** Fields that are left out when empty are there all the same. */
const zeros: Readonly<Record<string, Value>> = { string: '', enum: '', boolean: false, integer: 0 };

function mapValue(json: Json): MapValue {
  const entries = isObject(json) ? Object.entries(json as JsonObject) : [];
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const values = new Map(sorted.map(([key, value]) => [key, plainValue(value)]));
  return { kind: 'map', entries: values, json: isObject(json) ? Object.fromEntries(sorted) : json };
}

/** A value of which nothing is known but itself. */
function plainValue(json: Json): Value {
  if (Array.isArray(json)) return { kind: 'list', items: json.map(plainValue), json };
  if (isObject(json)) return mapValue(json as JsonObject);
  return json as null | boolean | number | string;
}

export function isFloat(value: Value): value is FloatValue {
  return typeof value === 'object' && value !== null && value.kind === 'float';
}

/** The value as `-o json` shows it. */
export function jsonOf(value: Value): Json {
  return typeof value === 'object' && value !== null ? value.json : value;
}

/** What `if` and `and` ask: empty texts, lists and maps, 0, false and null are not. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (value.kind === 'float') return value.number !== 0;
  if (value.kind === 'list') return value.items.length > 0;
  return value.kind === 'map' ? value.entries.size > 0 : true;
}

/** A field of an object, a key of a map. What is not there is null. */
export function inside(value: Value, name: string): Value {
  if (typeof value !== 'object' || value === null) return null;
  if (value.kind === 'object') return value.fields.get(name) ?? null;
  return value.kind === 'map' ? (value.entries.get(name) ?? null) : null;
}
