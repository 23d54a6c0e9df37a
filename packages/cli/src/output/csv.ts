import type { CommandTable } from '@bailiwick/contract/command-table';
import { type Column, columnsOf } from './columns.ts';
import type { Json, JsonObject, Result } from './result.ts';

/**
 * Results as RFC 4180 has it: a heading with the names of the fields, and a line for each element of a list or for the
 * object. Values are those of JSON and nothing is changed in them, so that they come back as they were.
 *
 * @param chosen field names or dotted paths; null for all fields
 */
export async function toCsv(
  results: readonly Result[],
  chosen: readonly string[] | null,
  types: CommandTable['types'],
): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const [first] = results;
  if (first === undefined || (first.shape !== 'list' && first.shape !== 'object')) return '';
  const columns = columnsOf(chosen ?? (types[first.type] ?? []).map(({ field }) => field), first.type, types);
  const rows = results.flatMap(rowsOf).map((row) => columns.map((column) => cellOf(column, row)));
  // A line feed alone would end the line for many readers.
  const options = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;
  return stringify([columns.map(({ path }) => path), ...rows], options);
}

function rowsOf(result: Result): readonly JsonObject[] {
  if (result.shape === 'list') return result.rows;
  return result.shape === 'object' ? [result.value] : [];
}

/** Lists and objects are JSON; null is empty. */
function cellOf({ value }: Column, row: JsonObject): string {
  const content: Json = value(row);
  if (content === null) return '';
  return typeof content === 'string' ? content : JSON.stringify(content);
}
