import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls that a fault may come to, as bits. The same numbers stand in layer.c. */
const kinds = { writes: 1, syncs: 2, truncations: 4, openings: 8 } as const;
const actions = ['none', 'full', 'broken', 'slow', 'torn', 'crash before', 'crash after', 'power cut'] as const;

/** What is to become of calls to files. */
export interface FileFault {
  /**
   * `full` and `broken` let them fail (ENOSPC, EIO), `slow` lets them take `milliseconds`; the others end the process: `torn` after half
   * of a write, `power cut` with files as a disk may have them that lost its power.
   */
  readonly action: (typeof actions)[number];
  readonly calls: readonly (keyof typeof kinds)[];
  /** Each n-th of them. */
  readonly every: number;
  readonly milliseconds?: number;
}

/** A layer below one program, which does to its files what it is told. */
export interface Layer {
  /** What the program has to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** What it has to be started with so that all that it does to its files is written to `path`. */
  readonly recording: { readonly path: string; readonly env: Readonly<Record<string, string>> };
  fail(fault: FileFault): void;
  /** Files are as they should be from here on. */
  mend(): void;
  /** From now on the clock is wrong by so many seconds. */
  shiftClock(seconds: number): void;
  /** Faults that were done to calls so far. */
  done(): number;
  remove(): void;
}

const nothing: FileFault = { action: 'none', calls: [], every: 1 };
/** Bytes of `struct control` before what the layer itself writes. */
const written = 24;
const whereDone = 32;

/** Without it, tests of failing files are skipped; not so in CI, where nothing may be. */
export const isMissing =
  process.env.CI === undefined &&
  (process.platform !== 'linux' || spawnSync('cc', ['--version'], { stdio: 'ignore' }).status !== 0);

/** Compiles the layer, for as many programs as there are. */
export function compileLayer(): { readonly library: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-layer-'));
  const library = join(folder, 'layer.so');
  const source = join(import.meta.dirname, 'layer.c');
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread'], { stdio: 'inherit' });
  return { library, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * @param library where the layer was compiled to
 * @param concerned the folder whose files it is about
 */
export function openLayer(library: string, concerned: string): Layer {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-layer-'));
  const path = join(folder, 'control');
  const file = openSync(path, 'w+');
  writeSync(file, Buffer.alloc(4096), 0, 4096, 0);
  let fault = nothing;
  let clock = 0;
  const tell = () => {
    const told = Buffer.alloc(written);
    told.writeInt32LE(actions.indexOf(fault.action), 0);
    told.writeInt32LE(
      fault.calls.reduce((bits, call) => bits | kinds[call], 0),
      4,
    );
    told.writeInt32LE(fault.every, 8);
    told.writeInt32LE(fault.milliseconds ?? 0, 12);
    told.writeBigInt64LE(BigInt(clock), 16);
    writeSync(file, told, 0, written, 0);
  };
  const env = { LD_PRELOAD: library, FAULTS_CONTROL: path, FAULTS_FOLDER: concerned };
  const recorded = join(folder, 'recording');
  return {
    env,
    recording: { path: recorded, env: { ...env, FAULTS_RECORD: recorded } },
    fail: (next) => {
      fault = next;
      tell();
    },
    mend: () => {
      fault = nothing;
      tell();
    },
    shiftClock: (seconds) => {
      clock = seconds;
      tell();
    },
    done: () => {
      const read = Buffer.alloc(8);
      readSync(file, read, 0, 8, whereDone);
      return Number(read.readBigInt64LE());
    },
    remove: () => {
      closeSync(file);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
