import type { KnownKey } from './known-keys.ts';

/** Bytes of a keyed hash, of an access key, and of both. */
const hashBytes = 32;
const accessKeyBytes = 20;
const rowBytes = hashBytes + accessKeyBytes;
/** Rows of one piece of memory. */
const inPiece = 4_096;

/**
 * Keys in rows of some hundred bytes, most of them outside of what the garbage collector looks at. A row is free until it is
 * written, and again when it is cleared.
 *
 * @typeParam O whom rows are of
 */
export interface KeyRows<O> {
  /** @returns its number; -1 for a key or a hash of another form than ours, which has no room in a row */
  write(secretHash: string, key: KnownKey, owner: O): number;
  clear(row: number): void;
  ownerOf(row: number): O | undefined;
  /** The neighbours of a row in the list of its owner; -1 for none. */
  readonly next: Links;
  readonly previous: Links;
  secretHashOf(row: number): string;
  keyOf(row: number, organizationId: string): KnownKey;
  hasSecret(row: number, secret: SecretBytes): boolean;
  hasAccessKey(row: number, accessKey: Uint8Array): boolean;
  /** Hashes of 32 bits by which rows are found. */
  secretNumber(row: number): number;
  accessKeyNumber(row: number): number;
}

export interface Links {
  get(row: number): number;
  set(row: number, other: number): void;
}

/** A keyed hash: which server key made it, and what. */
export interface SecretBytes {
  /** With the mark behind it; empty for the key that a server was born with. */
  readonly madeBy: string;
  readonly bytes: Uint8Array;
}

/** @returns null for what is no keyed hash of ours */
export function secretBytes(secretHash: string): SecretBytes | null {
  const [, madeBy = '', hexadecimal] = /^(.*?)([0-9a-f]{64})$/s.exec(secretHash) ?? [];
  return hexadecimal === undefined ? null : { madeBy, bytes: Buffer.from(hexadecimal, 'hex') };
}

/** @returns null for an access key of another length */
export function accessKeyBytesOf(accessKey: string): Uint8Array | null {
  const bytes = Buffer.from(accessKey, 'utf8');
  return bytes.length === accessKeyBytes ? bytes : null;
}

/** The hash is random as it is. */
export const numberOfSecret = ({ bytes }: SecretBytes): number => numberAt(bytes, 0);

/** FNV-1a, whose last bits are stirred once more: parts and slots are chosen by different ones. */
export function numberOfAccessKey(accessKey: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of accessKey) hash = Math.imul(hash ^ byte, 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

const numberAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

interface Piece<O> {
  readonly bytes: Uint8Array;
  /** NaN for a key without an end. */
  readonly ends: Float64Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly madeBy: string[];
  readonly bearers: string[];
  readonly kinds: KnownKey['kind'][];
  readonly owners: (O | undefined)[];
}

export function createKeyRows<O>(): KeyRows<O> {
  const pieces: Piece<O>[] = [];
  const free: number[] = [];
  let made = 0;
  /** Texts that many rows share, each held once. */
  const shared = new Map<string, string>();
  const share = (text: string): string => {
    const known = shared.get(text);
    if (known !== undefined) return known;
    shared.set(text, text);
    return text;
  };

  const pieceOf = (row: number): Piece<O> => {
    const piece = pieces[Math.floor(row / inPiece)];
    if (!piece) throw new Error(`there is no row ${row}`);
    return piece;
  };
  const newRow = (): number => {
    const row = free.pop() ?? made;
    if (row === made) {
      made += 1;
      if (row % inPiece === 0) pieces.push(createPiece());
    }
    return row;
  };
  const secretAt = (row: number): Uint8Array => {
    const start = (row % inPiece) * rowBytes;
    return pieceOf(row).bytes.subarray(start, start + hashBytes);
  };
  const accessKeyAt = (row: number): Uint8Array => {
    const start = (row % inPiece) * rowBytes + hashBytes;
    return pieceOf(row).bytes.subarray(start, start + accessKeyBytes);
  };
  const links = (which: 'next' | 'previous'): Links => ({
    get: (row) => pieceOf(row)[which][row % inPiece] ?? -1,
    set: (row, other) => {
      pieceOf(row)[which][row % inPiece] = other;
    },
  });

  return {
    write(secretHash, { accessKey, kind, bearerId, expiresAt }, owner) {
      const secret = secretBytes(secretHash);
      const access = accessKeyBytesOf(accessKey);
      if (!secret || !access) return -1;
      const row = newRow();
      const at = row % inPiece;
      const piece = pieceOf(row);
      piece.bytes.set(secret.bytes, at * rowBytes);
      piece.bytes.set(access, at * rowBytes + hashBytes);
      piece.ends[at] = expiresAt ?? Number.NaN;
      piece.madeBy[at] = share(secret.madeBy);
      piece.bearers[at] = bearerId;
      piece.kinds[at] = kind;
      piece.owners[at] = owner;
      return row;
    },
    clear(row) {
      const piece = pieceOf(row);
      const at = row % inPiece;
      piece.bearers[at] = '';
      piece.owners[at] = undefined;
      free.push(row);
    },
    ownerOf: (row) => pieceOf(row).owners[row % inPiece],
    next: links('next'),
    previous: links('previous'),
    secretHashOf: (row) => `${pieceOf(row).madeBy[row % inPiece]}${Buffer.from(secretAt(row)).toString('hex')}`,
    keyOf(row, organizationId) {
      const piece = pieceOf(row);
      const at = row % inPiece;
      const ends = piece.ends[at] ?? Number.NaN;
      return {
        accessKey: Buffer.from(accessKeyAt(row)).toString('utf8'),
        organizationId,
        kind: piece.kinds[at] ?? 'user',
        bearerId: piece.bearers[at] ?? '',
        expiresAt: Number.isNaN(ends) ? null : ends,
      };
    },
    hasSecret: (row, { madeBy, bytes }) =>
      pieceOf(row).madeBy[row % inPiece] === madeBy && Buffer.compare(secretAt(row), bytes) === 0,
    hasAccessKey: (row, accessKey) => Buffer.compare(accessKeyAt(row), accessKey) === 0,
    secretNumber: (row) => numberAt(secretAt(row), 0),
    accessKeyNumber: (row) => numberOfAccessKey(accessKeyAt(row)),
  };
}

function createPiece<O>(): Piece<O> {
  return {
    bytes: new Uint8Array(inPiece * rowBytes),
    ends: new Float64Array(inPiece),
    next: new Int32Array(inPiece),
    previous: new Int32Array(inPiece),
    madeBy: [],
    bearers: [],
    kinds: [],
    owners: [],
  };
}
