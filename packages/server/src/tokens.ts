import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Tokens of our own form: a prefix that scanners find in leaked text, 256 random bits, and a checksum that tells a
 * mistyped token from an unknown one without a look-up: `bwrt_<43 characters>_<6 characters>`.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Random bytes of a token. */
export const tokenBytes = 32;
/** A CRC-32 has six digits to the base 62 at most. */
const checksumLength = 6;

export function newToken(prefix: string, bytes: Buffer = randomBytes(tokenBytes)): string {
  const unchecked = `${prefix}_${bytes.toString('base64url')}`;
  return `${unchecked}_${checksum(unchecked)}`;
}

/** Whether the text can be a token with this prefix. Says nothing about whether it is known. */
export function isWellFormedToken(prefix: string, text: string): boolean {
  const cut = text.length - checksumLength - 1;
  const unchecked = text.slice(0, cut);
  return (
    unchecked.length === prefix.length + 44 &&
    text === `${unchecked}_${checksum(unchecked)}` &&
    text.startsWith(`${prefix}_`)
  );
}

/** What is random in a well-formed token. */
export function bytesOfToken(prefix: string, text: string): Buffer {
  return Buffer.from(text.slice(prefix.length + 1, -checksumLength - 1), 'base64url');
}

function checksum(text: string): string {
  let rest = crc32(text);
  let written = '';
  while (written.length < checksumLength) {
    written = `${digits[rest % digits.length]}${written}`;
    rest = Math.floor(rest / digits.length);
  }
  return written;
}
