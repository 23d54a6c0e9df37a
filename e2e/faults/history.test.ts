import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type History, type Read, type Violation, violations, type Write } from './history.ts';

const register = 'a register';
const made = (version: number, began: number, more: Partial<Write> = {}): Write => ({
  ...{ id: version, register, version, value: `v${version}`, server: 1, began, ended: began + 5 },
  ...{ outcome: 'made', revision: version, ...more },
});
const read = (value: string, began: number, more: Partial<Read> = {}): Read => ({
  ...{ register, from: 'database', server: 1, began, ended: began + 5, value, atLeast: 0, age: 0 },
  ...more,
});
/** A history whose end and entries fit to its writes, if nothing else is said. */
const history = (writes: readonly Write[], reads: readonly Read[] = [], more: Partial<History> = {}): History => {
  const kept = writes.filter(({ outcome }) => outcome === 'made');
  return {
    first: new Map([[register, 'v0']]),
    last: new Map([[register, kept.at(-1)?.value ?? 'v0']]),
    ...{ writes, reads, revision: 0, bound: 1_000 },
    entries: kept.map(({ id, revision }) => ({ write: id, revision })),
    ...more,
  };
};
const rules = (checked: History): readonly Violation['rule'][] => violations(checked).map(({ rule }) => rule);
const two = [made(1, 10), made(2, 20)];
const unknown = made(2, 20, { outcome: 'unknown', revision: 0 });

describe('the checker of histories allows', () => {
  it.each<[string, History]>([
    ['that nothing happens', history([])],
    ['a read beside a write, before or after it', history(two, [read('v1', 22), read('v2', 22)])],
    ['a change that nobody knows of, made', history([made(1, 10), unknown], [read('v2', 30)], keptToo())],
    [
      'a change that nobody knows of, made later',
      history([made(1, 10), unknown], [read('v1', 30), read('v2', 40)], keptToo()),
    ],
    ['a change that nobody knows of, not made', history([made(1, 10), unknown], [read('v1', 30)])],
    ['memory of another server that is behind for a moment', history(two, [fromMemory('v1', 500)])],
    ['memory that is as old as it says', history(two, [fromMemory('v1', 9_000, { age: 8_000 })])],
  ])('%s', (_, checked) => {
    expect(violations(checked)).toEqual([]);
  });
});

describe('the checker of histories finds', () => {
  it.each<[string, Violation['rule'], History]>([
    ['a read that lacks what was acknowledged', 'stale', history(two, [read('v1', 30)])],
    ['a read of what was there at first', 'stale', history(two, [read('v0', 18)])],
    ['a read of what is written later', 'stale', history(two, [read('v2', 11, { ended: 19 })])],
    ['a read of what nobody wrote', 'stale', history(two, [read('v7', 30)])],
    ['a read of what was refused', 'stale', history([made(1, 10, { outcome: 'refused' })], [read('v1', 30)])],
    ['what comes and goes', 'stale', history([made(1, 10), unknown], [read('v2', 30), read('v1', 40)])],
    ['a server that forgets its own change', 'stale', history(two, [fromMemory('v1', 30, { server: 1 })])],
    ['a server that goes back', 'stale', history(two, [fromMemory('v2', 30), fromMemory('v1', 40)])],
    ['memory that is behind for too long', 'stale', history(two, [fromMemory('v1', 2_000)])],
    ['memory that is older than it says', 'stale', history(two, [fromMemory('v1', 9_000, { age: 7_000 })])],
    ['an answer older than the revision asked for', 'stale', history(two, [fromMemory('v1', 30, { atLeast: 2 })])],
    ['an acknowledged change without an entry', 'lost', history(two, [], { entries: [{ write: 1, revision: 1 }] })],
    ['an entry whose change is gone', 'lost', history(two, [], { last: new Map([[register, 'v1']]) })],
    [
      'a change without an entry',
      'half-written',
      history([made(1, 10), unknown], [], { last: new Map([[register, 'v2']]) }),
    ],
    [
      'a refused change with an entry',
      'made though refused',
      history([made(1, 10, { outcome: 'refused' })], [], entry(1, 1)),
    ],
    ['a change that was made twice', 'twice', history([made(1, 10)], [], entry(1, 1, 2))],
    ['an entry of nobody', 'from nowhere', history([], [], entry(9, 1))],
    ['a revision that is missing', 'gap', history([made(1, 10, { revision: 2 })])],
    ['another revision than was told', 'wrong revision', history([made(1, 10)], [], entry(1, 2))],
    [
      'revisions that go back',
      'revision went back',
      history([made(1, 10, { revision: 2 }), made(2, 20, { revision: 1 })]),
    ],
  ])('%s', (_, rule, checked) => {
    expect(rules(checked)).toContain(rule);
  });
});

