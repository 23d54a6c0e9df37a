import { randomBytes } from 'node:crypto';
import type { Secrets } from '../secrets.ts';

/** Letters and digits that are not taken for one another: 32, so that a random byte maps evenly. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 10;
const number = 10;

/** Ten codes of ten characters, 50 random bits each, for the day when the phone is gone. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: number }, () =>
    Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(''),
  );
}

/** What is kept of a code. */
export const recoveryCodeHash = ({ hash }: Pick<Secrets, 'hash'>, userId: string, code: string): string =>
  hash(spelled(userId, code));

/** The hashes under which a code may be kept. */
export const recoveryCodeHashes = ({ hashes }: Pick<Secrets, 'hashes'>, userId: string, code: string) =>
  hashes(spelled(userId, code));

/** People type blanks, dashes and small letters. */
const spelled = (userId: string, code: string): string =>
  `recovery code ${userId} ${code.replaceAll(/[\s-]/g, '').toUpperCase()}`;
