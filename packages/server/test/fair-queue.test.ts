import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../src/fairness/fair-queue.ts';

const range = (length: number) => Array.from({ length }, (_, index) => index);

/** Each work takes as long as it says, without waiting; pauses between them pass in earnest. */
function workshop() {
  let time = 0;
  const queue = createFairQueue(() => performance.now() + time);
  const begun: string[] = [];
  const work = (organization: string, milliseconds: number) =>
    queue.run(organization, async () => {
      begun.push(organization);
      time += milliseconds;
      return begun.length;
    });
  return { work, begun };
}

describe('works of several organizations', () => {
  it('of one alone are begun at once, as long as its part of the turn lasts', async () => {
    const { work, begun } = workshop();
    const works = range(10).map(() => work('one', 0.1));
    expect(begun.length).toBeGreaterThan(3);
    await Promise.all(works);
    expect(begun).toHaveLength(10);
  });

  it('another waits for no more than one of them, however many there are', async () => {
    const { work, begun } = workshop();
    for (const _ of range(500)) void work('flood', 5);
    await nextTurn();
    const before = begun.length;
    await work('quiet', 1);
    expect(begun.indexOf('quiet') - before).toBeLessThanOrEqual(1);
    expect(begun.length).toBeLessThan(20);
  });

  it('leave another the larger part of the time', async () => {
    const { work, begun } = workshop();
    for (const _ of range(2_000)) void work('flood', 5);
    for (let time = 0; time < 50; time += 1) {
      await work('quiet', 1);
      await nextTurn();
    }
    const of = (organization: string) => begun.filter((one) => one === organization).length;
    expect(of('quiet')).toBe(50);
    expect(of('flood')).toBeLessThan(50);
  });

  it('share all there is where none of them is a flood', async () => {
    const { work, begun } = workshop();
    for (const organization of ['one', 'two']) for (const _ of range(20)) void work(organization, 5);
    // Nobody rests: a turn of the loop takes no time of its own here.
    for (let turn = 0; turn < 60 && begun.length < 40; turn += 1) await nextTurn();
    expect(begun).toHaveLength(40);
  });

  it('that wait for something hold up nothing else, of their own organization neither', async () => {
    const queue = createFairQueue(() => 0);
    const { promise: stuck, resolve } = Promise.withResolvers<void>();
    const works = range(50).map(() => queue.run('one', () => stuck));
    expect(await queue.run('one', async () => 'done')).toBe('done');
    expect(await queue.run('another', async () => 'done')).toBe('done');
    resolve();
    await Promise.all(works);
  });

  it('are all done, each with its own result or failure, and those of one begun in order', async () => {
    const asked = fc.record({
      organization: fc.constantFrom('one', 'two', 'three'),
      milliseconds: fc.double({ min: 0, max: 0.5, noNaN: true }),
      turns: fc.nat(2),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 40 }), async (works) => {
        let time = 0;
        const queue = createFairQueue(() => performance.now() + time);
        const begun: number[] = [];
        const results = await Promise.allSettled(
          works.map(({ organization, milliseconds, turns, fails }, index) =>
            queue.run(organization, async () => {
              begun.push(index);
              time += milliseconds;
              for (let turn = 0; turn < turns; turn += 1) await nextTurn();
              if (fails) throw new Error(`${index}`);
              return index;
            }),
          ),
        );
        expect(results.map((each) => (each.status === 'fulfilled' ? each.value : Number(each.reason.message)))).toEqual(
          works.map((_, index) => index),
        );
        expect(results.map(({ status }) => status === 'rejected')).toEqual(works.map(({ fails }) => fails));
        for (const name of ['one', 'two', 'three']) {
          const own = begun.filter((index) => works[index]?.organization === name);
          expect(own).toEqual(own.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 30 },
    );
  });
});
