import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  append,
  consistencyProof,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  type Hash,
  hashLeaf,
  hashNode,
  inclusionProof,
  isConsistent,
  isIncluded,
  readFrontier,
  rootOf,
  type SubtreeHash,
  splitOf,
  writeFrontier,
} from '../src/log-tree/index.ts';

/** The root as RFC 9162, 2.1.1 defines it, with nothing kept. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  return hashNode(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const frontierOf = (leaves: readonly Hash[]): Frontier =>
  leaves.reduce((frontier, leaf) => append(frontier, leaf), emptyFrontier);
const subtreesOf =
  (leaves: readonly Hash[]): SubtreeHash =>
  async (start, end) =>
    naiveRoot(leaves.slice(start, end));
const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => hashLeaf(`entry ${index}`));
const hex = (hash: Hash) => hash.toString('hex');

/** Inputs, roots and proofs of the reference implementation (certificate-transparency, merkletree/merkle_tree_test.cc). */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (text) => hashLeaf(Buffer.from(text, 'hex')),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
/** Index of the leaf, from 0, size of the tree, path. */
const paths: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const growths: readonly (readonly [first: number, second: number, path: readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

describe('the tree agrees with the reference implementation', () => {
  it('on the root without leaves', () => {
    expect(hex(emptyRoot)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('on the roots of its eight inputs', () => {
    expect(inputs.map((_, last) => hex(rootOf(frontierOf(inputs.slice(0, last + 1)))))).toEqual(roots);
  });

  it.each(paths)('on the path of leaf %i in a tree of %i', async (index, size, path) => {
    const made = await inclusionProof(subtreesOf(inputs), index, size);
    expect(made.map(hex)).toEqual(path);
    const root = Buffer.from(roots[size - 1] ?? '', 'hex');
    expect(isIncluded(inputs[index] ?? emptyRoot, index, made, size, root)).toBe(true);
  });

  it.each(growths)('on the path from a tree of %i to one of %i', async (first, second, path) => {
    const made = await consistencyProof(subtreesOf(inputs), first, second);
    expect(made.map(hex)).toEqual(path);
  });
});

const size = fc.integer({ min: 1, max: 300 });
/** A change of a path: one hash bent, dropped, doubled or exchanged. */
function bent(path: readonly Hash[], at: number, how: number): readonly Hash[] {
  const place = path.length === 0 ? 0 : at % path.length;
  const hash = path[place];
  if (hash === undefined) return [hashLeaf('one too many')];
  if (how === 0) return path.with(place, Buffer.from(hash.map((byte, index) => (index === at % 32 ? byte ^ 1 : byte))));
  if (how === 1) return path.toSpliced(place, 1);
  return path.toSpliced(place, 0, hash);
}
const bend = fc.record({ at: fc.nat(1_000), how: fc.integer({ min: 0, max: 2 }) });

describe('trees of any size', () => {
  it('have the root of the definition, whatever is made of their frontier in between', () => {
    fc.assert(
      fc.property(size, (count) => {
        const leaves = leavesOf(count);
        const frontier = frontierOf(leaves);
        expect(rootOf(frontier)).toEqual(naiveRoot(leaves));
        expect(readFrontier(count, writeFrontier(frontier))).toEqual(frontier);
        expect(readFrontier(count + 1, writeFrontier(frontier)) === null || ones(count) === ones(count + 1)).toBe(true);
      }),
    );
  });

  it('tell of every perfect subtree once, with its root', () => {
    fc.assert(
      fc.property(size, (count) => {
        const leaves = leavesOf(count);
        const told: string[] = [];
        let frontier = emptyFrontier;
        for (const leaf of leaves)
          frontier = append(frontier, leaf, (level, position, hash) => {
            const first = position * 2 ** level;
            expect(hash).toEqual(naiveRoot(leaves.slice(first, first + 2 ** level)));
            told.push(`${level} ${position}`);
          });
        expect(new Set(told).size).toBe(told.length);
        expect(told).toHaveLength(count - ones(count));
      }),
    );
  });

  it('prove each of their leaves, at its place alone', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), bend, async (count, some, { at, how }) => {
        const leaves = leavesOf(count);
        const index = some % count;
        const leaf = leaves[index] ?? emptyRoot;
        const root = naiveRoot(leaves);
        const path = await inclusionProof(subtreesOf(leaves), index, count);
        expect(isIncluded(leaf, index, path, count, root)).toBe(true);
        expect(isIncluded(leaf, index, bent(path, at, how), count, root)).toBe(false);
        expect(isIncluded(hashLeaf('another'), index, path, count, root)).toBe(false);
        expect(isIncluded(leaf, index, path, count, hashLeaf('another'))).toBe(false);
        if (count > 1) expect(isIncluded(leaf, (index + 1) % count, path, count, root)).toBe(false);
        expect(isIncluded(leaf, count, path, count, root)).toBe(false);
      }),
    );
  });

  it('prove each of their beginnings, and nothing else to be one', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), bend, async (count, some, { at, how }) => {
        const leaves = leavesOf(count);
        const first = (some % count) + 1;
        const one = { size: first, root: naiveRoot(leaves.slice(0, first)) };
        const other = { size: count, root: naiveRoot(leaves) };
        const path = await consistencyProof(subtreesOf(leaves), first, count);
        expect(isConsistent(one, other, path)).toBe(true);
        expect(isConsistent(one, other, bent(path, at, how))).toBe(false);
        expect(isConsistent({ ...one, root: hashLeaf('another') }, other, path)).toBe(false);
        expect(isConsistent(one, { ...other, root: hashLeaf('another') }, path)).toBe(false);
        expect(isConsistent({ ...one, size: count + 1 }, other, path)).toBe(false);
      }),
    );
  });
});

const ones = (count: number): number => [...count.toString(2)].filter((digit) => digit === '1').length;
