import { notFound } from '@bailiwick/contract';
import { type Selectable, sql } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { Bit, PolicyTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import type { Storage } from '../storage/storage.ts';
import { tagFilter } from '../storage/tags.ts';

export type PolicyRow = Selectable<PolicyTable> & {
  readonly nb_rules: number;
  readonly nb_scopes: number;
  readonly nb_permission_sets: number;
};

/** Whom a policy is attached to: at most one of the three. */
export type Principal = Pick<PolicyTable, 'user_id' | 'group_id' | 'application_id'>;

export const nobody: Principal = { user_id: null, group_id: null, application_id: null };

export interface PolicyFilters extends PageRequest {
  readonly editable?: boolean;
  readonly user_ids?: readonly string[];
  readonly group_ids?: readonly string[];
  readonly application_ids?: readonly string[];
  readonly no_principal?: boolean;
  readonly policy_name?: string;
  readonly tag?: string;
  readonly policy_ids?: readonly string[];
}

/** A scope is what the sets of a rule reach: the same place counts once for each scope type (docs/wire.md). */
function selectPolicies(db: Storage['db'], scope: Authorized) {
  return db
    .selectFrom('policies')
    .selectAll('policies')
    .select([
      sql<number>`(select count(*) from rules where rules.policy_id = policies.id)`.as('nb_rules'),
      sql<number>`(select count(distinct rules.scope_type) from rules where rules.policy_id = policies.id and rules.scope = 'organization')
        + (select count(*) from (select distinct rules.scope_type, rule_projects.project_id from rules
           join rule_projects on rule_projects.rule_id = rules.id where rules.policy_id = policies.id) as reached)`.as(
        'nb_scopes',
      ),
      sql<number>`(select count(distinct rule_permission_sets.permission_set_id) from rules
        join rule_permission_sets on rule_permission_sets.rule_id = rules.id where rules.policy_id = policies.id)`.as(
        'nb_permission_sets',
      ),
    ])
    .where('policies.organization_id', '=', scope.organizationId);
}

export async function listPolicies(
  storage: Storage,
  scope: Authorized,
  filters: PolicyFilters,
): Promise<Page<PolicyRow>> {
  const {
    editable,
    user_ids,
    group_ids,
    application_ids,
    no_principal: unattached,
    policy_name: name,
    tag,
    policy_ids,
  } = filters;
  let query = selectPolicies(storage.db, scope);
  if (editable !== undefined) query = query.where('editable', '=', Number(editable) as Bit);
  if (user_ids !== undefined) query = query.where('user_id', 'in', user_ids);
  if (group_ids !== undefined) query = query.where('group_id', 'in', group_ids);
  if (application_ids !== undefined) query = query.where('application_id', 'in', application_ids);
  if (unattached !== undefined) {
    query = query.where(({ eb, and, not }) => {
      const none = and([eb('user_id', 'is', null), eb('group_id', 'is', null), eb('application_id', 'is', null)]);
      return unattached ? none : not(none);
    });
  }
  if (name !== undefined) query = query.where('name', '=', name);
  if (tag !== undefined) query = query.where(tagFilter(storage.kind, 'policies.tags', tag));
  if (policy_ids !== undefined) query = query.where('id', 'in', policy_ids);
  const order = {
    columns: { policy_name: 'name_sort', created_at: 'policies.created_at' },
    tie: 'policies.id',
    fallback: 'policy_name_asc',
  } as const;
  const given = [editable, user_ids, group_ids, application_ids, unattached, name, tag, policy_ids];
  const filtered = given.some((filter) => filter !== undefined);
  return fetchPage(storage, query, filters, order, { scope, table: 'policies', filtered });
}

/** @throws ApiError `not_found` */
export async function getPolicy(db: Storage['db'], scope: Authorized, id: string): Promise<PolicyRow> {
  const row = await selectPolicies(db, scope).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('policy', id);
  return row;
}

export interface NewPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly principal: Principal;
}

export async function insertPolicy(
  { db, scope, now }: Change,
  { principal, tags, ...policy }: NewPolicy,
): Promise<void> {
  await db
    .insertInto('policies')
    .values({
      ...policy,
      ...principal,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      name_sort: sortKey(policy.name),
      tags: JSON.stringify(tags),
    })
    .execute();
}

/** A change of a policy does not move `updated_at`; only its rules do (docs/wire.md). */
export async function updatePolicy(
  { db, scope }: Change,
  id: string,
  { name, description, tags, principal }: Partial<Omit<NewPolicy, 'id'>>,
): Promise<void> {
  const changes = {
    ...(name !== undefined && { name, name_sort: sortKey(name) }),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags: JSON.stringify(tags) }),
    ...principal,
  };
  if (Object.keys(changes).length === 0) return;
  await db
    .updateTable('policies')
    .set(changes)
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Moves `updated_at`. */
export async function touchPolicy({ db, scope, now }: Change, id: string): Promise<void> {
  await db
    .updateTable('policies')
    .set({ updated_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Its rules go with it. */
export async function deletePolicy({ db, scope }: Change, id: string): Promise<void> {
  await db.deleteFrom('policies').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
