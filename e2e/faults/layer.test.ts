import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileLayer, isMissing, type Layer, openLayer } from './layer.ts';

const pages = 64;
const page = 4096;

describe.skipIf(isMissing)('the layer below files', () => {
  let compiled: ReturnType<typeof compileLayer>;
  let folder: string;
  let layer: Layer;
  beforeAll(() => {
    compiled = compileLayer();
    folder = mkdtempSync(join(tmpdir(), 'bailiwick-files-'));
  });
  beforeEach(() => {
    layer = openLayer(compiled.library, folder);
    return () => layer.remove();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    compiled.remove();
  });

  /** Runs a program on a file whose pages it can write. `when` says in words when a fault begins: before its line. */
  const run = (program: string) => {
    const path = join(folder, 'file');
    rmSync(path, { force: true });
    const begin = `
      const fs = require('node:fs');
      const file = fs.openSync(${JSON.stringify(path)}, 'w+');
      const write = (from, to, letter) => {
        for (let page = from; page < to; page += 1) fs.writeSync(file, Buffer.alloc(${page}, letter), 0, ${page}, page * ${page});
      };
      const sync = () => { try { fs.fsyncSync(file); return 'synced'; } catch (failure) { return failure.code; } };
    `;
    const { stdout, signal } = spawnSync(process.execPath, ['-e', `${begin}${program}`], {
      encoding: 'utf8',
      env: { ...process.env, ...layer.env },
    });
    const bytes = readFileSync(path, 'latin1');
    return { told: stdout.trim(), signal, letters: Array.from({ length: pages }, (_, at) => bytes[at * page]) };
  };
  const count = (letters: readonly (string | undefined)[], letter: string) =>
    letters.filter((one) => one === letter).length;

  it('keeps what was synced when the power goes, and of the rest each page or not', () => {
    layer.fail({ action: 'power cut', calls: ['syncs'], every: 2 });
    const { signal, letters } = run(`write(0, 64, 'a'); sync(); write(0, 32, 'b'); sync();`);
    expect(signal).toBe('SIGKILL');
    expect(count(letters.slice(32), 'a')).toBe(32);
    expect(count(letters, 'b')).toBeGreaterThan(0);
    expect(count(letters, 'b')).toBeLessThan(32);
    expect(count(letters, 'a') + count(letters, 'b')).toBe(pages);
  });

  it('loses what a sync failed to write, whatever a later one says, unless it is written again', () => {
    // Every write but those of the program goes elsewhere: the first sync fails, the truncation cuts the power.
    const program = `
      write(0, 64, 'a'); sync(); write(0, 32, 'b');
      const told = require('node:fs').openSync(process.env.FAULTS_CONTROL, 'r+');
      const tell = (action) => { const bytes = Buffer.alloc(12); bytes.writeInt32LE(action, 0); bytes.writeInt32LE(2, 4); bytes.writeInt32LE(1, 8); fs.writeSync(told, bytes, 0, 12, 0); };
      tell(2); console.log(sync()); tell(0); write(0, 8, 'c'); console.log(sync());
      tell(7); sync();
    `;
    const { told, letters } = run(program);
    expect(told).toBe('EIO\nsynced');
    expect(count(letters.slice(0, 8), 'c')).toBe(8);
    expect(count(letters.slice(8), 'a')).toBe(56);
  });

  it('writes half and ends the process', () => {
    layer.fail({ action: 'torn', calls: ['writes'], every: 2 });
    const { signal, letters } = run(
      `write(0, 1, 'a'); fs.writeSync(file, Buffer.alloc(${page * 4}, 'b'), 0, ${page * 4}, ${page});`,
    );
    expect(signal).toBe('SIGKILL');
    expect(letters.slice(0, 5)).toEqual(['a', 'b', 'b', undefined, undefined]);
  });

  it('has a disk that is full, and one that fails', () => {
    layer.fail({ action: 'full', calls: ['writes'], every: 1 });
    expect(run(`try { write(0, 1, 'a'); } catch (failure) { console.log(failure.code); }`).told).toBe('ENOSPC');
    layer.fail({ action: 'broken', calls: ['syncs'], every: 2 });
    expect(run('console.log(sync(), sync(), sync());').told).toMatch(/synced/);
    expect(layer.done()).toBeGreaterThan(1);
  });

  it('has a clock that can be wrong', () => {
    const before = Date.now();
    layer.shiftClock(-3_600);
    const told = Number(run('console.log(Date.now())').told);
    expect(before - told).toBeGreaterThan(3_000_000);
  });
});
