import { open } from 'node:fs/promises';
import { CatalogueError } from './faults.ts';

const maximumBytes = 5_000_000;

/**
 * The text of a catalogue file.
 *
 * @throws CatalogueError when it cannot be read, is larger than 5 MB or is not UTF-8
 */
export async function readCatalogueFile(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length > maximumBytes) throw refusal(path, 'it is larger than 5 MB; no catalogue needs that much');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(path, 'it is not UTF-8; save it in that encoding');
  }
}

/** One byte more than may be, whatever the file says about its size. */
async function readBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.allocUnsafe(maximumBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0) return buffer.subarray(0, length);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw refusal(path, `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function refusal(path: string, reason: string): CatalogueError {
  return new CatalogueError(path, [{ line: 0, thing: 'catalogue', reason }]);
}
