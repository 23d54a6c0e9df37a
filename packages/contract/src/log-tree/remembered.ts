import { readHead, type SignedLogHead } from './head.ts';

/** Heads that were verified, by the name of the log: what whoever verifies keeps outside of the database. */
export type Remembered = ReadonlyMap<string, SignedLogHead>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the text of a file of remembered heads.
 *
 * @returns null when it is no such file
 */
export function readRemembered(text: string): Remembered | null {
  const heads = new Map<string, SignedLogHead>();
  try {
    const file: unknown = JSON.parse(text);
    if (!isObject(file) || !isObject(file.heads)) return null;
    for (const [name, value] of Object.entries(file.heads)) {
      const head = isObject(value) ? readHead(value) : null;
      if (head === null) return null;
      heads.set(name, head);
    }
  } catch {
    return null;
  }
  return heads;
}

export function writeRemembered(heads: Remembered): string {
  return `${JSON.stringify({ heads: Object.fromEntries(heads) }, null, 2)}\n`;
}
