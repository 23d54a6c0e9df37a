/**
 * `npm run test:faults -- --minutes N [--seed S] [--only NAME,…]`: lets servers, databases, disks, networks and clocks fail while
 * clients work, for as long as there is time, and checks all that the clients were told (docs/faults.md). A name is that of a
 * database or of a fault, or a part of it.
 *
 * `npm run test:faults -- --crash-points N [--seed S]`: lets machines go down at N moments of recorded servers.
 */
import { parseArgs } from 'node:util';
import type { CrashTotals } from '../e2e/faults/crash-points.ts';
import { runManyCrashPoints } from '../e2e/faults/crash-workers.ts';
import { compileLayer } from '../e2e/faults/layer.ts';
import { openPostgresWorld } from '../e2e/faults/postgres-world.ts';
import { runFaults, type Totals } from '../e2e/faults/run.ts';
import { openSqliteWorld } from '../e2e/faults/sqlite-world.ts';
import { seededRandom } from '../e2e/support/random.ts';

const { values } = parseArgs({
  options: {
    ...{ minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
    'crash-points': { type: 'string' },
  },
});
const minutes = Number(values.minutes ?? 1);
if (!(minutes > 0 && minutes <= 10_000))
  throw new Error(`--minutes takes a number up to 10000, not \`${values.minutes}\``);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number, not \`${values.seed}\``);
const crashPoints = Number(values['crash-points'] ?? 0);
if (!Number.isInteger(crashPoints) || crashPoints < 0)
  throw new Error(`--crash-points takes a whole number, not \`${values['crash-points']}\``);

/** So often is told how far it is, in milliseconds. */
const progressEvery = 10_000;
const layer = compileLayer();
try {
  if (crashPoints > 0) await crash();
  else await fail();
} finally {
  layer.remove();
}

/** Tells how far it is, now and then. */
function teller(): (line: () => string) => void {
  let told = performance.now();
  return (line) => {
    if (performance.now() - told < progressEvery) return;
    told = performance.now();
    console.log(line());
  };
}

async function crash(): Promise<void> {
  console.log(`seed ${seed}, ${crashPoints} crashes`);
  const tell = teller();
  const began = performance.now();
  const work = { library: layer.library, seed, points: crashPoints };
  const totals = await runManyCrashPoints(work, (soFar) => tell(() => crashSummary(soFar)));
  console.log(`\n${'crash'.padEnd(72)}${'times'.padStart(8)}`);
  for (const [name, times] of [...totals.points].sort(([one], [other]) => one.localeCompare(other)))
    console.log(`${name.padEnd(72)}${String(times).padStart(8)}`);
  const seconds = (performance.now() - began) / 1000;
  console.log(`${crashSummary(totals)}; ${Math.round(seconds)} s\n`);
  fault(totals);
}

function crashSummary({ crashes, recordings, operations, writes, held, violations }: CrashTotals): string {
  const recorded = `${recordings} recordings of ${operations} operations and ${writes} acknowledged changes`;
  return `${crashes} of ${crashPoints} crashes in ${recorded}; ${held} times a change had to be there; ${violations.length} violations`;
}

function fault({ violations }: { readonly violations: readonly string[] }): void {
  for (const violation of violations) console.log(violation);
  if (violations.length > 0) process.exitCode = 1;
}

async function fail(): Promise<void> {
  console.log(`seed ${seed}, ${minutes} minutes`);
  const only = (values.only ?? '').split(',').map((name) => name.trim().toLowerCase());
  const opened = [await openSqliteWorld(layer.library), await openPostgresWorld(layer.library)];
  try {
    const worlds = opened.flatMap((world) => {
      const faults = world.faults.filter(({ name }) =>
        only.some((part) => `${world.name} ${name}`.toLowerCase().includes(part)),
      );
      return faults.length > 0 ? [{ world, faults }] : [];
    });
    if (worlds.length === 0) throw new Error(`--only names nothing that there is: \`${values.only}\``);
    for (const [index, { world, faults }] of worlds.entries()) {
      const deadline = performance.now() + (minutes * 60_000) / worlds.length;
      const tell = teller();
      const totals = await runFaults(world, faults, {
        random: seededRandom(seed + index),
        goesOn: () => performance.now() < deadline,
        report: (soFar) => tell(() => `${world.name}: ${summary(soFar)}`),
      });
      table(world.name, totals);
    }
  } finally {
    for (const world of opened) await world.close();
  }
}

function summary({ rounds, writes, unknown, reads, violations }: Totals): string {
  const sum = (of: 'times' | 'faults' | 'crashes') => [...rounds.values()].reduce((all, round) => all + round[of], 0);
  const told = `${writes} changes acknowledged, ${unknown} unknown, ${reads} reads checked`;
  return `${sum('faults')} faults, ${sum('crashes')} crashes; ${told}; ${violations.length} violations`;
}

function table(name: string, totals: Totals): void {
  console.log(`\n${name}`);
  const rows = [...totals.rounds].sort(([one], [other]) => one.localeCompare(other));
  console.log(`${'fault'.padEnd(32)}${'times'.padStart(8)}${'faults'.padStart(10)}${'crashes'.padStart(10)}`);
  for (const [fault, { times, faults, crashes }] of rows)
    console.log(
      `${fault.padEnd(32)}${String(times).padStart(8)}${String(faults).padStart(10)}${String(crashes).padStart(10)}`,
    );
  console.log(`${summary(totals)}\n`);
  fault(totals);
}
