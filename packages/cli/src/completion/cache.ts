import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../client/configuration.ts';
import { isObject } from '../output/result.ts';

/** A value that the API knows, and what people call it. */
export interface KnownValue {
  readonly value: string;
  readonly label: string;
}

/** Answers of the API, for as long as somebody works on one line. */
export interface Cache {
  /** Null where there is nothing, nothing fresh, or nothing that can be trusted. */
  read(key: readonly string[]): Promise<readonly KnownValue[] | null>;
  /** Does nothing where nothing can be kept. */
  write(key: readonly string[], values: readonly KnownValue[]): Promise<void>;
}

const freshMilliseconds = 5000;
/** Far above a thousand names; a larger file is none of ours. */
const largestFile = 1024 * 1024;

export interface CacheOptions {
  /** Where the program keeps what it can do without (`cacheFolder`); null for nowhere. */
  readonly folder: string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Files that their owner alone can read, in a folder of that kind. */
export function createCache({ folder, now }: CacheOptions): Cache {
  if (folder === null) return { read: async () => null, write: async () => {} };
  const own = join(folder, 'completion');
  const fileOf = (key: readonly string[]) =>
    join(own, `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)}.json`);

  const read = async (key: readonly string[]): Promise<readonly KnownValue[] | null> => {
    try {
      if (!(await isMine(folder, own))) return null;
      const { at, values } = JSON.parse(await readMine(fileOf(key))) as { at?: unknown; values?: unknown };
      const age = now() - Number(at);
      if (!(age >= 0 && age < freshMilliseconds) || !Array.isArray(values)) return null;
      return values.every(isKnownValue) ? values : null;
    } catch {
      return null;
    }
  };

  const write = async (key: readonly string[], values: readonly KnownValue[]): Promise<void> => {
    const file = fileOf(key);
    const unfinished = `${file}.${randomUUID()}`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await mkdir(own, { mode: 0o700 }).catch(() => {});
      if (!(await isMine(folder, own))) return;
      await writeFile(unfinished, JSON.stringify({ at: now(), values }), { mode: 0o600, flag: 'wx' });
      // A reader finds all of it or none.
      await rename(unfinished, file);
    } catch {
      await rm(unfinished, { force: true }).catch(() => {});
    }
  };

  return { read, write };
}

/** `$SCW_CACHE_DIR`, else `scw` in the folder for caches; null when not even a home folder is known. */
export function cacheFolder(env: Environment): string | null {
  if (env.SCW_CACHE_DIR) return env.SCW_CACHE_DIR;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'scw');
  const home = env.HOME || env.USERPROFILE;
  return home ? join(home, '.cache', 'scw') : null;
}

/** Whoever could put files there could choose what is suggested. */
async function isMine(folder: string, own: string): Promise<boolean> {
  const user = process.getuid?.();
  if (user === undefined) return true;
  const outer = await stat(folder);
  const inner = await lstat(own);
  return outer.uid === user && inner.isDirectory() && inner.uid === user && (inner.mode & 0o077) === 0;
}

async function readMine(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { uid, size } = await file.stat();
    if (uid !== (process.getuid?.() ?? uid) || size > largestFile) throw new Error('the file is none of ours');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function isKnownValue(one: unknown): one is KnownValue {
  return isObject(one) && typeof one.value === 'string' && typeof one.label === 'string';
}
