import {
  createLogCheck,
  type Fault,
  hashLeaf,
  type SignedLogHead,
  type StoredEntry,
} from '@bailiwick/contract/log-tree';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headKey, sampleEntry, signHead, stored, withoutFirst } from '../../../test-support/signed-log.ts';

const organizationId = '0c0ffee0-0000-4000-8000-00000000000a';
const key = headKey(1);

interface Log {
  readonly entries: readonly StoredEntry[];
  readonly head: SignedLogHead;
}

/** A log of so many entries, so many of which were removed: never the newest. */
const logs = fc.record({ size: fc.integer({ min: 2, max: 40 }), part: fc.nat(1_000) }).map(({ size, part }) => {
  const whole = Array.from({ length: size }, (_, index) => stored(sampleEntry(organizationId, index + 1)));
  const removed = 1 + (part % (size - 1));
  const entries = withoutFirst(whole, removed);
  return { whole, removed, entries, head: signHead(organizationId, entries, key) };
});

function faultsOf({ entries, head }: Log): readonly Fault[] {
  const check = createLogCheck({ organizationId, head, key: key.publicKey, remembered: null });
  for (const entry of entries) check.take(entry);
  return check.finish().faults;
}

describe('a log of which old entries were removed', () => {
  it('holds, and has the root that it had', () => {
    fc.assert(
      fc.property(logs, ({ whole, entries, head }) => {
        expect(faultsOf({ entries, head })).toEqual([]);
        expect(head.root_hash).toBe(signHead(organizationId, whole, key).root_hash);
      }),
    );
  });

  it('tells of each entry that is gone beyond those, though its hash is there', () => {
    fc.assert(
      fc.property(logs, fc.nat(1_000), ({ removed, entries, head }, pick) => {
        const place = removed + (pick % (entries.length - removed));
        const gone = entries.map((entry, index) => (index === place ? { ...entry, content: null } : entry));
        expect(faultsOf({ entries: gone, head })).toEqual([
          { revision: place + 1, problem: 'it was removed, and no signed head says so' },
        ]);
      }),
    );
  });

  it('tells of a hash that was changed, dropped, doubled or taken away, and of an entry that is there again', () => {
    fc.assert(
      fc.property(logs, fc.nat(1_000), ({ whole, removed, entries, head }, pick) => {
        const place = pick % removed;
        const own = entries[place];
        const former = whole[place];
        if (own === undefined || former === undefined) throw new Error('no such entry');
        const bent: readonly (readonly StoredEntry[])[] = [
          entries.with(place, { ...own, leafHash: hashLeaf('another').toString('hex') }),
          entries.with(place, { ...own, leafHash: null }),
          entries.with(place, former),
          entries.toSpliced(place, 1),
          entries.toSpliced(place, 0, own),
        ];
        for (const some of bent) expect(faultsOf({ entries: some, head })).not.toEqual([]);
      }),
    );
  });

  it('tells of a number that nobody has signed', () => {
    fc.assert(
      fc.property(logs, fc.nat(50), ({ entries, head }, number) => {
        fc.pre(number !== head.removed_size);
        const faults = faultsOf({ entries, head: { ...head, removed_size: number } });
        expect(faults.map(({ problem }) => problem)).toContain('the head is not signed with the key of the service');
      }),
    );
  });
});
