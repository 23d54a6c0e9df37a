import {
  createLogCheck,
  type Fault,
  rootOfHead,
  type SignedLogHead,
  writeFrontier,
} from '@bailiwick/contract/log-tree';
import { authorizedPlatform } from '../authorization/authorized.ts';
import { readRevision } from '../authorization/store.ts';
import type { Storage } from '../storage/storage.ts';
import { readKeptEntries, readLastRevision } from './entries.ts';
import { type LogKeys, signerOf } from './keys.ts';
import { leastStoredLevel, readSubtrees, readTree } from './store.ts';

/** What was found in the log of an organization. */
export interface LogReport {
  /** Those included of which only the hash is left (`head.removed_size`). */
  readonly entries: number;
  /** Null when none is stored. */
  readonly head: SignedLogHead | null;
  readonly faults: readonly Fault[];
}

export interface VerifyOptions {
  /** Any of which may have signed. */
  readonly keys: LogKeys;
  /** The head that was verified last time; null for the first time. */
  readonly remembered: SignedLogHead | null;
  /** Told how many of how many entries are read. */
  readonly onProgress?: (read: number, total: number) => void;
}

const entriesAtOnce = 1000;

/**
 * Holds all that is stored of a log against its signed head. Wants a transaction that sees one state of the database
 * (`Storage.snapshot`).
 */
export async function verifyLog(
  db: Storage['db'],
  organizationId: string,
  { keys, remembered, onProgress = () => {} }: VerifyOptions,
): Promise<LogReport> {
  const faults: Fault[] = [];
  const note = (problem: string) => faults.push({ revision: null, problem });
  const tree = await readTree(db, organizationId);
  const last = await readLastRevision(db, organizationId);
  const revision = await readRevision(db, authorizedPlatform(organizationId));
  if (revision !== null && revision !== last)
    note(`the organization has seen ${revision} changes, and its last entry is that of change ${last}`);
  if (tree === null) {
    if (last > 0 || remembered !== null) note('it has no signed head');
    return { entries: last, head: null, faults };
  }
  const { head } = tree;
  const subtrees = new Map<string, string>();
  const check = createLogCheck({
    organizationId,
    head,
    key: signerOf(head, keys).publicKey,
    remembered: remembered && { size: remembered.tree_size, root: rootOfHead(remembered) },
    onSubtree: (level, position, hash) => {
      if (level >= leastStoredLevel) subtrees.set(`${level} ${position}`, hash.toString('hex'));
    },
  });
  let entries = 0;
  for (let after = 0; ; ) {
    const some = await readKeptEntries(db, organizationId, after, entriesAtOnce);
    for (const entry of some) check.take(entry);
    entries += some.length;
    onProgress(entries, last);
    const end = some.at(-1);
    if (end === undefined || some.length < entriesAtOnce) break;
    after = end.revision;
  }
  const { faults: found, frontier } = check.finish();
  if (tree.frontier === null || writeFrontier(frontier) !== writeFrontier(tree.frontier))
    note('what is stored to make the tree longer does not belong to it');
  const stored = await readSubtrees(db, organizationId);
  const others = stored.filter(({ level, position, hash }) => subtrees.get(`${level} ${position}`) !== hash).length;
  if (others > 0 || stored.length !== subtrees.size)
    note('the hashes that are stored to prove entries with do not belong to the tree');
  return { entries, head, faults: [...found, ...faults] };
}
