import { entryText, type Hash, type StoredEntry } from '@bailiwick/contract/log-tree';
import { type Selectable, sql } from 'kysely';
import type { AuditEntryTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type AuditEntryRow = Selectable<AuditEntryTable>;

type Db = Storage['db'];

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
