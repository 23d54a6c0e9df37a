import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKnownKeys, type KnownKey, type KnownKeys } from '../src/api-keys/known-keys.ts';

const accessKeys = Array.from({ length: 12 }, (_, index) => `SCW${String(index).padStart(17, '0')}`);
const hashes = Array.from(
  { length: 20 },
  (_, index) => `${index % 2 === 0 ? '' : 'k1.'}${String(index).repeat(64).slice(0, 64)}`,
);
const organizations = ['one', 'two', 'three'];

const key = fc.record({
  accessKey: fc.constantFrom(...accessKeys),
  organizationId: fc.constantFrom(...organizations),
  kind: fc.constantFrom('user' as const, 'application' as const),
  bearerId: fc.uuid(),
  expiresAt: fc.option(fc.nat()),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), secretHash: fc.constantFrom(...hashes), key }),
  fc.record({ kind: fc.constant('forget' as const), key }),
  fc.record({ kind: fc.constant('forgetAll' as const), organizationId: fc.constantFrom(...organizations) }),
);

/** The keys of a list, which knows no rows. */
function apply(
  keys: KnownKeys,
  model: Map<string, { secretHash: string; key: KnownKey }>,
  steps: readonly Step[],
): void {
  for (const each of steps) {
    if (each.kind === 'set') {
      // No two keys have one secret.
      if (
        [...model].some(([accessKey, held]) => held.secretHash === each.secretHash && accessKey !== each.key.accessKey)
      )
        continue;
      keys.set(each.secretHash, each.key);
      model.set(each.key.accessKey, each);
    } else if (each.kind === 'forget') {
      keys.forget(each.key);
      model.delete(each.key.accessKey);
    } else {
      keys.forgetAll(each.organizationId);
      for (const [accessKey, held] of model)
        if (held.key.organizationId === each.organizationId) model.delete(accessKey);
    }
  }
}
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const held = (number: number, organizationId = 'one', secret = number) => ({
  secretHash: secret.toString(16).padStart(64, '0'),
  key: {
    accessKey: `SCW${String(number).padStart(17, '0')}`,
    organizationId,
    kind: 'user' as const,
    bearerId: `bearer-${number}`,
    expiresAt: number % 2 === 0 ? null : number,
  },
});

describe('known keys', () => {
  it('are those that were set and neither forgotten nor replaced, by their secrets and by their organizations', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const keys = createKnownKeys();
        const model = new Map<string, { secretHash: string; key: KnownKey }>();
        apply(keys, model, steps);
        for (const secretHash of hashes) {
          const expected = [...model.values()].find((each) => each.secretHash === secretHash);
          expect(keys.find(secretHash)).toEqual(expected?.key);
        }
        for (const organizationId of organizations) {
          const own = [...model.values()].filter((each) => each.key.organizationId === organizationId);
          expect(keys.count(organizationId)).toBe(own.length);
          expect(new Set(keys.of(organizationId).map(({ secretHash }) => secretHash))).toEqual(
            new Set(own.map(({ secretHash }) => secretHash)),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are found among many, also after half of them and a whole organization have gone', () => {
    const keys = createKnownKeys();
    const random = (number: number) => Math.imul(number + 1, 0x9e3779b1) >>> 0;
    const of = (number: number) => {
      const { key: its } = held(number, number % 2 === 0 ? 'even' : 'odd');
      return { secretHash: `${random(number).toString(16).padStart(8, '0')}${'0'.repeat(56)}`, key: its };
    };
    const numbers = Array.from({ length: 20_000 }, (_, number) => number);
    for (const number of numbers) keys.set(of(number).secretHash, of(number).key);
    for (const number of numbers) if (number % 4 === 0) keys.forget(of(number).key);
    keys.forgetAll('odd');
    for (const number of numbers.slice(0, 5_000))
      keys.set(`f${of(number).secretHash.slice(1)}`, { ...of(number).key, organizationId: 'new' });
    for (const number of numbers.slice(5_000))
      expect(keys.find(of(number).secretHash)?.accessKey).toBe(number % 4 === 2 ? of(number).key.accessKey : undefined);
    expect(keys.count('new')).toBe(5_000);
  });

  it('that are handed out hold until they change or their organization leaves', () => {
    const keys = createKnownKeys();
    const [one, two] = [held(1), held(2)];
    keys.set(one.secretHash, one.key);
    keys.set(two.secretHash, two.key);
    expect(keys.isKnown(one.key)).toBe(true);
    keys.set(held(1, 'one', 9).secretHash, { ...one.key });
    expect(keys.isKnown(one.key)).toBe(false);
    expect(keys.find(one.secretHash)).toBeUndefined();
    expect(keys.isKnown(two.key)).toBe(true);
    keys.forgetAll('one');
    expect(keys.isKnown(two.key)).toBe(false);
    expect(keys.find(two.secretHash)).toBeUndefined();
  });

  it('that are of another form than ours are not kept', () => {
    const keys = createKnownKeys();
    const { key: its } = held(1);
    keys.set('no hash', its);
    keys.set(held(1).secretHash, { ...its, accessKey: 'short' });
    expect(keys.count('one')).toBe(0);
    expect(keys.find('no hash')).toBeUndefined();
  });
});

describe('keys that are taken in', () => {
  it('replace those that were there, and bring back none that has changed or gone meanwhile', () => {
    const keys = createKnownKeys();
    keys.set(held(1).secretHash, held(1).key);
    const takingIn = keys.takeIn('one', 7);
    expect(keys.find(held(1).secretHash)).toBeUndefined();
    keys.forget(held(2).key);
    keys.set(held(3, 'one', 33).secretHash, held(3).key);
    for (const number of [2, 3, 4]) takingIn.take(held(number));
    takingIn.end();
    expect(keys.find(held(2).secretHash)).toBeUndefined();
    expect(keys.find(held(3).secretHash)).toBeUndefined();
    expect(keys.find(held(3, 'one', 33).secretHash)).toEqual(held(3).key);
    expect(keys.find(held(4).secretHash)).toEqual(held(4).key);
  });

  it('are ignored where the organization has left, or is taken in as of a later revision', () => {
    const keys = createKnownKeys();
    const left = keys.takeIn('one', 7);
    keys.forgetAll('one');
    left.take(held(1));
    expect(keys.count('one')).toBe(0);
    const newer = keys.takeIn('one', 9);
    const older = keys.takeIn('one', 8);
    older.take(held(1));
    newer.take(held(2));
    expect(keys.of('one').map(({ key: its }) => its.accessKey)).toEqual([held(2).key.accessKey]);
  });
});
