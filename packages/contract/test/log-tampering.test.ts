import { createLogCheck, type Fault, rootOfHead } from '@bailiwick/contract/log-tree';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attacks,
  entriesOf,
  manipulate,
  manipulations,
  type Stored,
  type World,
  worldOf,
} from './support/manipulations.ts';

/** Of the suite; `npm run test:tampering` makes a hundred thousand. */
const runs = Number(process.env.BAILIWICK_TAMPERING_RUNS ?? 3_000);
const worlds = [1, 2, 3, 7, 8, 20, 33].map(worldOf);

/** What a verification finds that remembers the log as it was. */
function faultsOf({ organizationId, key, log }: World, { rows, head }: Stored): readonly Fault[] {
  const remembered = { size: log.head.tree_size, root: rootOfHead(log.head) };
  const check = createLogCheck({ organizationId, head, key: key.publicKey, remembered });
  for (const entry of entriesOf(rows)) check.take(entry);
  return check.finish().faults;
}

const isSame = (one: Stored, other: Stored) => JSON.stringify(one) === JSON.stringify(other);

describe('a log that somebody has laid hands on', () => {
  it('holds while nobody has', () => {
    for (const world of worlds) expect(faultsOf(world, world.log)).toEqual([]);
  });

  it(`is found out, in ${runs} random manipulations`, { timeout: 60_000 + runs * 5 }, () => {
    const made = new Map<string, number>();
    let found = 0;
    fc.assert(
      fc.property(fc.constantFrom(...worlds), attacks, (world, attack) => {
        const manipulated = manipulate(world, attack);
        // Two may undo each other.
        fc.pre(!isSame(manipulated, world.log));
        expect(faultsOf(world, manipulated)).not.toEqual([]);
        found += 1;
        for (const [name] of attack) made.set(name, (made.get(name) ?? 0) + 1);
      }),
      { numRuns: runs, maxSkipsPerRun: 10 },
    );
    expect(found).toBeGreaterThanOrEqual(runs);
    expect([...made.keys()].toSorted()).toEqual(Object.keys(manipulations).toSorted());
  });

  it('names the one entry that was changed, and no other', () => {
    const columns = fc.record({
      at: fc.nat(1_000),
      member: fc.constantFrom('bearer_id', 'ip', 'action', 'reason', 'id'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...worlds), columns, (world, { at, member }) => {
        const place = at % world.log.rows.length;
        const rows = world.log.rows.map((row, index) =>
          index === place ? { ...row, entry: { ...row.entry, [member]: 'changed' } } : row,
        );
        const [first, ...rest] = faultsOf(world, { ...world.log, rows });
        expect(first).toEqual({ revision: place + 1, problem: 'it was changed: it is not what was signed' });
        expect(rest.every(({ revision }) => revision === null)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
