const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
const month = 30 * day;
const year = 360 * day;

/** From the largest: from that distance on, the text (docs/cli.md). */
const steps: readonly (readonly [from: number, text: (distance: number) => string])[] = [
  [37 * year, () => 'a long while'],
  [2 * year, count('years', year)],
  [540 * day, () => '2 years'],
  [year, () => '1 year'],
  [2 * month, count('months', month)],
  [month, () => '1 month'],
  [2 * week, count('weeks', week)],
  [week, () => '1 week'],
  [2 * day, count('days', day)],
  [day, () => '1 day'],
  [2 * hour, count('hours', hour)],
  [hour, () => '1 hour'],
  [2 * minute, count('minutes', minute)],
  [minute, () => '1 minute'],
  [2 * second, count('seconds', second)],
  [second, () => '1 second'],
];

function count(unit: string, length: number): (distance: number) => string {
  return (distance) => `${Math.floor(distance / length)} ${unit}`;
}

/**
 * How far a time is from now: `3 days ago`, `2 hours from now`, `now`.
 *
 * @param time RFC 3339
 * @param now milliseconds since 1970
 */
export function relativeTime(time: string, now: number): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return time;
  const distance = Math.abs(now - then);
  const step = steps.find(([from]) => distance >= from);
  return step ? `${step[1](distance)} ${then <= now ? 'ago' : 'from now'}` : 'now';
}
