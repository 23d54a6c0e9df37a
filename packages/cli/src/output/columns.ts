import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { columnHeader } from '@bailiwick/contract/go-names';
import { fieldAt } from './format.ts';
import { isObject, type Json, type JsonObject } from './result.ts';

/** A column that was asked for by its field. */
export interface Column {
  /** As typed: `Tags.0` */
  readonly path: string;
  /** Heading of a table: `TAGS0` */
  readonly header: string;
  readonly field: Field;
  readonly value: (row: JsonObject) => Json;
}

/** Columns for field names and dotted paths; those that the type does not have are left out. */
export function columnsOf(paths: readonly string[], type: string, types: CommandTable['types']): readonly Column[] {
  return paths.flatMap((path) => {
    const field = fieldAt(path, type, types);
    if (field === null) return [];
    return [{ path, header: headerOf(path, type, types), field, value: reader(path, type, types) }];
  });
}

/** `Tags.0` → `TAGS0`. */
function headerOf(path: string, type: string, types: CommandTable['types']): string {
  const names: string[] = [];
  const parts = path.split('.');
  for (const [depth, part] of parts.entries()) {
    const isIndex = /^\d+$/.test(part);
    const field = isIndex ? null : fieldAt(parts.slice(0, depth + 1).join('.'), type, types);
    if (isIndex) names.push(`${names.pop() ?? ''}${part}`);
    else names.push(field?.header ?? columnHeader(part));
  }
  return names.join(' ');
}

function reader(path: string, type: string, types: CommandTable['types']): (row: JsonObject) => Json {
  const parts = path.split('.');
  const keys = parts.map((part, depth) =>
    /^\d+$/.test(part) ? Number(part) : fieldAt(parts.slice(0, depth + 1).join('.'), type, types)!.key,
  );
  return (row) => keys.reduce<Json>((value, key) => inside(value, key), row);
}

function inside(value: Json, key: string | number): Json {
  if (Array.isArray(value)) return (typeof key === 'number' ? (value[key] as Json | undefined) : undefined) ?? null;
  return (isObject(value) ? (value as JsonObject)[key] : undefined) ?? null;
}
