import type { DatabaseKind } from '../test-support/database-kinds.ts';
import type { Bench, Measurement } from './measurement.ts';
import { growthPerHour, heapsAfterCollections, residentMegabytes, type Sample } from './support/memory.ts';
import { createMixedClients, type MixedKind, mixedKinds } from './support/mixed-clients.ts';
import { createHome } from './support/server.ts';
import type { Table } from './support/table.ts';
import { Times } from './support/times.ts';

const clients = 16;
const seed = 20_261_125;
/** Between two looks at memory, in seconds. */
const lookEvery = 5;
/** Failures that are told in words. */
const fewFailures = 5;

/** Load that lasts. Whatever fails ends the program with 1. */
export const mixed: Measurement = {
  name: 'mixed',
  title: `95 % checks, 4 % reads and 1 % changes by ${clients} clients for some minutes (--minutes, --database)`,
  measure: async (bench) => {
    const tables: Table[] = [];
    for (const database of bench.databases) tables.push(await hold(bench, database));
    return tables;
  },
};

type ByKind = Readonly<Record<MixedKind, Times>>;
const noTimes = (): ByKind => ({ check: new Times(), read: new Times(), write: new Times() });

async function hold(bench: Bench, database: DatabaseKind): Promise<Table> {
  await using stack = new AsyncDisposableStack();
  bench.progress(`starting a server on ${database.name}`);
  const home = stack.use(await createHome(database, [], ['--trace-gc']));
  const server = stack.use(await home.start());
  const load = await createMixedClients(server, clients, seed);
  const failures: string[] = [];
  const all = noTimes();
  let ofMinute = noTimes();
  load.start((kind, milliseconds, failure) => {
    all[kind].add(milliseconds);
    ofMinute[kind].add(milliseconds);
    if (failure !== null) failures.push(`${kind}: ${failure}`);
  });
  console.log(`\n${database.name}, seed ${seed}`);
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const resident: Sample[] = [];
  const total = bench.minutes * 60;
  for (let minuteBegan = 0; seconds() < total; ) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookEvery, total - seconds()) * 1000));
    resident.push({ at: seconds(), megabytes: residentMegabytes(server.pid) });
    bench.progress(`${database.name}: ${bar(seconds() / total)} ${Math.round(seconds())} of ${total} s`);
    if (seconds() - minuteBegan < 60 && seconds() < total) continue;
    const heap = heapsAfterCollections(server.output()).at(-1)?.megabytes ?? 0;
    bench.progress('');
    console.log(lineOf(seconds(), seconds() - minuteBegan, ofMinute, resident.at(-1)?.megabytes ?? 0, heap, failures));
    ofMinute = noTimes();
    minuteBegan = seconds();
  }
  await load.stop();
  for (const failure of failures.slice(0, fewFailures)) console.log(failure);
  if (failures.length > 0) process.exitCode = 1;
  return summary(database.name, all, total, {
    resident: laterHalf(resident),
    heap: laterHalf(heapsAfterCollections(server.output())),
    failures: failures.length,
  });
}

const bar = (part: number): string => `[${'#'.repeat(Math.round(Math.min(1, part) * 20)).padEnd(20, '.')}]`;
const fixed = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

function lineOf(
  at: number,
  seconds: number,
  times: ByKind,
  resident: number,
  heap: number,
  failures: readonly string[],
): string {
  const count = mixedKinds.reduce((sum, kind) => sum + times[kind].count, 0);
  const byKind = mixedKinds.map((kind) => {
    const { most } = times[kind];
    return `${kind} ${[times[kind].percentile(0.5), times[kind].percentile(0.99), most].map(fixed).join('/')}`;
  });
  const memory = `RSS ${fixed(resident)} MB, heap after a collection ${fixed(heap)} MB`;
  return `${Math.round(at)} s  ${Math.round(count / seconds)}/s  p50/p99/max in ms: ${byKind.join(', ')}  ${memory}  ${failures.length} failed`;
}

/** Samples of the second half of the time that they cover: in the first one, caches fill. */
function laterHalf(samples: readonly Sample[]): readonly Sample[] {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  return samples.filter(({ at }) => at >= (first + last) / 2);
}

interface Held {
  readonly resident: readonly Sample[];
  readonly heap: readonly Sample[];
  readonly failures: number;
}

function summary(name: string, times: ByKind, seconds: number, { resident, heap, failures }: Held): Table {
  const growth = (samples: readonly Sample[]) => {
    const perHour = growthPerHour(samples);
    return perHour === null ? 'too few samples' : `${perHour.toFixed(1)} MB/h (${samples.length} samples)`;
  };
  return {
    head: [name, 'calls/s', 'p50, ms', 'p99, ms', 'max, ms'],
    rows: mixedKinds.map((kind) => {
      const { count, most } = times[kind];
      return [
        kind,
        fixed(count / seconds),
        ...[times[kind].percentile(0.5), times[kind].percentile(0.99), most].map(fixed),
      ];
    }),
    note: `${failures} failed. Second half: RSS ${growth(resident)}, heap after full collections ${growth(heap)}.`,
  };
}
