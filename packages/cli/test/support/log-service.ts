import {
  append,
  consistencyProof,
  emptyFrontier,
  type Hash,
  inclusionProof,
  leafOf,
  noHash,
  rootOf,
  type SignedLogHead,
  type StoredEntry,
} from '@bailiwick/contract/log-tree';
import { type HeadKey, headKey, sampleEntry, signHead, stored } from '../../../../test-support/signed-log.ts';
import { organization, type Reply, type Request } from './cli.ts';

/** What a service shows of a log. */
export interface ShownLog {
  readonly entries: readonly StoredEntry[];
  readonly head: SignedLogHead;
  readonly key: HeadKey;
}

export const serviceKey = headKey(1);

/** A log of so many entries as a right service has it. */
export function logOf(size: number, key: HeadKey = serviceKey): ShownLog {
  const entries = Array.from({ length: size }, (_, index) => stored(sampleEntry(organization, index + 1)));
  return { entries, head: signHead(organization, entries, key), key };
}

/** Answers as the service does, with proofs worked out before: the paths of the last entry, and from these sizes on. */
export async function logService(log: ShownLog, ...sizes: readonly number[]): Promise<(request: Request) => Reply> {
  const { entries, head, key } = log;
  const leaves = entries.map((entry) => leafOf(entry) ?? noHash);
  const subtree = async (start: number, end: number): Promise<Hash> =>
    rootOf(leaves.slice(start, end).reduce((frontier, leaf) => append(frontier, leaf), emptyFrontier));
  const hex = (path: readonly Hash[]) => path.map((hash) => hash.toString('hex'));
  const last = hex(await inclusionProof(subtree, entries.length - 1, entries.length));
  const growths = new Map<string, readonly string[]>();
  for (const first of sizes) growths.set(String(first), hex(await consistencyProof(subtree, first, entries.length)));
  return ({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    switch (pathname.split('/').at(-1)) {
      case 'head':
        return { body: head };
      case 'log-keys.json':
        return { body: { keys: [key.jwk] } };
      case 'entries': {
        const after = Number(searchParams.get('after'));
        const some = entries
          .slice(after, after + 1000)
          .map(({ content, leafHash }, index) => ({ revision: after + index + 1, content, leaf_hash: leafHash }));
        return { body: { entries: some, total_count: entries.length } };
      }
      case 'inclusion-proof':
        return { body: { hashes: last } };
      default:
        return { body: { hashes: growths.get(searchParams.get('first_size') ?? '') ?? [] } };
    }
  };
}
