import { formatTimestamp } from '@bailiwick/contract';
import {
  entryText,
  type Frontier,
  type Hash,
  type LogEntry,
  readFrontier,
  type SignedLogHead,
  type StoredEntry,
  writeFrontier,
} from '@bailiwick/contract/log-tree';
import { type Selectable, sql } from 'kysely';
import type { AuditEntryTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type AuditEntryRow = Selectable<AuditEntryTable>;
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
    .set(treeRow(tree))
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
    .set(treeRow(tree))
    .where('organization_id', '=', tree.head.organization_id)
    .where('signature', '=', replaced.signature)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
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

/** Entries after a revision, oldest first, with the hashes that are stored with them. */
export async function readEntries(
  db: Db,
  organizationId: string,
  after: number,
  limit: number,
): Promise<readonly AuditEntryRow[]> {
  return db
    .selectFrom('audit_entries')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(limit)
    .execute();
}

/** What is left of an entry, or all of it: its text is null where it was removed. */
export interface KeptEntry extends StoredEntry {
  readonly revision: number;
}

/** Entries after a revision, oldest first, those included that were removed for their age. */
export async function readKeptEntries(
  db: Db,
  organizationId: string,
  after: number,
  limit: number,
): Promise<readonly KeptEntry[]> {
  const leaves = await db
    .selectFrom('log_leaves')
    .select(['revision', 'leaf_hash as leafHash'])
    .where('organization_id', '=', organizationId)
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(limit)
    .execute();
  const rows = await readEntries(db, organizationId, after, limit);
  const merged = [
    ...leaves.map((leaf) => ({ ...leaf, content: null })),
    ...rows.map((row) => ({ revision: row.revision, content: entryText(row), leafHash: row.leaf_hash })),
  ].toSorted((one, other) => one.revision - other.revision);
  const last = merged[limit - 1];
  // Whoever bends the log may make two of one number; they are not torn apart.
  return last === undefined ? merged : merged.filter(({ revision }) => revision <= last.revision);
}

/** Removes entries up to a revision, of which all but the hash is lost. */
export async function removeEntries(
  db: Db,
  organizationId: string,
  entries: readonly { readonly revision: number; readonly leaf: Hash }[],
): Promise<void> {
  const revisions = entries.map(({ revision }) => revision);
  await db
    .insertInto('log_leaves')
    .values(
      entries.map(({ revision, leaf }) => ({
        organization_id: organizationId,
        revision,
        leaf_hash: leaf.toString('hex'),
      })),
    )
    .execute();
  await db
    .deleteFrom('audit_entries')
    .where('organization_id', '=', organizationId)
    .where('revision', '>=', Math.min(...revisions))
    .where('revision', '<=', Math.max(...revisions))
    .execute();
}

/** @returns the number of an entry, one that no list shows included; null when it is not there */
export async function readRevisionOf(db: Db, organizationId: string, id: string): Promise<number | null> {
  const row = await db
    .selectFrom('audit_entries')
    .select('revision')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.revision ?? null;
}

/** The oldest entry that was not removed; null when there is none. */
export async function readOldestEntry(
  db: Db,
  organizationId: string,
): Promise<Pick<AuditEntryRow, 'revision' | 'created_at'> | null> {
  const row = await db
    .selectFrom('audit_entries')
    .select(['revision', 'created_at'])
    .where('organization_id', '=', organizationId)
    .orderBy('revision')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** @returns 0 when there is no entry */
export async function readLastRevision(db: Db, organizationId: string): Promise<number> {
  const row = await db
    .selectFrom('audit_entries')
    .select(({ fn }) => fn.max('revision').as('last'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

/** An organization with entries, one that was deleted included. */
export interface LoggedOrganization {
  readonly id: string;
  readonly lastRevision: number;
  /** 0 when there is no tree. */
  readonly treeSize: number;
  /** Id of the key that has signed its head; null when there is none. */
  readonly keyId: string | null;
}

/** Organizations that have entries, in the order of their ids: an entry of each is looked at, not all of them. */
export async function organizationsWithEntries(
  db: Db,
  after: string,
  limit: number,
): Promise<readonly LoggedOrganization[]> {
  const { rows } = await sql<LoggedOrganization>`
    with recursive ids (id) as (
      select min(organization_id) from audit_entries where organization_id > ${after}
      union all
      select (select min(organization_id) from audit_entries where organization_id > ids.id) from ids where ids.id is not null
    )
    select ids.id, coalesce(h.tree_size, 0) as "treeSize", h.key_id as "keyId",
      (select max(revision) from audit_entries where organization_id = ids.id) as "lastRevision"
    from ids left join log_heads h on h.organization_id = ids.id where ids.id is not null limit ${limit}`.execute(db);
  return rows;
}

/** Waits for a change of the organization that is under way; no other begins before the transaction ends. */
export async function lockOrganization(db: Db, organizationId: string): Promise<void> {
  await db
    .updateTable('organizations')
    .set((row) => ({ revision: row.ref('revision') }))
    .where('id', '=', organizationId)
    .execute();
}
