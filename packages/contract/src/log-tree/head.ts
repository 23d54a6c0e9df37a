import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from './entry.ts';
import { type Hash, parseHash } from './hashes.ts';

/** What the service says of the log of an organization, before it is signed. */
export interface LogHead {
  readonly organization_id: string;
  /** Number of entries. */
  readonly tree_size: number;
  /** 64 hexadecimal digits. */
  readonly root_hash: string;
  /** The last entry that was stored before the tree took it in; 0 when each was taken in by its own change. */
  readonly adopted_size: number;
  /** So many entries, the oldest, were removed for their age: their hashes are there, what they said is not. */
  readonly removed_size: number;
  /** RFC 3339. */
  readonly signed_at: string;
  /** Thumbprint of the key that signs (RFC 7638). */
  readonly key_id: string;
}

export interface SignedLogHead extends LogHead {
  /** Ed25519 (RFC 8032) over `headText`, in base 64 for URLs. */
  readonly signature: string;
}

/** The public half of a key that signs heads (RFC 8037). */
export interface LogKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
}

/**
 * What is signed: JSON in canonical form (RFC 8785). `type` keeps it apart from anything else that may ever be signed. Where nothing was
 * removed that is left out, and the text is that of heads from before there was retention.
 */
export function headText(head: LogHead): string {
  const { organization_id, tree_size, root_hash, adopted_size, removed_size, signed_at, key_id } = head;
  const type = 'bailiwick-log-head-1';
  const members = { type, organization_id, tree_size, root_hash, adopted_size, signed_at, key_id };
  return canonicalJson(removed_size === 0 ? members : { ...members, removed_size });
}

/** Whether the head was signed with the other half of this key. */
export function isSignedBy(head: SignedLogHead, key: KeyObject): boolean {
  const signature = Buffer.from(head.signature, 'base64url');
  // The last letter has bits to spare: of the texts for the same bytes one counts.
  if (signature.toString('base64url') !== head.signature) return false;
  return verify(null, Buffer.from(headText(head), 'utf8'), key, signature);
}

/** Name of a key by what it is (RFC 7638; RFC 8037, appendix A.3). */
export function thumbprint({ crv, kty, x }: LogKey): string {
  return hash('sha256', JSON.stringify({ crv, kty, x }), 'buffer').toString('base64url');
}

/** @returns null for another kind of key than Ed25519 */
export function publicKeyOf({ kty, crv, x }: LogKey): KeyObject | null {
  if (kty !== 'OKP' || crv !== 'Ed25519' || !/^[\w-]{43}$/.test(x)) return null;
  try {
    return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch {
    return null;
  }
}

/**
 * Reads a head that somebody else has sent or kept.
 *
 * @returns null when it is none
 */
export function readHead(value: Readonly<Record<string, unknown>>): SignedLogHead | null {
  const { organization_id, tree_size, root_hash, adopted_size, signed_at, key_id, signature } = value;
  // Heads from before there was retention have none.
  const { removed_size = 0 } = value;
  if (typeof organization_id !== 'string' || typeof signed_at !== 'string' || typeof key_id !== 'string') return null;
  if (typeof root_hash !== 'string' || parseHash(root_hash) === null || typeof signature !== 'string') return null;
  if (!isSize(tree_size) || !isSize(adopted_size) || !isSize(removed_size)) return null;
  return { organization_id, tree_size, root_hash, adopted_size, removed_size, signed_at, key_id, signature };
}

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The root of a head that was read. */
export function rootOfHead({ root_hash }: LogHead): Hash {
  return Buffer.from(root_hash, 'hex');
}
