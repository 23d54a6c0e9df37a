import { CommandError } from '../command-error.ts';
import { maximumFaults } from './file-schema.ts';

/** Keys and positions from the outside in: `['groups', 3, 'name']`. */
export type Path = readonly (string | number)[];

/** Something in the file that is wrong. */
export interface Fault {
  readonly path: Path;
  /** From 1; null where none is known. */
  readonly line: number | null;
  readonly reason: string;
}

/** `groups[3].name` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** One error that tells all faults in the order of the file. */
export function faultsError(name: string, faults: readonly Fault[]): CommandError {
  const ordered = faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const lines = ordered.slice(0, maximumFaults).map(({ path, line, reason }) => {
    const place = [...(line === null ? [] : [`line ${line}`]), ...(path.length === 0 ? [] : [pathText(path)])];
    return `- ${[...place, reason].join(': ')}`;
  });
  const more = ordered.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  const count = ordered.length === 1 ? 'a fault' : `${ordered.length} faults`;
  return new CommandError(`${name} has ${count}; nothing was changed`, { details: lines.join('\n') });
}
