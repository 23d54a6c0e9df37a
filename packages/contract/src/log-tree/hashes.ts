import { hash } from 'node:crypto';

/** SHA-256, 32 bytes. */
export type Hash = Buffer;

/** What is hashed begins with another byte for leaves than for nodes, so that none is taken for the other (RFC 9162, 2.1.1). */
const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

const sha256 = (...parts: readonly Uint8Array[]): Hash => hash('sha256', Buffer.concat(parts), 'buffer');

/** The hash of one entry (RFC 9162, 2.1.1). Text is taken as UTF-8. */
export function hashLeaf(content: string | Uint8Array): Hash {
  return sha256(leafPrefix, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
}

/** The hash of two subtrees, the left one first (RFC 9162, 2.1.1). */
export function hashNode(left: Hash, right: Hash): Hash {
  return sha256(nodePrefix, left, right);
}

/** Stands where a hash should be that nobody has: nothing hashes to it. */
export const noHash: Hash = Buffer.alloc(32);

/** The root of a tree without entries (RFC 9162, 2.1.1). */
export const emptyRoot: Hash = sha256();

/**
 * Reads a hash as it is written on the wire: 64 hexadecimal digits in lower case.
 *
 * @returns null when the text is no such hash
 */
export function parseHash(text: unknown): Hash | null {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : null;
}
