import { type Hash, hashNode } from './hashes.ts';

/** The hash of the leaves from `start` up to, not including, `end`, as a tree of their own; `start` is a multiple of its size. */
export type SubtreeHash = (start: number, end: number) => Promise<Hash>;

/** The largest power of two below a number of leaves: where a tree is split (RFC 9162, 2.1.1). */
export function splitOf(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * The path that shows a leaf to be in the tree of this size, the hashes next to the leaf first (RFC 9162, 2.1.3.1).
 *
 * @param index of the leaf, less than `size`
 */
export async function inclusionProof(subtree: SubtreeHash, index: number, size: number): Promise<readonly Hash[]> {
  const fromRoot: Hash[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      fromRoot.push(await subtree(middle, end));
      end = middle;
    } else {
      fromRoot.push(await subtree(start, middle));
      start = middle;
    }
  }
  return fromRoot.reverse();
}

/**
 * The path that shows the tree of the first size to be the beginning of that of the second one (RFC 9162, 2.1.4.1).
 *
 * @param first at least 1, at most `second`
 */
export async function consistencyProof(subtree: SubtreeHash, first: number, second: number): Promise<readonly Hash[]> {
  const fromRoot: Hash[] = [];
  let [start, end] = [0, second];
  while (end !== first) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      fromRoot.push(await subtree(middle, end));
      end = middle;
    } else {
      fromRoot.push(await subtree(start, middle));
      start = middle;
    }
  }
  // Whoever asks knows the whole first tree, but not a part of it.
  if (start > 0) fromRoot.push(await subtree(start, end));
  return fromRoot.reverse();
}

/** Whether a path shows that the leaf has this index in the tree with this root (RFC 9162, 2.1.3.2). */
export function isIncluded(leaf: Hash, index: number, path: readonly Hash[], size: number, root: Hash): boolean {
  if (index < 0 || index >= size) return false;
  const walk = climb(index, size - 1);
  let hash = leaf;
  for (const sibling of path) {
    if (walk.isAtTop()) return false;
    hash = walk.isRight() ? hashNode(sibling, hash) : hashNode(hash, sibling);
    walk.up();
  }
  return walk.isAtTop() && hash.equals(root);
}

/** A tree as somebody has seen it. */
export interface SeenTree {
  readonly size: number;
  readonly root: Hash;
}

/** Whether a path shows that the first tree is the beginning of the second one (RFC 9162, 2.1.4.2). */
export function isConsistent(first: SeenTree, second: SeenTree, path: readonly Hash[]): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root);
  if (path.length === 0) return false;
  // The root of a perfect tree is known and not sent.
  const isPerfect = Number.isInteger(Math.log2(first.size));
  const [seed, ...rest] = isPerfect ? [first.root, ...path] : path;
  if (seed === undefined) return false;
  const walk = climb(first.size - 1, second.size - 1);
  walk.leaveRightEdges();
  let [one, other] = [seed, seed];
  for (const sibling of rest) {
    if (walk.isAtTop()) return false;
    if (walk.isRight()) {
      one = hashNode(sibling, one);
      other = hashNode(sibling, other);
    } else other = hashNode(other, sibling);
    walk.up();
  }
  return walk.isAtTop() && one.equals(first.root) && other.equals(second.root);
}

/** The way from a node to the root, beside that of the last node of its level: `fn` and `sn` of RFC 9162. */
function climb(index: number, last: number) {
  const isOdd = (value: number) => value % 2 === 1;
  const half = (value: number) => Math.floor(value / 2);
  const step = () => {
    index = half(index);
    last = half(last);
  };
  return {
    isAtTop: () => last === 0,
    /** Its sibling is on the left; so is that of the last node, as soon as it has one. */
    isRight: () => isOdd(index) || index === last,
    up: () => {
      if (index === last) while (!isOdd(index) && index !== 0) step();
      step();
    },
    leaveRightEdges: () => {
      while (isOdd(index)) step();
    },
  };
}
