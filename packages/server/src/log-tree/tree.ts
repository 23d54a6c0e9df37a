import { sign } from 'node:crypto';
import { formatTimestamp } from '@bailiwick/contract';
import {
  append,
  emptyFrontier,
  entryText,
  type Hash,
  hashLeaf,
  headText,
  isSignedBy,
  rootOf,
} from '@bailiwick/contract/log-tree';
import type { Transaction } from 'kysely';
import type { Database } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { type AuditEntryRow, readEntries, removeEntries } from './entries.ts';
import { type LogKeys, signerOf } from './keys.ts';
import {
  insertEntry,
  insertExtension,
  insertSubtrees,
  insertTree,
  leastStoredLevel,
  type NewEntry,
  readTree,
  replaceTree,
  type Subtree,
  type Tree,
} from './store.ts';

/** Makes the logs of organizations longer, and signs what they are then (docs/log-tree.md). */
export interface LogTree {
  /** Stores the entry of a change and takes it into the tree, in the transaction of the change, which has the lock. */
  record(db: Transaction<Database>, entry: NewEntry): Promise<void>;
  /**
   * Takes entries into the tree that were stored without it, in a transaction that has locked the organization. A head that a
   * former key has signed is signed with the first.
   *
   * @param now microseconds since 1970
   * @returns how many
   */
  adopt(db: Transaction<Database>, organizationId: string, now: number, limit: number): Promise<number>;
  /**
   * Removes the oldest entries, as long as they are older than a time, and says so in the head, in a transaction that has locked the
   * organization. The newest stays, and so does what comes after an entry that is not as it was stored: verification tells of it.
   *
   * @param times microseconds since 1970
   * @returns how many
   */
  remove(
    db: Transaction<Database>,
    organizationId: string,
    times: { readonly now: number; readonly olderThan: number },
    limit: number,
  ): Promise<number>;
}

/** Trees that stay in memory; of others the stored one is read, and its signature checked, before it grows. */
const mostKept = 1000;
/** So many entries a change takes in besides its own; more are left to the job (adopt.ts). */
const mostBesides = 100;

interface Growth {
  /** Null for the first entries of an organization. */
  readonly from: Tree | null;
  readonly leaves: readonly Hash[];
  readonly adoptedSize: number;
  /** That of the tree that grows when left out. */
  readonly removedSize?: number;
  readonly signedAt: number;
}

/**
 * @param keys those in force at the moment
 * @param kind of the database that logs are in
 */
