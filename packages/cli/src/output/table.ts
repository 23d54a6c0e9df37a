import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { columnHeader } from '@bailiwick/contract/go-names';
import { fieldAt } from './format.ts';
import { isObject, type Json, type JsonObject } from './result.ts';
import { type Cell, oneLine, plain, showValue, type Viewing } from './values.ts';

interface Column {
  readonly header: string;
  readonly field: Field;
  readonly value: (row: JsonObject) => Json;
}

/**
 * The cells of a table, headings first.
 *
 * @param chosen field names or dotted paths; null for all simple fields
 */
export function tableRows(
  rows: readonly JsonObject[],
  type: string,
  chosen: readonly string[] | null,
  types: CommandTable['types'],
  viewing: Viewing,
): readonly (readonly Cell[])[] {
  const all = (types[type] ?? []).filter(({ column }) => column).map(({ field }) => field);
  const columns = (chosen ?? all).flatMap((path) => {
    const field = fieldAt(path, type, types);
    return field === null ? [] : [{ header: headerOf(path, type, types), field, value: reader(path, type, types) }];
  });
  return [
    columns.map(({ header }) => plain(header)),
    ...rows.map((row) => columns.map((one) => cellOf(one, row, viewing))),
  ];
}

function cellOf({ field, value }: Column, row: JsonObject, viewing: Viewing): Cell {
  const content = value(row);
  if (content === null) return plain('-');
  if (!Array.isArray(content)) return isObject(content) ? plain('-') : showValue(content, field, viewing);
  if (field.type === 'object') return plain(String(content.length));
  return plain(oneLine(`[${content.map((item: Json) => String(item)).join(' ')}]`));
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
