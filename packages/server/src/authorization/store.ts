import type { FactChange, OrganizationFacts } from '@bailiwick/authz';
import type { AuditResource } from '@bailiwick/contract';
import type { HeldKey } from '../api-keys/known-keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { Authorized } from './authorized.ts';
import { readApplications, readGroups, readKeys, readPolicies, readProjects, readUsers } from './rows.ts';

/** Facts of an organization at the revision they were read at. */
export interface FactsAtRevision {
  readonly facts: OrganizationFacts;
  readonly keys: readonly HeldKey[];
  readonly revision: number;
  /** The audit entry of that revision; null where there is none. */
  readonly entryId: string | null;
}

/** What a change leaves in memory: for decisions, or whose a key is. */
export type Fact = FactChange | { readonly kind: 'api_key'; readonly accessKey: string; readonly held: HeldKey | null };

/** One entry of the change log: what was changed by which revision. */
export interface LoggedChange {
  readonly revision: number;
  /** Id of its audit entry. */
  readonly entryId: string;
  readonly resource: AuditResource;
  readonly resourceId: string;
}

/** @returns the number of changes that the organization has seen; null when there is none such */
export async function readRevision(db: Storage['db'], scope: Authorized): Promise<number | null> {
  const row = await db
    .selectFrom('organizations')
    .select('revision')
    .where('id', '=', scope.organizationId)
    .executeTakeFirst();
  return row?.revision ?? null;
}

/** Changes after a revision, oldest first. */
export async function readChanges(
  db: Storage['db'],
  scope: Authorized,
  after: number,
  limit: number,
): Promise<readonly LoggedChange[]> {
  const rows = await db
    .selectFrom('audit_entries')
    .select(['revision', 'id', 'resource_type', 'resource_id'])
    .where('organization_id', '=', scope.organizationId)
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    revision: row.revision,
    entryId: row.id,
    resource: row.resource_type as AuditResource,
    resourceId: row.resource_id,
  }));
}

/** What a changed resource is now, as far as decisions depend on it; null for a resource they do not depend on. */
export async function readFact(
  db: Storage['db'],
  scope: Authorized,
  resource: AuditResource,
  id: string,
): Promise<Fact | null> {
  switch (resource) {
    case 'project':
      return { kind: 'project', id, exists: (await readProjects(db, scope, { id })).length > 0 };
    case 'user':
      return { kind: 'user', id, fact: (await readUsers(db, scope, { id }))[0]?.fact ?? null };
    case 'application':
      return { kind: 'application', id, fact: (await readApplications(db, scope, { id }))[0]?.fact ?? null };
    case 'group':
      return { kind: 'group', id, fact: (await readGroups(db, scope, { id }))[0]?.fact ?? null };
    case 'policy':
      return { kind: 'policy', id, fact: (await readPolicies(db, scope, { id }))[0]?.fact ?? null };
    case 'api_key':
      return { kind: 'api_key', accessKey: id, held: (await readKeys(db, scope, { accessKey: id }))[0] ?? null };
    default:
      return null;
  }
}
