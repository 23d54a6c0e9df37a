import { afterEach, describe, expect, it } from 'vitest';
import { createTimePartReader, type TimePart, timePart, timeParts } from '../src/conditions/time.ts';

const at = (text: string) => Date.parse(text);
const parts = (milliseconds: number, zone?: string) =>
  timeParts.map((part) => timePart(part, milliseconds, zone)).join(' ');

/** Year, month from 0, date, day of month from 0, day of week from Sunday, day of year from 0; hours to milliseconds. */
const moments: readonly (readonly [string, string | undefined, string])[] = [
  ['2026-03-02T08:31:42.567Z', undefined, '2026 2 2 1 1 60 8 31 42 567'],
  ['2026-01-01T00:00:00.000Z', undefined, '2026 0 1 0 4 0 0 0 0 0'],
  ['2024-12-31T23:59:59.999Z', undefined, '2024 11 31 30 2 365 23 59 59 999'],
  ['1970-01-01T00:00:00.000Z', undefined, '1970 0 1 0 4 0 0 0 0 0'],
  ['1969-12-31T23:59:59.999Z', undefined, '1969 11 31 30 3 364 23 59 59 999'],
  ['1969-12-28T00:00:00.000Z', undefined, '1969 11 28 27 0 361 0 0 0 0'],
  ['1966-10-31T14:13:12.011Z', undefined, '1966 9 31 30 1 303 14 13 12 11'],
  ['0044-03-15T12:00:00.000Z', undefined, '44 2 15 14 2 74 12 0 0 0'],
  // An offset needs no sign to be one that is added.
  ['2026-03-02T08:31:42.567Z', '+02:00', '2026 2 2 1 1 60 10 31 42 567'],
  ['2026-03-02T08:31:42.567Z', '02:00', '2026 2 2 1 1 60 10 31 42 567'],
  ['2026-03-02T08:31:42.567Z', '05:45', '2026 2 2 1 1 60 14 16 42 567'],
  ['2026-03-02T08:31:42.567Z', '-09:45', '2026 2 1 0 0 59 22 46 42 567'],
  ['2026-03-02T08:31:42.567Z', '+23:59', '2026 2 3 2 2 61 8 30 42 567'],
  // The hour that does not exist, and the one that comes twice.
  ['2026-03-29T00:59:59.999Z', 'Europe/Paris', '2026 2 29 28 0 87 1 59 59 999'],
  ['2026-03-29T01:00:00.000Z', 'Europe/Paris', '2026 2 29 28 0 87 3 0 0 0'],
  ['2026-10-25T00:30:00.000Z', 'Europe/Paris', '2026 9 25 24 0 297 2 30 0 0'],
  ['2026-10-25T01:30:00.000Z', 'Europe/Paris', '2026 9 25 24 0 297 2 30 0 0'],
  ['2026-03-02T08:31:42.567Z', 'Asia/Kathmandu', '2026 2 2 1 1 60 14 16 42 567'],
  ['2026-01-01T02:00:00.000Z', 'America/New_York', '2025 11 31 30 3 364 21 0 0 0'],
];

describe('the parts of a time', () => {
  for (const [text, zone, expected] of moments)
    it(`${text} in ${zone ?? 'UTC'} are ${expected}`, () => expect(parts(at(text), zone)).toBe(expected));

  it('before the year 1 count on, in a zone too', () => {
    const ides = new Date(0).setUTCFullYear(-43, 2, 15);
    expect(timePart('getFullYear', ides)).toBe(-43);
    expect(timePart('getFullYear', ides, 'Europe/Paris')).toBe(-43);
    expect(timePart('getMonth', ides, 'Europe/Paris')).toBe(2);
  });

  it('are never a negative zero', () => {
    const ofHours: readonly TimePart[] = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'];
    for (const part of ofHours) expect(timePart(part, -86_400_000)).toBe(0);
  });

  it('follow a zone from one quarter of an hour to the next, and back', () => {
    const read = createTimePartReader('getHours', 'Europe/Paris')!;
    const [before, after] = [at('2026-03-29T00:59:00Z'), at('2026-03-29T01:01:00Z')];
    expect([before, after, before, after].map(read)).toEqual([1, 3, 1, 3]);
  });
});

describe('a zone that does not exist', () => {
  const zones = [
    '',
    'Mars/Olympus',
    'Paris',
    '+2:00',
    '+02:0',
    '+02:000',
    '+002:00',
    'UTC+02:00',
    '+02:00 ',
    '++2:00',
    '*02:00',
  ];
  for (const zone of zones) {
    it(JSON.stringify(zone), () => {
      expect(timePart('getHours', 0, zone)).toBeNull();
      // The second time it is known that it does not exist.
      expect(timePart('getHours', 0, zone)).toBeNull();
      expect(createTimePartReader('getDate', zone)).toBeNull();
    });
  }
});

describe('the zone of this machine', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('plays no part', () => {
    process.env.TZ = 'Pacific/Kiritimati';
    for (const [text, of, expected] of moments) expect(parts(at(text), of)).toBe(expected);
  });
});
