import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { ConfigError } from '../config.ts';

/** Characters of a line at most; a row of ours stays far below. */
const longestLine = 8 * 1024 * 1024;

/**
 * Writes text into a compressed file that its owner alone may read, whole or not at all.
 *
 * @throws ConfigError when it cannot be written
 */
export async function writeCompressed(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    const file = createWriteStream(draft, { mode: 0o600, flush: true });
    await pipeline(Readable.from(pieces, { highWaterMark: 2 }), createGzip(), file);
    await rename(draft, path);
  } catch (failure) {
    await rm(draft, { force: true });
    throw isOfFiles(failure) ? new ConfigError(`${path} cannot be written: ${failure.message}`) : failure;
  }
}

/**
 * The lines of a compressed file, without their ends.
 *
 * @throws ConfigError when it cannot be read, or is damaged
 */
export async function* compressedLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = createGunzip();
  file.once('error', (failure) => text.destroy(failure));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of file.pipe(text)) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw new ConfigError(`${path} is not a backup of bailiwick: a line is too long`);
      yield* lines;
    }
    if (`${rest}${decoder.decode()}` !== '') throw new ConfigError(`${path} is cut off in the middle of a line`);
  } catch (failure) {
    if (failure instanceof ConfigError) throw failure;
    if (isOfFiles(failure)) throw new ConfigError(`${path} cannot be read: ${failure.message}`);
    throw new ConfigError(`${path} is no gzip file, or is damaged or cut off; nothing is restored`);
  } finally {
    file.destroy();
  }
}

/** What the operating system says of files begins with an E; what the decompressor says does not. */
function isOfFiles(failure: unknown): failure is NodeJS.ErrnoException {
  return failure instanceof Error && 'syscall' in failure;
}
