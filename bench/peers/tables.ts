import { ratios } from '../support/statistics.ts';
import { figures, type Table } from '../support/table.ts';
import { type Compared, checksIn, type Load } from './compare.ts';

/** How all did under one load; the first is ours. */
export function loadTable(load: Load, compared: readonly Compared[]): Table {
  const checks = checksIn(load);
  const of = (each: Compared) => each.ofLoads.get(load) ?? [];
  return {
    head: [load.title, 'checks/s', 'p50, ms', 'p99, ms', 'CPU µs/check'],
    rows: compared.map((each) => [
      each.contender.name,
      figures(of(each).map(({ perSecond }) => perSecond * checks)),
      figures(of(each).map(({ p50 }) => p50)),
      figures(of(each).map(({ p99 }) => p99)),
      figures(of(each).map(({ cpuMicroseconds }) => cpuMicroseconds / checks)),
    ]),
  };
}

/** How many times as fast ours is as each, round by round; below 1 it is slower. */
export function ratioTable(loads: readonly Load[], [ours, ...theirs]: readonly Compared[]): Table {
  const values = (each: Compared | undefined, load: Load, value: 'perSecond' | 'p99' | 'cpuMicroseconds') =>
    each?.ofLoads.get(load)?.map((answered) => answered[value]) ?? [];
  const rows = theirs.flatMap((each) =>
    loads.map((load) => [
      `${each.contender.name}, ${load.title}`,
      figures(ratios(values(ours, load, 'perSecond'), values(each, load, 'perSecond')), '×'),
      figures(ratios(values(each, load, 'p99'), values(ours, load, 'p99')), '×'),
      figures(ratios(values(each, load, 'cpuMicroseconds'), values(ours, load, 'cpuMicroseconds')), '×'),
    ]),
  );
  return {
    head: ['Bailiwick beside', 'throughput', 'p99, how much shorter', 'CPU of a check, how much less'],
    rows,
    note: 'Ratios are of the same round. The load takes its share of the processors, which narrows those of throughput.',
  };
}

/** The processes: what they are, what they hold and how long they took to take the rules. */
export function processTable(compared: readonly Compared[]): Table {
  const [ours] = compared;
  return {
    head: ['', 'version', 'memory, MB', 'ours to it', 'loading the rules, s', 'ours to it'],
    rows: compared.map((each) => [
      each.contender.name,
      each.server.version,
      figures(each.megabytes),
      figures(ratios(ours?.megabytes ?? [], each.megabytes), '×'),
      figures([each.server.loadSeconds]),
      figures(ratios([ours?.server.loadSeconds ?? 0], [each.server.loadSeconds]), '×'),
    ]),
    note: 'Rules are loaded once in a run: ours through the API, synced to disk with an audit entry for each policy; Cerbos reads files as it starts.',
  };
}
