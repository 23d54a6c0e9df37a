import type { RuleFact } from '@bailiwick/authz';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { chunks } from '../storage/chunks.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { RuleTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** A rule as it is kept: permission sets by id, so that a renamed set stays granted. */
export interface StoredRule extends Selectable<RuleTable> {
  readonly permissionSetIds: readonly string[];
  readonly projectIds: readonly string[];
}

export interface NewRule {
  readonly id: string;
  readonly scope: RuleTable['scope'];
  readonly scopeType: RuleTable['scope_type'];
  readonly condition: string;
  readonly permissionSetIds: readonly string[];
  readonly projectIds: readonly string[];
}

/** A rule as decisions see it. */
export function ruleFact({ id, permissionSetIds, scope, projectIds, condition }: NewRule): RuleFact {
  return {
    id,
    permissionSetIds,
    scope: scope === 'organization' ? { kind: 'organization' } : { kind: 'projects', projectIds },
    condition,
  };
}

export async function listRules(
  storage: Storage,
  scope: Authorized,
  policyId: string,
  request: PageRequest,
): Promise<Page<StoredRule>> {
  const order = { columns: { position: 'position' }, tie: 'id', fallback: 'position_asc' } as const;
  const { rows, total } = await fetchPage(storage, selectRules(storage.db, scope, policyId), request, order);
  return { rows: await withContents(storage.db, rows), total };
}

/** All rules of a policy in order. */
export async function readRules(
  db: Storage['db'],
  scope: Authorized,
  policyId: string,
): Promise<readonly StoredRule[]> {
  return withContents(db, await selectRules(db, scope, policyId).orderBy('position').execute());
}

function selectRules(db: Storage['db'], scope: Authorized, policyId: string) {
  return db
    .selectFrom('rules')
    .selectAll('rules')
    .where('organization_id', '=', scope.organizationId)
    .where('policy_id', '=', policyId);
}

/** Adds permission sets and projects, each with one query for all rules. */
async function withContents(db: Storage['db'], rows: readonly Selectable<RuleTable>[]): Promise<readonly StoredRule[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const sets = await db
    .selectFrom('rule_permission_sets')
    .select(['rule_id', 'permission_set_id as held'])
    .where('rule_id', 'in', ids)
    .orderBy('position')
    .execute();
  const projects = await db
    .selectFrom('rule_projects')
    .select(['rule_id', 'project_id as held'])
    .where('rule_id', 'in', ids)
    .orderBy('position')
    .execute();
  const setsOf = Map.groupBy(sets, ({ rule_id: id }) => id);
  const projectsOf = Map.groupBy(projects, ({ rule_id: id }) => id);
  return rows.map((row) => ({
    ...row,
    permissionSetIds: setsOf.get(row.id)?.map(({ held }) => held) ?? [],
    projectIds: projectsOf.get(row.id)?.map(({ held }) => held) ?? [],
  }));
}

/** Puts the rules in place of those the policy has. */
export async function replaceRules(change: Change, policyId: string, rules: readonly NewRule[]): Promise<void> {
  const { db, scope } = change;
  const organization_id = scope.organizationId;
  await db
    .deleteFrom('rules')
    .where('organization_id', '=', organization_id)
    .where('policy_id', '=', policyId)
    .execute();
  const rows = rules.map(({ id, scope: kind, scopeType: scope_type, condition }, position) => ({
    id,
    organization_id,
    policy_id: policyId,
    position,
    scope: kind,
    scope_type,
    condition,
  }));
  const sets = rules.flatMap(({ id, permissionSetIds }) =>
    permissionSetIds.map((permission_set_id, position) => ({
      organization_id,
      rule_id: id,
      position,
      permission_set_id,
    })),
  );
  const projects = rules.flatMap(({ id, projectIds }) =>
    projectIds.map((project_id, position) => ({ organization_id, rule_id: id, position, project_id })),
  );
  for (const values of chunks(rows)) await db.insertInto('rules').values(values).execute();
  for (const values of chunks(sets)) await db.insertInto('rule_permission_sets').values(values).execute();
  for (const values of chunks(projects)) await db.insertInto('rule_projects').values(values).execute();
}
