import { readFile } from 'node:fs/promises';
import { readDocument } from '../catalogue/document.ts';
import { CatalogueError, type Fault } from '../catalogue/faults.ts';
import type { Located } from '../catalogue/located.ts';
import { ConfigError } from '../config.ts';

/** A file of the operator, as it is in force. */
export interface OperatorFile<T> {
  current(): T;
  /**
   * Reads the file again.
   *
   * @throws ConfigError with everything that is wrong with it; what is in force stays
   */
  reload(): Promise<void>;
}

const maximumBytes = 5_000_000;

/**
 * @param none in force where no file is given
 * @throws ConfigError when the file cannot be used
 */
export async function openOperatorFile<T>(
  path: string | undefined,
  flag: string,
  none: T,
  read: (text: string, path: string) => T,
): Promise<OperatorFile<T>> {
  const load = async () => (path === undefined ? none : read(await readText(path, flag), path));
  let current = await load();
  return {
    current: () => current,
    reload: async () => {
      current = await load();
    },
  };
}

/** No file, and nothing to read again. */
export function withoutFile<T>(none: T): OperatorFile<T> {
  return { current: () => none, reload: async () => {} };
}

async function readText(path: string, flag: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > maximumBytes) throw new Error('it is larger than 5 MB');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(`${flag} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/**
 * The YAML of a file with its lines; faults of syntax are called after the file they are in.
 *
 * @throws ConfigError
 */
export function readYamlFile(text: string, path: string, thing: string): Located {
  try {
    return readDocument(text, path);
  } catch (failure) {
    if (!(failure instanceof CatalogueError)) throw failure;
    throw new CatalogueError(
      path,
      failure.faults.map((fault): Fault => ({ ...fault, thing })),
    );
  }
}
