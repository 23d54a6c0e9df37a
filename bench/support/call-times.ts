/** How long calls take that are too short to be timed one by one. */
export interface CallTimes {
  /** Nanoseconds of one call: the middle, and what one in a hundred takes longer than. */
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** Calls between two looks at the clock: few, so that slow ones are seen; enough that the clock does not count. */
const batch = 10;

/** Calls with every number below `calls`, in order. */
export function timeCalls(calls: number, call: (index: number) => unknown): CallTimes {
  const batches = Math.floor(calls / batch);
  const times = new Float64Array(batches);
  const started = process.hrtime.bigint();
  let before = started;
  for (let each = 0; each < batches; each += 1) {
    const first = each * batch;
    for (let index = first; index < first + batch; index += 1) call(index);
    const after = process.hrtime.bigint();
    times[each] = Number(after - before) / batch;
    before = after;
  }
  const seconds = Number(before - started) / 1e9;
  times.sort();
  const at = (share: number) => times[Math.min(batches - 1, Math.floor(batches * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), perSecond: (batches * batch) / seconds };
}
