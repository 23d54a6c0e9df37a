import { formatDuration, parseDuration } from '@bailiwick/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('durations on the wire', () => {
  it('are seconds, with or without a fraction', () => {
    expect(parseDuration('259200s')).toBe(259_200);
    expect(parseDuration('864000.000000000s')).toBe(864_000);
    expect(parseDuration('0s')).toBe(0);
  });

  it.each(['', '10', '-1s', '1h', '1e3s', ' 1s', '1.s', '1.0000000001s', '9999999999999s'])(
    '%j is no duration',
    (given) => {
      expect(parseDuration(given)).toBeNull();
    },
  );

  it('what is written is read back as it was', () => {
    fc.assert(fc.property(fc.nat(), (seconds) => parseDuration(formatDuration(seconds)) === seconds));
  });
});