export function createLogTree(keys: () => LogKeys, kind: Storage['kind']): LogTree {
  /** May be ahead of the database, after a transaction that came to nothing: what is stored is only replaced if it is this. */
  const kept = new Map<string, Tree>();

  const keep = (organizationId: string, tree: Tree) => {
    kept.delete(organizationId);
    kept.set(organizationId, tree);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '');
  };

  const grow = async (db: Transaction<Database>, organizationId: string, growth: Growth): Promise<boolean> => {
    const { from } = growth;
    const { tree, complete } = grown(organizationId, growth, keys);
    if (from === null) await insertTree(db, tree);
    else if (!(await replaceTree(db, tree, from.head))) return false;
    await insertSubtrees(db, organizationId, complete);
    keep(organizationId, tree);
    return true;
  };

  /** `broken` is one that somebody else has made: to sign what follows would be to sign it. */
  const readOwn = async (db: Transaction<Database>, organizationId: string): Promise<Tree | null | 'broken'> => {
    const stored = await readTree(db, organizationId);
    if (stored === null) return null;
    const { head, frontier, signedAt } = stored;
    const isOwn = frontier !== null && rootOf(frontier).toString('hex') === head.root_hash;
    if (!isOwn || !isSignedBy(head, signerOf(head, keys()).publicKey)) return 'broken';
    return { head, frontier, signedAt };
  };

  return {
    record: async (db, entry) => {
      const { organization_id: organizationId, revision, created_at: signedAt } = entry;
      const leaf = hashLeaf(entryText(entry));
      const before = revision - 1;
      const known = kept.get(organizationId);
      if (known?.frontier.size === before) {
        const growth = { from: known, leaves: [leaf], adoptedSize: known.head.adopted_size, signedAt };
        const { tree, complete } = grown(organizationId, growth, keys);
        if (await insertExtension(db, kind, { entry, leaf, tree, replaced: known.head })) {
          await insertSubtrees(db, organizationId, complete);
          keep(organizationId, tree);
          return;
        }
      } else await insertEntry(db, entry, leaf);
      const from = await readOwn(db, organizationId);
      // The change is made all the same: whoever can bend the database must not be able to stop the service with it. The
      // tree ends there, which every verification tells.
      if (from === 'broken') return;
      const size = from?.frontier.size ?? 0;
      if (size > before || before - size > mostBesides) return;
      const besides = size === before ? [] : await leavesAfter(db, organizationId, size, before - size);
      if (size + besides.length !== before) return;
      const adoptedSize = besides.length > 0 ? before : (from?.head.adopted_size ?? 0);
      await grow(db, organizationId, { from, leaves: [...besides, leaf], adoptedSize, signedAt });
    },
    adopt: async (db, organizationId, now, limit) => {
      const from = await readOwn(db, organizationId);
      if (from === 'broken') return 0;
      const size = from?.frontier.size ?? 0;
      const leaves = await leavesAfter(db, organizationId, size, limit);
      const isSignedAnew = from !== null && from.head.key_id !== keys()[0].kid;
      if (leaves.length === 0 && !isSignedAnew) return 0;
      const adoptedSize = leaves.length === 0 ? (from?.head.adopted_size ?? 0) : size + leaves.length;
      const growth = { from, leaves, adoptedSize, signedAt: now };
      return (await grow(db, organizationId, growth)) ? leaves.length : 0;
    },
    remove: async (db, organizationId, { now, olderThan }, limit) => {
      const from = await readOwn(db, organizationId);
      if (from === null || from === 'broken') return 0;
      const { adopted_size: adoptedSize, removed_size: before, tree_size: size } = from.head;
      const some = await readEntries(db, organizationId, before, Math.min(limit, size - before - 1));
      const entries = removable(some, before, olderThan);
      if (entries.length === 0) return 0;
      await removeEntries(db, organizationId, entries);
      const growth = { from, leaves: [], adoptedSize, removedSize: before + entries.length, signedAt: now };
      if (!(await grow(db, organizationId, growth)))
        throw new Error('the head was replaced by somebody without the lock');
      return entries.length;
    },
  };
}

/** Of entries that should follow a revision, the first ones that are old enough and as they were stored. */
function removable(
  rows: readonly AuditEntryRow[],
  after: number,
  olderThan: number,
): readonly { readonly revision: number; readonly leaf: Hash }[] {
  const entries = rows.map((row) => ({ ...row, leaf: hashLeaf(entryText(row)) }));
  const end = entries.findIndex(
    ({ revision, created_at, leaf, leaf_hash: stored }, index) =>
      revision !== after + index + 1 || created_at >= olderThan || (stored !== null && stored !== leaf.toString('hex')),
  );
  return entries.slice(0, end === -1 ? entries.length : end);
}

/** The hashes of entries that follow one another without a gap. */
async function leavesAfter(
  db: Transaction<Database>,
  organizationId: string,
  size: number,
  limit: number,
): Promise<readonly Hash[]> {
  const rows = await readEntries(db, organizationId, size, limit);
  const gap = rows.findIndex(({ revision }, index) => revision !== size + index + 1);
  return rows.slice(0, gap === -1 ? rows.length : gap).map((row) => hashLeaf(entryText(row)));
}

function grown(
  organizationId: string,
  { from, leaves, adoptedSize, removedSize = from?.head.removed_size ?? 0, signedAt }: Growth,
  keys: () => LogKeys,
): { readonly tree: Tree; readonly complete: readonly Subtree[] } {
  const complete: Subtree[] = [];
  const onSubtree = (level: number, position: number, hash: Hash) => {
    if (level >= leastStoredLevel) complete.push({ level, position, hash });
  };
  const [key] = keys();
  let frontier = from?.frontier ?? emptyFrontier;
  for (const leaf of leaves) frontier = append(frontier, leaf, onSubtree);
  const unsigned = {
    organization_id: organizationId,
    tree_size: frontier.size,
    root_hash: rootOf(frontier).toString('hex'),
    adopted_size: adoptedSize,
    removed_size: removedSize,
    signed_at: formatTimestamp(signedAt),
    key_id: key.kid,
  };
  const signature = sign(null, Buffer.from(headText(unsigned), 'utf8'), key.privateKey).toString('base64url');
  return { tree: { head: { ...unsigned, signature }, frontier, signedAt }, complete };
}