function fromMemory(value: string, began: number, more: Partial<Read> = {}): Read {
  return read(value, began, { from: 'memory', server: 2, ...more });
}

function entry(write: number, ...revisions: readonly number[]): Partial<History> {
  return { entries: revisions.map((revision) => ({ write, revision })) };
}

function keptToo(): Partial<History> {
  return {
    last: new Map([[register, 'v2']]),
    entries: [
      { write: 1, revision: 1 },
      { write: 2, revision: 2 },
    ],
  };
}

/** What a server that makes one change after another tells its clients, whatever becomes of their connections. */
const right = fc
  .record({
    writes: fc.array(fc.record({ isMade: fc.boolean(), isTold: fc.boolean() }), { minLength: 1, maxLength: 20 }),
    reads: fc.array(fc.tuple(fc.nat(220), fc.nat(8)), { maxLength: 40 }),
  })
  .map(({ writes, reads }) => {
    let revision = 0;
    const sent = writes.map(({ isMade, isTold }, index) => {
      if (isMade) revision += 1;
      const outcome = isTold ? (isMade ? 'made' : 'refused') : 'unknown';
      const write = made(index + 1, 10 + index * 10, { outcome, revision: outcome === 'made' ? revision : 0 });
      return { write, isMade, at: write.began + 2, revision };
    });
    const kept = sent.filter(({ isMade }) => isMade);
    const valueAt = (moment: number) => kept.findLast(({ at }) => at <= moment)?.write.value ?? 'v0';
    return history(
      sent.map(({ write }) => write),
      reads.map(([at, long]) => read(valueAt(at + long / 2), at, { ended: at + long })),
      {
        last: new Map([[register, valueAt(Number.POSITIVE_INFINITY)]]),
        entries: kept.map((one) => ({ write: one.write.id, revision: one.revision })),
      },
    );
  });

describe('of random histories the checker', () => {
  it('allows every one that a right server can tell', () => {
    fc.assert(
      fc.property(right, (checked) => {
        expect(violations(checked)).toEqual([]);
      }),
    );
  });

  it('finds a read that is set back behind an acknowledged change', () => {
    fc.assert(
      fc.property(right, fc.nat(), fc.nat(), (checked, which, back) => {
        const acknowledged = checked.writes.filter(({ outcome }) => outcome === 'made');
        fc.pre(acknowledged.length > 0);
        const { version, ended } = acknowledged[which % acknowledged.length]!;
        const stale = read(`v${back % version}`, ended + 1);
        expect(rules({ ...checked, reads: [...checked.reads, stale] })).toContain('stale');
      }),
    );
  });

  it('finds an entry that is taken away, and what it was of', () => {
    fc.assert(
      fc.property(right, fc.nat(), (checked, which) => {
        fc.pre(checked.entries.length > 0);
        const lost = checked.entries[which % checked.entries.length]!;
        const found = violations({ ...checked, entries: checked.entries.filter((one) => one !== lost) });
        const isAcknowledged = checked.writes[lost.write - 1]?.outcome === 'made';
        if (isAcknowledged) expect(found.map(({ rule }) => rule)).toContain('lost');
        else if (lost !== checked.entries.at(-1)) expect(found.map(({ rule }) => rule)).toContain('gap');
        else expect(found.map(({ rule }) => rule)).toContain('half-written');
      }),
    );
  });

  it('finds two entries that are exchanged', () => {
    fc.assert(
      fc.property(right, (checked) => {
        const [one, other, ...rest] = checked.entries;
        fc.pre(one !== undefined && other !== undefined);
        const isTold = [one, other].some(({ write }) => checked.writes[write - 1]?.outcome === 'made');
        fc.pre(isTold);
        const exchanged = [{ ...one, write: other.write }, { ...other, write: one.write }, ...rest];
        expect(rules({ ...checked, entries: exchanged })).toContain('wrong revision');
      }),
    );
  });
});
