/** Parts of a time that conditions ask for, in the words of CEL (language definition, "Abstract types: timestamp"). */
export const timeParts = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
] as const;
export type TimePart = (typeof timeParts)[number];

const day = 86_400_000;
/** Offsets of zones change on whole quarters of an hour, so one look-up serves a quarter. */
const quarter = 900_000;
const fixedOffset = /^([+-]?)(\d\d):(\d\d)$/;

/**
 * A part of a time in a zone: none for UTC, an offset as in `+02:00`, or a name as in `Europe/Paris`. Counts as CEL
 * does: months, days of the month and days of the year from 0 (`getDate` from 1), days of the week from Sunday.
 *
 * @param milliseconds since 1970
 * @returns null for a zone that does not exist
 */
export function timePart(part: TimePart, milliseconds: number, zone?: string): number | null {
  const offset = zone === undefined ? 0 : zoneOffset(zone, milliseconds);
  if (offset === null) return null;
  // The wall clock of the zone, read as if it were UTC: the zone of this machine plays no part.
  const wall = new Date(milliseconds + offset);
  switch (part) {
    case 'getFullYear':
      return wall.getUTCFullYear();
    case 'getMonth':
      return wall.getUTCMonth();
    case 'getDate':
      return wall.getUTCDate();
    case 'getDayOfMonth':
      return wall.getUTCDate() - 1;
    case 'getDayOfWeek':
      return wall.getUTCDay();
    case 'getDayOfYear':
      return Math.floor((wall.getTime() - startOfYear(wall.getUTCFullYear())) / day);
    case 'getHours':
      return wall.getUTCHours();
    case 'getMinutes':
      return wall.getUTCMinutes();
    case 'getSeconds':
      return wall.getUTCSeconds();
    case 'getMilliseconds':
      return wall.getUTCMilliseconds();
  }
}

function startOfYear(year: number): number {
  const start = new Date(0);
  start.setUTCFullYear(year, 0, 1);
  return start.getTime();
}

/** What to add to UTC, in milliseconds; null for no zone. */
function zoneOffset(zone: string, milliseconds: number): number | null {
  const fixed = fixedOffset.exec(zone);
  if (fixed) {
    const size = (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
    return fixed[1] === '-' ? -size : size;
  }
  const known = zones.get(zone) ?? openZone(zone);
  if (known === null) return null;
  const start = Math.floor(milliseconds / quarter) * quarter;
  if (known.start !== start) {
    known.start = start;
    known.offset = readOffset(known.format, start);
  }
  return known.offset;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** The quarter of an hour that `offset` was read for. */
  start: number;
  offset: number;
}

/** Opening a zone takes tens of microseconds: names that were asked for stay open, unknown ones are remembered too. */
const zones = new Map<string, Zone | null>();
/** More than there are zones; wrong names are forgotten rather than let grow. */
const maximumZones = 1000;

function openZone(zone: string): Zone | null {
  if (zones.size >= maximumZones) zones.clear();
  const format = openFormat(zone);
  const opened = format && { format, start: Number.NaN, offset: 0 };
  zones.set(zone, opened);
  return opened;
}

function openFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}

function readOffset(format: Intl.DateTimeFormat, milliseconds: number): number {
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const wall = new Date(0);
  wall.setUTCFullYear(year, number('month') - 1, number('day'));
  wall.setUTCHours(number('hour'), number('minute'), number('second'));
  return wall.getTime() - milliseconds;
}
