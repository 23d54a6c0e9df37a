/** How long a mail is tried, and when; all in microseconds. */

const second = 1_000_000;
const hour = 3600 * second;
const day = 24 * hour;

/** RFC 5321, section 4.5.4.1: to give up takes four to five days at least. */
const longest = 5 * day;

/** After 5 s, 20 s, 80 s, about 5 and 20 minutes, then each hour. */
export function backOff(attempts: number): number {
  return Math.min(5 * second * 4 ** Math.min(attempts - 1, 10), hour);
}

/** A code or link that has ended is of no use to anybody: what names its `minutes` is tried so long. */
export function lifetime({ minutes = '' }: Readonly<Record<string, string>>): number {
  return /^\d{1,6}$/.test(minutes) ? Math.min(Number(minutes) * 60 * second, longest) : longest;
}

/** Sent or not, a mail is deleted from the outbox after it. */
export const keptFor = 30 * day;
