import { emptyRoot, type Hash, hashNode } from './hashes.ts';

/**
 * All that has to be known of a tree to make it longer: the roots of its perfect subtrees, the largest and leftmost first.
 * Their sizes are the binary digits of the size of the tree.
 */
export interface Frontier {
  /** Number of leaves. */
  readonly size: number;
  readonly subtrees: readonly Hash[];
}

/** The frontier of a tree without leaves. */
export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

/** Told of a perfect subtree that has become complete: `2^level` leaves, the first of which is `position * 2^level`. */
export type OnSubtree = (level: number, position: number, hash: Hash) => void;

/** The tree with one more leaf. Hashes as often as 1 bits end the size: at most log n times, once on average. */
export function append(frontier: Frontier, leaf: Hash, onSubtree: OnSubtree = () => {}): Frontier {
  const { size } = frontier;
  const subtrees = [...frontier.subtrees];
  let hash = leaf;
  let level = 0;
  // Sizes beyond 32 bits are no matter for division; they would be for shifts.
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = subtrees.pop();
    if (left === undefined) throw new Error(`a tree of ${size} leaves has more subtrees than were given`);
    hash = hashNode(left, hash);
    level += 1;
    onSubtree(level, Math.floor(size / 2 ** level), hash);
  }
  subtrees.push(hash);
  return { size: size + 1, subtrees };
}

/** The root of the whole tree (RFC 9162, 2.1.1). */
export function rootOf({ subtrees }: Frontier): Hash {
  return subtrees.length === 0 ? emptyRoot : subtrees.reduceRight((right, left) => hashNode(left, right));
}

/** The subtrees as hexadecimal digits, one after another. */
export function writeFrontier({ subtrees }: Frontier): string {
  return Buffer.concat(subtrees).toString('hex');
}

/**
 * Reads what `writeFrontier` wrote of a tree of this size.
 *
 * @returns null when it cannot be that of a tree of this size
 */
export function readFrontier(size: number, text: string): Frontier | null {
  const count = ones(size);
  if (!Number.isSafeInteger(size) || size < 0 || text.length !== count * 64 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = Buffer.from(text, 'hex');
  return { size, subtrees: Array.from({ length: count }, (_, at) => bytes.subarray(at * 32, at * 32 + 32)) };
}

function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
