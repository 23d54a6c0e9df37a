import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCrashPoints } from './faults/crash-points.ts';
import { compileLayer, isMissing } from './faults/layer.ts';
import { seededRandom } from './support/random.ts';

const seed = 8;
/** `npm run test:faults -- --crash-points N` tries as many as one likes. */
const points = 150;

describe.skipIf(isMissing)('whenever the machine goes down', { timeout: 300_000 }, () => {
  let layer: ReturnType<typeof compileLayer>;
  beforeAll(() => {
    layer = compileLayer();
  });
  afterAll(() => layer.remove());

  it('a server on SQLite has all that it acknowledged, nothing by halves, and starts again', async () => {
    const totals = await runCrashPoints(layer.library, { random: seededRandom(seed), points });
    console.log(`seed ${seed}: ${totals.crashes} crashes in a recording of ${totals.operations} operations`);
    expect(totals.violations).toEqual([]);
    expect(totals.crashes).toBeGreaterThanOrEqual(points);
    expect(totals.held).toBeGreaterThan(points);
  });

  it.each([
    ['the log of its database', /-wal$/],
    ['its database', /\.db$/],
    ['the files of its first start', /^(server\.key|scw\.yaml)/],
  ])('it is found when a disk does not sync %s', async (_, lies) => {
    const totals = await runCrashPoints(layer.library, { random: seededRandom(seed), points: 2_000, lies });
    expect(totals.violations).not.toEqual([]);
  });
});
