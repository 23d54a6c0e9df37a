import type { CommandTable, Field } from '@bailiwick/contract/command-table';
import { type Column, columnsOf } from './columns.ts';
import { isObject, type Json, type JsonObject } from './result.ts';
import { type Cell, oneLine, plain, showValue, type Viewing } from './values.ts';

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
  // Few services give their objects an SRN; where none has one the column would say nothing.
  const isShown = ({ column, key }: Field) => column && (key !== 'srn' || rows.some((row) => row.srn));
  const all = (types[type] ?? []).filter(isShown).map(({ field }) => field);
  const columns = columnsOf(chosen ?? all, type, types);
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
