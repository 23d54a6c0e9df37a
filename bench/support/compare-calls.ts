import type { Bench } from '../measurement.ts';
import { type CallTimes, timeCalls } from './call-times.ts';
import { ratios } from './statistics.ts';
import { figures, type Table } from './table.ts';

/** Something short that is called with 0, 1, 2 and so on. */
export interface Contender {
  readonly name: string;
  /** Calls of one round; as many as others where left out. */
  readonly calls?: number;
  readonly call: (index: number) => unknown;
}

const callsOfRound = 200_000;

/** Contenders take turns; the last column compares each with the first. */
export function compareCalls(title: string, contenders: readonly Contender[], bench: Bench): Table {
  const measured = contenders.map((contender) => ({ ...contender, times: [] as CallTimes[] }));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { name, call, calls = callsOfRound, times } of measured) {
      bench.progress(`${title}: ${name}, round ${round} of ${bench.rounds}`);
      const result = timeCalls(calls, call);
      // The first round warms up.
      if (round > 0) times.push(result);
    }
  }
  const p50 = (times: readonly CallTimes[]) => times.map((each) => each.p50);
  const [floor] = measured;
  return {
    head: [title, 'p50, ns', 'p99, ns', 'calls/s', `times ${floor?.name}`],
    rows: measured.map(({ name, times }) => [
      name,
      figures(p50(times)),
      figures(times.map(({ p99 }) => p99)),
      figures(times.map(({ perSecond }) => perSecond)),
      figures(ratios(p50(times), p50(floor!.times))),
    ]),
  };
}
