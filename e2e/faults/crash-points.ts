import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../support/random.ts';
import { checkFiles, type Told } from './crash-check.ts';
import { type Recorded, recordServer } from './crash-recording.ts';
import { Disk, everything } from './disk.ts';
import type { Operation } from './recording.ts';
import { openRecoveries, type Recoveries } from './recoveries.ts';
import { survivalOf, ways } from './survival.ts';

/** What was found in how many machines that went down. */
export interface CrashTotals {
  /** By what had just been done when it went down, and by what was on its disk. */
  readonly points: Map<string, number>;
  crashes: number;
  recordings: number;
  operations: number;
  /** Changes of the recordings that were acknowledged. */
  writes: number;
  /** Acknowledged changes that had to be there, over all crashes. */
  held: number;
  readonly violations: string[];
}

export interface CrashPlan {
  readonly random: Random;
  /** How many crashes there are to be. */
  readonly points: number;
  /** Told after each. */
  readonly report?: (totals: CrashTotals) => void;
  /** Files of which the disk says that it has synced them, and has not: for a test of this test. */
  readonly lies?: RegExp;
}

/** Crashes in one recording, at most. */
const ofOneRecording = 1_000;
/** Each n-th crash is followed by a start that is recorded, and goes down again as often. */
const recovered = 40;
const inOneRecovery = 12;
/** At each n-th crash the commands for operators look as well. */
const withCommands = 8;

/**
 * Records servers under load, and for many moments of each recording builds what the disk could hold if the machine had gone down
 * then, starts a server on it, and holds what is there against what clients had been told by then.
 *
 * @param library the layer
 */
