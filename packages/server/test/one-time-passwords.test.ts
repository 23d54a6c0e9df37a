import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { oneTimePasswordAt, oneTimePasswordUri, stepOf } from '../src/second-factors/one-time-passwords.ts';

/** RFC 6238, appendix B, for SHA-1: the secret is ASCII, and six digits are the last six of its eight. */
const secret = Secret.fromUTF8('12345678901234567890').base32;
const vectors = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;

describe('one-time passwords', () => {
  it.each(vectors)('at second %i are those of RFC 6238', (second, digits) => {
    const expected = digits.slice(2);
    expect(oneTimePasswordAt(secret, second * 1_000_000)).toBe(expected);
    expect(stepOf(secret, expected, second * 1_000_000)).toBe(Math.floor(second / 30));
  });

  it('count in the step before and after their own, and in no other', () => {
    const second = 1_111_111_111;
    const step = Math.floor(second / 30);
    const found = [-2, -1, 0, 1, 2].map((later) => stepOf(secret, '050471', (second + later * 30) * 1_000_000));
    expect(found).toEqual([null, step, step, step, null]);
  });

  it('have an address that apps read, whatever the names', () => {
    const address = oneTimePasswordUri({ secret, issuer: 'ACME: the firm', username: 'ada@example.org' });
    expect(address).toMatch(/^otpauth:\/\/totp\/ACME%20%20the%20firm:ada%40example\.org\?/);
    const { searchParams } = new URL(address);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ issuer: 'ACME  the firm', secret, algorithm: 'SHA1', digits: '6', period: '30' },
    });
  });
});
