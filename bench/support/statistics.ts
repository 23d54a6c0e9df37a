export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws Error for no values at all */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const [lower, upper] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (lower === undefined || upper === undefined || least === undefined || most === undefined)
    throw new Error('nothing was measured');
  return { median: (lower + upper) / 2, least, most };
}

export const median = (values: readonly number[]): number => summarize(values).median;

/** What belongs to the same round, divided: a busy moment of the machine meets both sides and cancels out. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  if (ours.length !== theirs.length) throw new Error('rounds do not match');
  return ours.map((value, round) => value / theirs[round]!);
}

/** The value that this part of all values do not exceed: 0.99 for the 99th of a hundred. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
