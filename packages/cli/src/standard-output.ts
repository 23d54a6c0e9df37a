import { fstatSync, writeSync } from 'node:fs';
import { reasonOf } from './client/file-problem.ts';
import type { Output } from './terminal.ts';

/** A standard stream, and whether something that should have come out of it is lost. */
export interface StandardOutput extends Output {
  readonly isLost: () => boolean;
}

/**
 * Standard output or standard error. What goes to a file or another program is written at once: the streams of Node take
 * a tenth of the time that a short run has.
 *
 * @param complain told why something could not be written; nobody is told of a reader that has seen enough (`| head`)
 */
export function openOutput(name: 'stdout' | 'stderr', complain: (reason: string) => void): StandardOutput {
  const fd = name === 'stdout' ? 1 : 2;
  let isClosed = false;
  let isLost = false;
  const fail = (failure: NodeJS.ErrnoException) => {
    isClosed = true;
    if (failure.code === 'EPIPE') return;
    isLost = true;
    complain(reasonOf(failure));
  };
  if (mayBeTerminal(fd)) {
    const stream = process[name];
    stream.on('error', fail);
    return {
      write: (text) => {
        if (!isClosed) stream.write(text);
      },
      isTerminal: stream.isTTY === true,
      columns: stream.columns ?? null,
      isLost: () => isLost,
    };
  }
  return {
    write: (text) => {
      if (isClosed) return;
      try {
        writeAll(fd, Buffer.from(text));
      } catch (failure) {
        fail(failure as NodeJS.ErrnoException);
      }
    },
    isTerminal: false,
    columns: null,
    isLost: () => isLost,
  };
}

/** On Windows only the streams of Node know how to write to all that there is. */
function mayBeTerminal(fd: number): boolean {
  if (process.platform === 'win32') return true;
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return true;
  }
}

const waitMilliseconds = 5;

function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (failure) {
      // A pipe that somebody else has made so that nobody waits at it.
      if ((failure as NodeJS.ErrnoException).code !== 'EAGAIN') throw failure;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMilliseconds);
    }
  }
}
