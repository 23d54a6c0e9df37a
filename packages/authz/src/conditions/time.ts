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

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Offsets of zones change on whole quarters of an hour, so one look-up serves a quarter. */
const quarter = 15 * minute;
const fixedOffset = /^([+-]?)(\d\d):(\d\d)$/;

/** Reads one part of a time, in milliseconds since 1970. */
export type TimePartReader = (milliseconds: number) => number;

/**
 * A part of a time in a zone: none for UTC, an offset as in `+02:00`, or a name as in `Europe/Paris`. Counts as CEL
 * does: months, days of the month and days of the year from 0 (`getDate` from 1), days of the week from Sunday.
 *
 * @param milliseconds since 1970
 * @returns null for a zone that does not exist
 */
export function timePart(part: TimePart, milliseconds: number, zone?: string): number | null {
  const read = createTimePartReader(part, zone);
  return read?.(milliseconds) ?? null;
}

/**
 * The same with the zone looked up once.
 *
 * @returns null for a zone that does not exist
 */
export function createTimePartReader(part: TimePart, zone?: string): TimePartReader | null {
  const read = readers[part];
  if (zone === undefined) return read;
  const fixed = fixedOffset.exec(zone);
  if (fixed) {
    const size = Number(fixed[2]) * hour + Number(fixed[3]) * minute;
    const offset = fixed[1] === '-' ? -size : size;
    return (milliseconds) => read(milliseconds + offset);
  }
  const named = zones.get(zone) ?? openZone(zone);
  return named && ((milliseconds) => read(milliseconds + offsetOf(named, milliseconds)));
}

/** Of the wall clock of the zone, read as if it were UTC: the zone of this machine plays no part. */
const readers: Readonly<Record<TimePart, TimePartReader>> = {
  getFullYear: (wall) => new Date(wall).getUTCFullYear(),
  getMonth: (wall) => new Date(wall).getUTCMonth(),
  getDate: (wall) => new Date(wall).getUTCDate(),
  getDayOfMonth: (wall) => new Date(wall).getUTCDate() - 1,
  // Those that office hours ask for are a division each. 1970 began on a Thursday.
  getDayOfWeek: (wall) => modulo(Math.floor(wall / day) + 4, 7),
  getDayOfYear: (wall) => Math.floor((wall - startOfYear(new Date(wall).getUTCFullYear())) / day),
  getHours: (wall) => Math.floor(modulo(wall, day) / hour),
  getMinutes: (wall) => Math.floor(modulo(wall, hour) / minute),
  getSeconds: (wall) => Math.floor(modulo(wall, minute) / second),
  getMilliseconds: (wall) => modulo(wall, second),
};

/** Never below 0, so that times before 1970 count like later ones. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest + 0;
}

function startOfYear(year: number): number {
  const start = new Date(0);
  start.setUTCFullYear(year, 0, 1);
  return start.getTime();
}

/** What to add to UTC, in milliseconds. */
function offsetOf(zone: Zone, milliseconds: number): number {
  const start = Math.floor(milliseconds / quarter) * quarter;
  if (zone.start !== start) {
    zone.start = start;
    zone.offset = readOffset(zone.format, start);
  }
  return zone.offset;
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
