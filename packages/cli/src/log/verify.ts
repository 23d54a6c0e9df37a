import type { KeyObject } from 'node:crypto';
import {
  createLogCheck,
  type Fault,
  type Hash,
  isConsistent,
  isIncluded,
  leafOf,
  noHash,
  parseHash,
  rootOfHead,
  type SeenTree,
  type SignedLogHead,
} from '@bailiwick/contract/log-tree';
import type { LogService, SentEntry } from './service.ts';

/** What was found in a log. */
export interface Verification {
  readonly head: SignedLogHead;
  readonly faults: readonly Fault[];
}

export interface VerifyOptions {
  readonly organizationId: string;
  readonly key: KeyObject;
  readonly remembered: SignedLogHead | null;
  readonly onProgress: (read: number, total: number) => void;
}

/**
 * Recomputes the whole log from its entries, and holds it against its head, against the head that was verified before, and
 * against the proofs of the service.
 *
 * @throws CommandError where the service does not answer
 */
export async function verifyLog(service: LogService, options: VerifyOptions): Promise<Verification> {
  const { organizationId, key, remembered, onProgress } = options;
  const head = await service.head();
  const tree = treeOf(head);
  const seen = remembered && treeOf(remembered);
  const check = createLogCheck({ organizationId, head, key, remembered: seen });
  let read = 0;
  let last: SentEntry | null = null;
  let total = head.tree_size;
  for (let after = 0; read < head.tree_size; ) {
    const page = await service.entries(after);
    // Of an answer that repeats itself no end would be found.
    const reached = page.entries.at(-1)?.revision ?? after;
    if (reached <= after) break;
    for (const entry of page.entries) {
      // What has come meanwhile is of the next head.
      if (entry.revision > head.tree_size) break;
      check.take(entry);
      last = entry;
      read += 1;
    }
    after = reached;
    total = Math.max(total, page.total);
    onProgress(read, head.tree_size);
    if (after >= head.tree_size) break;
  }
  const faults: Fault[] = [...check.finish().faults];
  const note = (problem: string) => faults.push({ revision: null, problem });
  if (last !== null && faults.length === 0) {
    const path = await service.inclusionProof(head.tree_size, head.tree_size);
    if (!isIncluded(leafOf(last) ?? noHash, head.tree_size - 1, hashesOf(path), head.tree_size, tree.root))
      note('the service proves its last entry with a path that leads elsewhere');
  }
  if (seen !== null && seen.size <= tree.size) {
    const path = await service.consistencyProof(seen.size, tree.size);
    if (!isConsistent(seen, tree, hashesOf(path)))
      note(
        `the service cannot prove that the log of ${tree.size} entries goes on from the ${seen.size} verified before`,
      );
  }
  // Entries and head are stored together: whoever has shown more entries must have a head for them.
  if (total > head.tree_size && (await service.head()).tree_size < total)
    note(`no signed head holds the last ${total - head.tree_size} entries`);
  return { head, faults };
}

const treeOf = (head: SignedLogHead): SeenTree => ({ size: head.tree_size, root: rootOfHead(head) });

/** What is no hash fits nowhere. */
const hashesOf = (path: readonly string[]): readonly Hash[] => path.map((text) => parseHash(text) ?? noHash);
