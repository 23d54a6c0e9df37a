import { formatTimestamp } from '@bailiwick/contract';
import {
  type Frontier,
  type Hash,
  type LogEntry,
  readFrontier,
  type SignedLogHead,
  writeFrontier,
} from '@bailiwick/contract/log-tree';
import type { Storage } from '../storage/storage.ts';
import type { AuditEntryRow } from './entries.ts';

export type NewEntry = Omit<AuditEntryRow, 'leaf_hash'> & LogEntry;

/** A tree as it is stored; the frontier is null where the text cannot be one of a tree of this size. */
export interface StoredTree {
  /** Microseconds since 1970. */
  readonly signedAt: number;
  readonly head: SignedLogHead;
  readonly frontier: Frontier | null;
}

/** A tree that can be made longer. */
export interface Tree extends StoredTree {
  readonly frontier: Frontier;
}

/** A perfect subtree: `2^level` leaves, the first of which is `position * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly position: number;
  readonly hash: Hash;
}

/** Smaller subtrees are made of their leaves when they are asked for: 256 of them are one look into the index. */
export const leastStoredLevel = 8;

type Db = Storage['db'];

export async function insertEntry(db: Db, entry: NewEntry, leaf: Hash): Promise<void> {
  await db.insertInto('audit_entries').values(entryRow(entry, leaf)).execute();
}

/** An entry, and the tree that it makes of the one whose head is replaced. */
export interface Extension {
  readonly entry: NewEntry;
  readonly leaf: Hash;
  readonly tree: Tree;
  readonly replaced: SignedLogHead;
}

/**
 * Stores an entry in any case, and the tree where the stored one is that which is replaced. With PostgreSQL it is one statement: the
 * way to the database and back is most of what the tree costs there.
 *
 * @returns whether the tree is stored too
 */
export async function insertExtension(
  db: Db,
  kind: Storage['kind'],
  { entry, leaf, tree, replaced }: Extension,
): Promise<boolean> {
  if (kind === 'sqlite') {
    await insertEntry(db, entry, leaf);
    return replaceTree(db, tree, replaced);
  }
  const { numUpdatedRows } = await db
    .with('entry', (both) => both.insertInto('audit_entries').values(entryRow(entry, leaf)).returning('revision'))
    .updateTable('log_heads')
    .set(changesOf(tree))
    .where('organization_id', '=', tree.head.organization_id)
    .where('signature', '=', replaced.signature)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const entryRow = (entry: NewEntry, leaf: Hash) => ({ ...entry, leaf_hash: leaf.toString('hex') });

export async function readTree(db: Db, organizationId: string): Promise<StoredTree | null> {
  const row = await db
    .selectFrom('log_heads')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { frontier, signed_at: signedAt, ...rest } = row;
  const head = { ...rest, signed_at: formatTimestamp(signedAt) };
  return { head, signedAt, frontier: readFrontier(head.tree_size, frontier) };
}

export async function insertTree(db: Db, tree: Tree): Promise<void> {
  await db.insertInto('log_heads').values(treeRow(tree)).execute();
}

/** @returns false when what is stored is not what was signed with `replaced` */
export async function replaceTree(db: Db, tree: Tree, replaced: SignedLogHead): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('log_heads')
    .set(changesOf(tree))
    .where('organization_id', '=', tree.head.organization_id)
    .where('signature', '=', replaced.signature)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Without the key: SQLite would write its index anew with every change. */
function changesOf(tree: Tree) {
  const { organization_id: _, ...changes } = treeRow(tree);
  return changes;
}

const treeRow = ({ head, signedAt, frontier }: Tree) => ({
  ...head,
  signed_at: signedAt,
  frontier: writeFrontier(frontier),
});

export async function insertSubtrees(db: Db, organizationId: string, subtrees: readonly Subtree[]): Promise<void> {
  if (subtrees.length === 0) return;
  await db
    .insertInto('log_nodes')
    .values(
      subtrees.map(({ hash, ...place }) => ({ ...place, organization_id: organizationId, hash: hash.toString('hex') })),
    )
    // Of a tree that was begun anew.
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'level', 'position'])
        .doUpdateSet((row) => ({ hash: row.ref('excluded.hash') })),
    )
    .execute();
}

/** @returns null when it is not stored */
export async function readSubtree(
  db: Db,
  organizationId: string,
  level: number,
  position: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('log_nodes')
    .select('hash')
    .where('organization_id', '=', organizationId)
    .where('level', '=', level)
    .where('position', '=', position)
    .executeTakeFirst();
  return row?.hash ?? null;
}

export async function readSubtrees(
  db: Db,
  organizationId: string,
): Promise<readonly { readonly level: number; readonly position: number; readonly hash: string }[]> {
  return db
    .selectFrom('log_nodes')
    .select(['level', 'position', 'hash'])
    .where('organization_id', '=', organizationId)
    .execute();
}
