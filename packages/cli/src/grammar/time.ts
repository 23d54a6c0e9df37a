import { parseTimestamp } from '@bailiwick/contract/timestamp';
import { CommandError } from '../command-error.ts';

const absolute = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const step = /([+-]?)(\d+(?:\.\d+)?)([a-zµμ]+)/y;

/** Milliseconds of the units that are always equally long. */
const lengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [1e-6, 'ns'],
      [1e-3, 'us µs μs'],
      [1, 'ms'],
      [1e3, 's sec second seconds'],
      [60e3, 'm min minute minutes'],
      [3_600e3, 'h hr hour hours'],
      [86_400e3, 'd day days'],
      [604_800e3, 'w wk week weeks'],
    ] as const
  ).flatMap(([length, words]) => words.split(' ').map((word) => [word, length])),
);
const months: Readonly<Record<string, number>> = {
  ...{ mo: 1, mon: 1, month: 1, months: 1 },
  ...{ y: 12, yr: 12, year: 12, years: 12 },
};
const monthMilliseconds = 30 * 86_400e3;

/**
 * Reads a time as people type it: RFC 3339, or a distance from now such as `+30d` or `1y2mo`.
 *
 * @param now milliseconds since 1970
 * @returns RFC 3339; an absolute time as it was typed
 * @throws CommandError when it is neither
 */
export function readTime(name: string, typed: string, now: number): string {
  if (typed === '') throw new CommandError(`invalid value for '${name}' argument: empty time given`);
  if (absolute.test(typed) && parseTimestamp(typed) !== null) return typed;
  const moved = move(now, typed);
  if (moved !== null) return moved;
  const shown = /^[+-]/.test(typed) ? typed : `+${typed}`;
  throw new CommandError(
    `could not parse ${shown} as either an absolute time (RFC3339) nor a relative time (+/-)RFC3339`,
    {
      details: [
        `Absolute time error: '${typed}' does not look like 2030-01-02T03:04:05Z`,
        `Relative time error: '${shown}' is not made of numbers with a unit, as in +1y2mo or -36h`,
      ].join('\n'),
      hint: 'Run `scw help date` to learn more about date parsing',
    },
  );
}

/** Months and years go by the calendar and overflow forward, everything else by its length. */
function move(now: number, typed: string): string | null {
  let sign = 1;
  let wholeMonths = 0;
  let milliseconds = 0;
  step.lastIndex = 0;
  while (step.lastIndex < typed.length) {
    const match = step.exec(typed);
    if (!match) return null;
    const [, typedSign, number, unit = ''] = match;
    if (typedSign) sign = typedSign === '-' ? -1 : 1;
    const amount = sign * Number(number);
    const length = lengths[unit];
    const calendar = months[unit];
    if (length !== undefined) {
      milliseconds += amount * length;
    } else if (calendar !== undefined) {
      const whole = Math.trunc(amount * calendar);
      wholeMonths += whole;
      milliseconds += (amount * calendar - whole) * monthMilliseconds;
    } else {
      return null;
    }
  }
  const date = new Date(now);
  date.setMonth(date.getMonth() + wholeMonths);
  const moved = new Date(date.getTime() + Math.round(milliseconds));
  const isOnTheWire = moved.getFullYear() >= 1 && moved.getFullYear() <= 9999;
  return isOnTheWire ? moved.toISOString() : null;
}
