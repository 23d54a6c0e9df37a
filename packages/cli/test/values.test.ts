import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDuration } from '../src/grammar/duration.ts';
import { readTime } from '../src/grammar/time.ts';
import { now } from './support/cli.ts';

const hour = 3_600_000;
const at = (typed: string) => Date.parse(readTime('expires-at', typed, now));

describe('times', () => {
  it.each([
    ['+30d', 720 * hour],
    ['30d', 720 * hour],
    ['-1h', -hour],
    ['1.5d', 36 * hour],
    ['+1h30m', 1.5 * hour],
    ['2weeks', 336 * hour],
    ['90s', 90_000],
    ['1d-1h', 23 * hour],
    ['1000000us', 1000],
  ])('%s is a distance from now', (typed, distance) => {
    expect(at(typed)).toBe(now + distance);
  });

  it('months and years go by the calendar and overflow forward', () => {
    const local = new Date(now);
    const moved = (years: number, months: number) =>
      new Date(now).setFullYear(local.getFullYear() + years, local.getMonth() + months);
    expect(at('1mo')).toBe(moved(0, 1));
    expect(new Date(at('1mo')).getMonth()).toBe(2);
    expect(at('1y')).toBe(moved(1, 0));
    expect(at('1y2mo')).toBe(moved(1, 2));
    expect(at('0.5y')).toBe(moved(0, 6));
  });

  it('an absolute time is kept as typed', () => {
    for (const typed of ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05.678+02:00']) {
      expect(readTime('x', typed, now)).toBe(typed);
    }
  });

  it.each(['3', '+3R', '1 d', '1M', 'none', '2030-01-02', '2030-02-30T00:00:00Z', '9999999y', '+'])(
    '%s is refused',
    (typed) => {
      expect(() => readTime('x', typed, now)).toThrow('could not parse');
    },
  );
});

describe('durations', () => {
  it.each([
    ['240h', '864000.000000000s'],
    ['1h30m', '5400.000000000s'],
    ['1.5s', '1.500000000s'],
    ['-90s', '-90.000000000s'],
    ['0', '0.000000000s'],
    ['1ms', '0.001000000s'],
  ])('%s is %s', (typed, sent) => {
    expect(readDuration('x', typed)).toBe(sent);
  });

  it.each(['1d', '', '5', 'h', '1h ', '--1s'])('%j is refused', (typed) => {
    expect(() => readDuration('x', typed)).toThrow('failed to parse duration');
  });
});

it('whatever is typed as a time or a duration is read or refused in words', () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      for (const read of [() => readTime('x', typed, now), () => readDuration('x', typed)]) {
        try {
          expect(typeof read()).toBe('string');
        } catch (failure) {
          expect((failure as Error).name).toBe('CommandError');
        }
      }
    }),
  );
});
