import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { Disk, everything, type Files } from './disk.ts';
import type { Operation } from './recording.ts';
import { survivalOf, ways } from './survival.ts';

const operation = (kind: Operation['kind'], path: string, more: Partial<Operation> = {}): Operation => ({
  ...{ kind, path, at: 0, offset: 0, data: Buffer.alloc(0) },
  ...more,
});
const write = (path: string, offset: number, text: string) =>
  operation('written', path, { offset, data: Buffer.from(text) });
const texts = (files: Files) => Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString('latin1')]));
const page = 4096;

const diskAfter = (...operations: readonly Operation[]): Disk => {
  const disk = new Disk(new Map([['old', Buffer.from('old')]]));
  for (const one of operations) disk.apply(one);
  return disk;
};
const left = (disk: Disk, way: (typeof ways)[number], seed = 1) =>
  disk.image(survivalOf(way, disk, seededRandom(seed)));
const made = [operation('created', 'file'), operation('folder synced', '')];

describe('a disk', () => {
  it('holds names when their folder was synced, and contents when their file was', () => {
    expect(texts(left(diskAfter(operation('created', 'file')), 'nothing more'))).toEqual({ old: 'old' });
    const unsynced = diskAfter(...made, write('file', 0, 'new'));
    expect(texts(left(unsynced, 'nothing more'))).toEqual({ old: 'old', file: '' });
    expect(texts(left(unsynced, 'all is there'))).toEqual({ old: 'old', file: 'new' });
    const synced = diskAfter(...made, write('file', 0, 'new'), operation('synced', 'file'), write('file', 0, 'NEW'));
    expect(texts(left(synced, 'nothing more'))).toEqual({ old: 'old', file: 'new' });
  });

  it('has the former file or the new one under a name that was given anew', () => {
    const disk = diskAfter(
      ...made,
      write('file', 0, 'new'),
      operation('renamed', 'file', { data: Buffer.from('old') }),
    );
    expect(texts(left(disk, 'nothing more'))).toEqual({ old: 'old', file: '' });
    expect(texts(left(disk, 'all is there'))).toEqual({ old: 'new' });
  });

  it('has a file under two names, and under the one that is left', () => {
    const both = [operation('linked', 'old', { data: Buffer.from('other') }), write('old', 0, 'OLD')];
    expect(texts(diskAfter(...both).image(everything))).toEqual({ old: 'OLD', other: 'OLD' });
    expect(texts(diskAfter(...both, operation('removed', 'old')).image(everything))).toEqual({ other: 'OLD' });
  });

  it('forgets what was behind a truncation', () => {
    const disk = diskAfter(operation('truncated', 'old', { offset: 1 }), write('old', 3, 'd'));
    expect(texts(disk.image(everything))).toEqual({ old: 'o\0\0d' });
  });

  it('has any pages of what was not synced, any sectors, or what came first', () => {
    const disk = diskAfter(
      ...made,
      ...Array.from({ length: 32 }, (_, at) => write('file', at * page, 'x'.repeat(page))),
    );
    const parts = (way: (typeof ways)[number], size: number) =>
      [...Array(32).keys()].map(
        (seed) =>
          (left(disk, way, seed).get('file')?.toString('latin1') ?? '').match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [],
      );
    const isMixed = (part: string) => /x/.test(part) && /\0/.test(part);
    expect(parts('any pages', page).flat().some(isMixed)).toBe(false);
    expect(parts('any sectors', page).flat().some(isMixed)).toBe(true);
    expect(parts('any sectors', 512).flat().some(isMixed)).toBe(false);
    for (const [first, ...others] of parts('in order, torn', page))
      if (first?.includes('\0')) expect(others.join('')).not.toContain('x');
  });

  it('goes its own way once it is cloned', () => {
    const disk = diskAfter(...made, write('file', 0, 'new'));
    const copy = disk.clone();
    copy.apply(operation('synced', 'file'));
    copy.apply(operation('removed', 'old'));
    expect(texts(left(copy, 'nothing more'))).toEqual({ old: 'old', file: 'new' });
    expect(texts(left(disk, 'nothing more'))).toEqual({ old: 'old', file: '' });
    expect(texts(copy.image(everything))).toEqual({ file: 'new' });
  });

  it('whatever was done, has all that was synced and was not touched again', () => {
    const step = fc.record({
      offset: fc.nat(3 * page),
      size: fc.integer({ min: 1, max: 2 * page }),
      isSync: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.constantFrom(...ways), fc.nat(), (steps, way, seed) => {
        const disk = diskAfter(...made);
        let synced: Buffer = Buffer.alloc(0);
        let touched: readonly { readonly from: number; readonly to: number }[] = [];
        for (const [at, { offset, size, isSync }] of steps.entries()) {
          disk.apply(write('file', offset, String.fromCharCode(97 + at).repeat(size)));
          touched = [...touched, { from: offset, to: offset + size }];
          if (!isSync) continue;
          disk.apply(operation('synced', 'file'));
          synced = disk.image(everything).get('file') ?? synced;
          touched = [];
        }
        const found = left(disk, way, seed).get('file') ?? Buffer.alloc(0);
        expect(found.length).toBeGreaterThanOrEqual(synced.length);
        const isTouched = (at: number) => touched.some(({ from, to }) => at >= from && at < to);
        expect([...synced.keys()].filter((at) => synced[at] !== found[at] && !isTouched(at))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
