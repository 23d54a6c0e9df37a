import type { CommandShape, CommandTable, Field } from '@bailiwick/contract/command-table';
import { bareError, CommandError } from '../command-error.ts';
import type { Template } from './template/template.ts';

/** How results and errors are written. */
export type Format =
  | { readonly kind: 'human'; readonly wide: boolean; readonly columns: readonly string[] | null }
  | { readonly kind: 'json'; readonly pretty: boolean }
  | { readonly kind: 'yaml' }
  | { readonly kind: 'csv'; readonly columns: readonly string[] | null }
  | { readonly kind: 'template'; readonly template: Template };

export const defaultFormat: Format = { kind: 'human', wide: false, columns: null };

/**
 * Reads the value of `-o`.
 *
 * @throws CommandError of one line
 */
export async function readFormat(text: string): Promise<Format> {
  const [name, option] = splitAtFirst(text);
  switch (name) {
    case 'human':
    case 'wide':
      return { kind: 'human', wide: name === 'wide', columns: option ? option.split(',') : null };
    case 'json':
      if (option && option !== 'pretty') {
        throw bareError(`invalid option ${option} for json output. Valid options are: pretty`);
      }
      return { kind: 'json', pretty: option === 'pretty' };
    case 'yaml':
      return { kind: 'yaml' };
    case 'csv':
      return { kind: 'csv', columns: option ? option.split(',') : null };
    case 'template': {
      if (!option) throw bareError('cannot use a template output with an empty template');
      const { readTemplate } = await import('./template/template.ts');
      return { kind: 'template', template: readTemplate(option) };
    }
    default:
      throw bareError(`invalid output format: ${name}`);
  }
}

function splitAtFirst(text: string): readonly [name: string, option: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Refuses what the command cannot show in this format, before anything is sent.
 *
 * @throws CommandError
 */
export function checkFields(format: Format, { output }: CommandShape, types: CommandTable['types']): void {
  switch (format.kind) {
    case 'template':
      format.template.check(output, types);
      break;
    case 'csv':
      if (output.shape !== 'list' && output.shape !== 'object') {
        throw new CommandError('CSV output is only supported for commands that return a list or an object');
      }
      for (const column of format.columns ?? []) checkColumn(column, output.type, types, true);
      break;
    case 'human':
      if (format.columns === null) break;
      if (output.shape !== 'list') {
        throw new CommandError('list of fields for human output is only supported for commands that return a list');
      }
      for (const column of format.columns) checkColumn(column, output.type, types, false);
  }
}

/** Objects and maps are no column of a table; in CSV they are JSON. */
function checkColumn(column: string, type: string, types: CommandTable['types'], takesObjects: boolean): void {
  const field = fieldAt(column, type, types);
  const isSimple = field !== null && (field.list || (field.type !== 'object' && field.type !== 'map'));
  if (isSimple || (field !== null && takesObjects)) return;
  throw new CommandError(`unknown field '${column}' in output options`, {
    hint: `Valid fields are: ${fieldPaths(type, types).join(', ')}`,
  });
}

/** The field at the end of a path such as `Name`, `Tags.0` or `Limits.0.Region`. */
export function fieldAt(path: string, type: string, types: CommandTable['types']): Field | null {
  const [name, ...rest] = path.split('.');
  const field = types[type]?.find((candidate) => candidate.field === name);
  if (field === undefined) return null;
  if (rest.length === 0) return field;
  const inner = field.list ? rest.slice(1) : rest;
  if (field.list && !/^\d+$/.test(rest[0]!)) return null;
  if (inner.length === 0) return { ...field, list: false };
  return field.object === null ? null : fieldAt(inner.join('.'), field.object, types);
}

function fieldPaths(type: string, types: CommandTable['types']): readonly string[] {
  return (types[type] ?? []).flatMap(({ field, list, object, type: kind }) => {
    if (kind === 'map' && !list) return [];
    const path = list ? `${field}.<index>` : field;
    return object === null ? [path] : fieldPaths(object, types).map((inner) => `${path}.${inner}`);
  });
}
