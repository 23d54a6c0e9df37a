import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileLayer, isMissing } from './faults/layer.ts';
import { openPostgresWorld } from './faults/postgres-world.ts';
import { runFaults } from './faults/run.ts';
import { openSqliteWorld } from './faults/sqlite-world.ts';
import type { World } from './faults/world.ts';
import { seededRandom } from './support/random.ts';

const seed = 8;
/** `npm run test:faults` goes on for as long as one likes. */
const worlds = [
  { name: 'a server on SQLite', open: openSqliteWorld },
  { name: 'servers that share a PostgreSQL', open: openPostgresWorld },
];

describe.skipIf(isMissing).each(worlds)('whatever fails, $name', { timeout: 120_000 }, ({ open }) => {
  let layer: ReturnType<typeof compileLayer>;
  let world: World;
  beforeAll(async () => {
    layer = compileLayer();
    world = await open(layer.library);
  });
  afterAll(async () => {
    await world.close();
    layer.remove();
  });

  it('loses nothing that it acknowledged, keeps nothing by halves, and answers nothing stale', async () => {
    const { faults } = world;
    let injected: ReadonlyMap<string, unknown> = new Map();
    const totals = await runFaults(world, faults, {
      random: seededRandom(seed),
      goesOn: () => injected.size < faults.length,
      report: ({ rounds }) => {
        injected = rounds;
      },
    });
    console.log(`${world.name}, seed ${seed}: ${totals.writes} changes, ${totals.reads} reads checked`);
    expect(totals.violations).toEqual([]);
    expect(totals.writes).toBeGreaterThan(faults.length);
    expect(totals.reads).toBeGreaterThan(faults.length);
  });
});