export async function runCrashPoints(library: string, plan: CrashPlan): Promise<CrashTotals> {
  const { random, points, lies } = plan;
  const totals: CrashTotals = {
    points: new Map(),
    ...{ crashes: 0, recordings: 0, operations: 0, writes: 0, held: 0 },
    violations: [],
  };
  const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bailiwick-crashes-'));
  const recoveries = await openRecoveries(library, scratch);
  let count = 0;
  const run: Run = {
    ...{ plan, totals, recoveries },
    folder: () => join(scratch, String(++count)),
  };
  try {
    while (totals.crashes < points && totals.violations.length === 0) {
      const recorded = await recordServer(library, random);
      totals.recordings += 1;
      totals.operations += recorded.operations.length;
      totals.writes += recorded.record.writes.filter(({ outcome }) => outcome === 'made').length;
      totals.violations.push(...recorded.record.strange, ...unlikeFolder(recorded));
      const wanted = Math.min(ofOneRecording, points - totals.crashes);
      await crashIn(run, recorded, new Disk(recorded.before, lies), wanted);
    }
  } finally {
    await recoveries.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  return totals;
}

interface Run {
  readonly plan: CrashPlan;
  readonly totals: CrashTotals;
  readonly recoveries: Recoveries;
  /** A folder that is not there. */
  folder(): string;
}

/** A recording that is carried out leaves what the server left, or it has missed something. */
function unlikeFolder({ before, after, operations }: Recorded): readonly string[] {
  const disk = new Disk(before);
  for (const operation of operations) disk.apply(operation);
  const files = disk.image(everything);
  const names = new Set([...files.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => !files.get(name)?.equals(after.get(name) ?? Buffer.from('missing')))
    .map((name) => `the recording has missed something of ${name}`);
}

async function crashIn(run: Run, recorded: Recorded, disk: Disk, wanted: number): Promise<void> {
  const { totals, plan } = run;
  const { random } = plan;
  const { operations } = recorded;
  const moments = someMoments(operations, Math.ceil(wanted / (1 + inOneRecovery / recovered)), random);
  for (let done = 0, next = 0; next < moments.length; next += 1) {
    const moment = moments[next] ?? 0;
    for (; done < moment; done += 1) disk.apply(operations[done]!);
    const told = { moment: operations[moment]?.at ?? performance.now() };
    await crash(run, recorded, disk, told, whereOf(operations[moment - 1]));
    if (totals.violations.length > 0) return;
    if (next % recovered === recovered - 1) await crashAgain(run, recorded, disk, told);
  }
}

/** Lets the machine go down in one way. */
async function crash({ totals, plan, folder }: Run, recorded: Recorded, disk: Disk, told: Told, where: string) {
  const { random, report } = plan;
  const way = random.pick(ways);
  const place = { folder: folder(), withCommands: totals.crashes % withCommands === 0 };
  const found = await checkFiles(recorded, disk.image(survivalOf(way, disk, random)), told, place);
  for (const name of [`after ${where}`, `disk: ${way}`]) totals.points.set(name, (totals.points.get(name) ?? 0) + 1);
  totals.crashes += 1;
  totals.held += recorded.record.writes.filter(
    ({ outcome, ended }) => outcome === 'made' && ended < told.moment,
  ).length;
  totals.violations.push(...found.map((one) => `after ${where}, ${way}: ${one}`));
  report?.(totals);
}

/** Lets a server start on what is left, and the machine go down again while it does so, or writes, or stops. */
async function crashAgain(run: Run, recorded: Recorded, disk: Disk, told: Told): Promise<void> {
  const { plan, folder, recoveries } = run;
  const { random } = plan;
  // What a process that was killed has written is in the memory of the machine, and may be lost yet.
  const isKilled = random.below(2) === 0;
  const image = disk.image(isKilled ? everything : survivalOf(random.pick(ways), disk, random));
  const recovery = await recoveries.run(folder(), image, told.moment >= recorded.prepared ? recorded : null);
  const again = isKilled ? disk.clone() : new Disk(image, plan.lies);
  const moments = someMoments(recovery.operations, inOneRecovery, random);
  for (let done = 0, next = 0; next < moments.length && run.totals.violations.length === 0; next += 1) {
    const moment = moments[next] ?? 0;
    for (; done < moment; done += 1) again.apply(recovery.operations[done]!);
    const at = recovery.operations[moment]?.at ?? performance.now();
    const writes = recovery.writes
      .filter(({ began }) => began < at)
      .map((write) => (write.ended < at ? write : { ...write, outcome: 'unknown' as const, ended: Number.MAX_VALUE }));
    const reads = recovery.reads.filter(({ ended }) => ended < at);
    const first = isKilled ? 'a kill' : 'a power cut';
    await crash(
      run,
      recorded,
      again,
      { ...told, writes, reads },
      `${first} and ${whereOf(recovery.operations[moment - 1])}`,
    );
  }
}

/**
 * Numbers of operations done: a third of them anywhere, a third where something else than the log of the database is touched, and a
 * third just before what was committed is synced.
 */
function someMoments(operations: readonly Operation[], wanted: number, random: Random): readonly number[] {
  const isOfLog = (done: number, kind: Operation['kind']) =>
    operations[done]?.kind === kind && operations[done].path.endsWith('-wal');
  const anywhere = Array.from({ length: operations.length + 1 }, (_, done) => done);
  const elsewhere = anywhere.filter((done) => !isOfLog(done - 1, 'written') || !isOfLog(done, 'written'));
  const unsynced = anywhere.filter((done) => isOfLog(done, 'synced'));
  const kinds = [anywhere, elsewhere, unsynced].filter((some) => some.length > 0);
  return Array.from({ length: wanted }, () => random.pick(random.pick(kinds))).sort((one, other) => one - other);
}

const files: readonly (readonly [RegExp, string])[] = [
  [/-wal$/, 'the log of the database'],
  [/-journal$/, 'a journal'],
  [/\.db$/, 'the database'],
  [/^server\.key/, 'the server key'],
  [/./, 'a file of the first start'],
];

function whereOf(operation: Operation | undefined): string {
  if (operation === undefined) return 'nothing';
  const { kind, path } = operation;
  return path === '' ? kind : `${kind}: ${files.find(([pattern]) => pattern.test(path))?.[1]}`;
}
