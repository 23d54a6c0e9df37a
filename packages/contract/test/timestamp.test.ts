import { formatTimestamp, parseTimestamp } from '@bailiwick/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const again = (text: string) => {
  const micros = parseTimestamp(text);
  return micros === null ? null : formatTimestamp(micros);
};

describe('times on the wire', () => {
  it.each([
    ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05Z'],
    ['2030-01-02T03:04:05.000Z', '2030-01-02T03:04:05Z'],
    ['2030-01-02T03:04:05.5Z', '2030-01-02T03:04:05.500Z'],
    ['2030-01-02T03:04:05.123456Z', '2030-01-02T03:04:05.123456Z'],
    ['2030-01-02T03:04:05.123456789Z', '2030-01-02T03:04:05.123456Z'],
    ['2035-07-06T11:00:00+02:00', '2035-07-06T09:00:00Z'],
    ['2035-12-31T23:30:00-01:00', '2036-01-01T00:30:00Z'],
    ['2030-01-02 03:04:05z', '2030-01-02T03:04:05Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('%s is written as %s', (given, written) => {
    expect(again(given)).toBe(written);
  });

  it.each([
    '2030-02-30T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:60:00Z',
    '2030-01-01T00:00:00',
    '2030-01-01T00:00:00+25:00',
    '2030-01-01T00:00:00.Z',
    '2030-01-01',
    '',
    'tomorrow',
  ])('%j is no time', (given) => {
    expect(parseTimestamp(given)).toBeNull();
  });

  it('what is written is read back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }), (micros) => {
        expect(parseTimestamp(formatTimestamp(micros))).toBe(micros);
      }),
    );
  });
});
