import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replacePrivateFile } from '../private-file.ts';
import type { AuthorizedKey, KeySource } from './ask.ts';

/** The keys of one project as they were when they were last read. */
export interface KeptKeys {
  /** Milliseconds since 1970. */
  readonly readAt: number;
  readonly keys: readonly AuthorizedKey[];
}

/** One file for each address and project. */
export function cacheFile(folder: string, { apiUrl, projectId }: KeySource): string {
  const name = createHash('sha256').update(`${apiUrl}\n${projectId}`).digest('hex').slice(0, 32);
  return join(folder, `${name}.json`);
}

/** Keeps keys for the time when nobody answers. */
export function keepKeys(path: string, kept: KeptKeys): void {
  replacePrivateFile(path, JSON.stringify(kept));
}

export async function forgetKeys(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * The keys that were kept. A file or folder that somebody else could have written opens nothing.
 *
 * @returns null when there are none that may be used
 */
export async function keptKeys(folder: string, path: string): Promise<KeptKeys | null> {
  try {
    if (!isOwn(await stat(folder))) return null;
    const file = await open(path, 'r');
    try {
      if (!isOwn(await file.stat())) return null;
      return readKept(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

function isOwn({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

function readKept(text: string): KeptKeys | null {
  const { readAt, keys } = JSON.parse(text) as { readonly readAt?: unknown; readonly keys?: unknown };
  if (typeof readAt !== 'number' || !Array.isArray(keys)) return null;
  const lines = keys.filter((key) => typeof key === 'string' && !/[\r\n]/.test(key));
  return { readAt, keys: lines };
}
