import { notFound } from '@bailiwick/contract';
import {
  append,
  emptyFrontier,
  type Frontier,
  type Hash,
  hashNode,
  leafOf,
  parseHash,
  rootOf,
  type SubtreeHash,
} from '@bailiwick/contract/log-tree';
import type { Storage } from '../storage/storage.ts';
import { readKeptEntries } from './entries.ts';
import { leastStoredLevel, readSubtree } from './store.ts';

/**
 * The subtrees of a stored log, for proofs: large ones are stored, small ones made of the hashes of their entries. Any costs a few
 * looks into the indexes, whatever the size of the log.
 *
 * @throws ApiError `not_found` where an entry is missing
 */
export function subtreesOf(db: Storage['db'], organizationId: string): SubtreeHash {
  const leaves = async (start: number, end: number): Promise<readonly Hash[]> => {
    const entries = start === end ? [] : await readKeptEntries(db, organizationId, start, end - start);
    return Array.from({ length: end - start }, (_, index) => {
      const entry = entries[index];
      const leaf = entry?.revision === start + index + 1 ? (parseHash(entry.leafHash) ?? leafOf(entry)) : null;
      if (leaf === null) throw notFound('log', String(start + index + 1));
      return leaf;
    });
  };
  const perfect = async (level: number, position: number): Promise<Hash> => {
    const stored = parseHash(await readSubtree(db, organizationId, level, position));
    if (stored !== null) return stored;
    if (level > leastStoredLevel)
      return hashNode(await perfect(level - 1, 2 * position), await perfect(level - 1, 2 * position + 1));
    const size = 2 ** level;
    return rootOf((await leaves(position * size, (position + 1) * size)).reduce(withLeaf, emptyFrontier));
  };
  return async (start, end) => {
    const subtrees: Hash[] = [];
    let at = start;
    for (let level = Math.floor(Math.log2(end - start)); level >= leastStoredLevel; level -= 1) {
      const size = 2 ** level;
      if (end - at < size) continue;
      subtrees.push(await perfect(level, at / size));
      at += size;
    }
    return rootOf((await leaves(at, end)).reduce(withLeaf, { size: at - start, subtrees }));
  };
}

const withLeaf = (frontier: Frontier, leaf: Hash): Frontier => append(frontier, leaf);
