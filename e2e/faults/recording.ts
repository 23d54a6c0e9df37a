import { readFileSync } from 'node:fs';

/** Something that a program did to a file of a folder. */
export interface Operation {
  readonly kind: (typeof kinds)[number];
  /** Below the folder; empty for the folder itself. */
  readonly path: string;
  /** When it began, in milliseconds of `performance.now` of this process. */
  readonly at: number;
  /** Where was written, or the size after a truncation, in bytes. */
  readonly offset: number;
  /** What was written, or the other name. */
  readonly data: Buffer;
}

/** In the order of their numbers, from 1, in record.h. */
const kinds = ['created', 'written', 'truncated', 'synced', 'folder synced', 'renamed', 'linked', 'removed'] as const;

const header = 32;

/**
 * All processes of a machine have one CLOCK_MONOTONIC; those of Node count its milliseconds from different moments. Of several
 * looks at both clocks the shortest tells: between the two of one the process may have had to wait. The own clock is read first, so
 * that a wait lets calls seem earlier than they were: then less had been told, and nothing true is taken for a violation.
 */
const begin = Array.from({ length: 100 }, () => {
  const own = performance.now();
  const all = Number(process.hrtime.bigint()) / 1e6;
  return { begin: all - own, took: performance.now() - own };
}).reduce((best, look) => (look.took < best.took ? look : best)).begin;

/** A moment of another process, as it tells it by `process.hrtime.bigint`, in milliseconds of `performance.now` of this one. */
export const momentOf = (nanoseconds: bigint): number => Number(nanoseconds) / 1e6 - begin;

/**
 * Reads what the layer wrote about the files of a folder.
 *
 * @throws Error where a file of another form was written
 */
export function readRecording(path: string, folder: string): readonly Operation[] {
  const bytes = readFileSync(path);
  const operations: Operation[] = [];
  const nameOf = (absolute: string) => absolute.slice(folder.length).replace(/^\//, '');
  for (let at = 0; at < bytes.length; ) {
    const kind = kinds[bytes.readInt32LE(at) - 1];
    if (kind === undefined) throw new Error(`${path} is no recording at byte ${at}`);
    const [pathSize, size] = [bytes.readInt32LE(at + 4), Number(bytes.readBigInt64LE(at + 24))];
    const start = at + header;
    const data = bytes.subarray(start + pathSize, start + pathSize + size);
    const absolute = bytes.toString('utf8', start, start + pathSize);
    if (isIn(folder, absolute)) {
      const isName = kind === 'renamed' || kind === 'linked';
      operations.push({
        kind,
        path: nameOf(absolute),
        at: momentOf(bytes.readBigInt64LE(at + 8)),
        offset: Number(bytes.readBigInt64LE(at + 16)),
        data: isName ? Buffer.from(nameOf(data.toString('utf8'))) : data,
      });
    }
    at = start + pathSize + size;
  }
  return operations;
}

/**
 * What was removed is no concern of a disk any more, though a program may still write to it; nor is the memory that processes share,
 * which SQLite calls a file and makes anew.
 */
const isIn = (folder: string, path: string): boolean =>
  (path === folder || path.startsWith(`${folder}/`)) && !/( \(deleted\)|-shm)$/.test(path);
