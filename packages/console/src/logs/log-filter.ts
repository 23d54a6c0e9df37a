import type { Address } from '../shell/address.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** How far back one looks. */
export const ranges = { hour, day, week: 7 * day, month: 30 * day } as const;
export type Range = keyof typeof ranges;
export const rangeNames = ['hour', 'day', 'week', 'month'] as const satisfies readonly Range[];

/** From one moment, included, to another, which is not; in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the address says of the log. */
export interface LogFilter {
  readonly range: Range | 'custom';
  /** Of `custom`, where the address says two times that make sense. */
  readonly custom: Span | null;
  readonly action: string;
  readonly type: string;
  /** An id of who did it or what it was done to. */
  readonly about: string;
}

export function logFilterIn({ text }: Address): LogFilter {
  const [range, from, to] = [text('range'), Date.parse(text('after')), Date.parse(text('before'))];
  return {
    range: [...rangeNames, 'custom' as const].find((name) => name === range) ?? 'week',
    custom: from < to ? { from, to } : null,
    action: text('action'),
    type: text('type'),
    about: text('principal'),
  };
}

/** The time that is looked at; a custom one without times is the last week. */
export function spanOf({ range, custom }: LogFilter, now: number): Span {
  if (range === 'custom') return custom ?? { from: now - ranges.week, to: now };
  return { from: now - ranges[range], to: now };
}

/** Lengths of the bars, and how many there are at most: with three actions, 24 questions. */
const steps = [
  minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  4 * hour,
  12 * hour,
  day,
  5 * day,
  30 * day,
  90 * day,
];
const mostSteps = 7;

/** Parts of a span of equal, round length; the first and the last one may be cut. */
export function barsOf({ from, to }: Span): readonly Span[] {
  const step = steps.find((each) => (to - from) / each <= mostSteps) ?? (to - from) / mostSteps;
  // Days begin at midnight here.
  const offset = new Date(from).getTimezoneOffset() * minute;
  const first = Math.floor((from - offset) / step) * step + offset;
  const count = Math.ceil((to - first) / step);
  return Array.from({ length: count }, (_, index) => ({
    from: Math.max(from, first + index * step),
    to: Math.min(to, first + (index + 1) * step),
  }));
}

/** The inputs of the list for a span. Both ends are left out there, and times are told in microseconds. */
export function inputOf(
  { from, to }: Partial<Span>,
  { action, type, about }: LogFilter,
): Readonly<Record<string, string>> {
  return {
    ...(from !== undefined && { created_after: new Date(from - 1).toISOString().replace('Z', '999Z') }),
    ...(to !== undefined && { created_before: new Date(to).toISOString() }),
    ...(action !== '' && { action }),
    ...(type !== '' && { resource_type: type }),
    ...(about !== '' && { search: about }),
  };
}
