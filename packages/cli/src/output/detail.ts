import type { CommandTable } from '@bailiwick/contract/command-table';
import { isObject, type Json, type JsonObject } from './result.ts';
import { type Cell, oneLine, plain, showValue, type Viewing } from './values.ts';

/** `Field  value` lines of one object; what is null has none. */
export function detailRows(
  value: JsonObject,
  type: string,
  types: CommandTable['types'],
  viewing: Viewing,
  prefix = '',
): readonly (readonly Cell[])[] {
  return (types[type] ?? []).flatMap((field) => {
    const content = value[field.key] ?? null;
    const name = `${prefix}${field.field}`;
    if (content === null) return [];
    const line = (label: string, item: Json): readonly (readonly Cell[])[] => {
      if (isObject(item) && field.object !== null) {
        return detailRows(item as JsonObject, field.object, types, viewing, `${label}.`);
      }
      if (isObject(item)) return pairRows(item as JsonObject, `${label}.`);
      return [[plain(label), showValue(item, field, viewing)]];
    };
    return Array.isArray(content) && field.list
      ? content.flatMap((item: Json, index) => line(`${name}.${index}`, item))
      : line(name, content);
  });
}

/** A map of lists: keys and values in alphabetical order. */
export function pairRows(map: JsonObject, prefix = ''): readonly (readonly Cell[])[] {
  return Object.keys(map)
    .toSorted()
    .map((key) => {
      const values = [map[key] ?? []].flat().map(String).toSorted();
      return [plain(oneLine(`${prefix}${key}`)), plain(oneLine(values.join(' ')))];
    });
}
