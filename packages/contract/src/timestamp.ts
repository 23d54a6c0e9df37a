/**
 * Times are integers in the program: microseconds since 1970 UTC. On the wire they are RFC 3339 with 0, 3, 6 or 9
 * digits of fraction, whichever is the shortest group that holds the value (docs/wire.md).
 */

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Years that a timestamp can hold, as in protobuf's Timestamp. */
const earliest = -62_135_596_800_000;
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads an RFC 3339 time with any offset; a blank may stand for the `T`. Digits beyond microseconds are cut,
 * and before 1685 or after 2255 those beyond seconds.
 *
 * @returns microseconds since 1970, or null when the text is no such time
 */
export function parseTimestamp(text: string): number | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const [, , , , , , , fraction = '', zone = 'Z'] = match;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const midnight = new Date(new Date(0).setUTCFullYear(year, month - 1, day));
  const isOnCalendar = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!isOnCalendar || hour > 23 || minute > 59 || second > 59) return null;
  const local = midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  const offset = offsetMinutes(zone);
  if (offset === null) return null;
  const milliseconds = local - offset * 60_000;
  if (milliseconds < earliest || milliseconds > latest) return null;
  const micros = milliseconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
  // Centuries away a double holds whole seconds only.
  return Number.isSafeInteger(micros) ? micros : milliseconds * 1000;
}

function offsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** Writes microseconds since 1970 as RFC 3339 in UTC. */
export function formatTimestamp(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const rest = micros - seconds * 1_000_000;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (rest === 0) return `${whole}Z`;
  const digits = String(rest).padStart(6, '0');
  return `${whole}.${rest % 1000 === 0 ? digits.slice(0, 3) : digits}Z`;
}
