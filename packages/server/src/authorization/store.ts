import type {
  ApplicationFact,
  FactChange,
  GroupFact,
  OrganizationFacts,
  PolicyFact,
  RuleFact,
  UserFact,
} from '@bailiwick/authz';
import type { AuditResource } from '@bailiwick/contract';
import type { HeldKey } from '../api-keys/known-keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { Authorized } from './authorized.ts';

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

/**
 * Everything that decisions depend on, and whose the newest keys are. Wants a transaction that sees one state of the database.
 *
 * @param committed the last revision that is committed, where the transaction sees one that is not
 * @param keys how many keys
 */
export async function readAllFacts(
  db: Storage['db'],
  scope: Authorized,
  { committed, keys }: { readonly committed: number | null; readonly keys: number },
): Promise<FactsAtRevision | null> {
  const read = await readRevision(db, scope);
  if (read === null) return null;
  const revision = committed ?? read;
  const [last] = await readChanges(db, scope, revision - 1, 1);
  const projects = await db
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .execute();
  return {
    revision,
    entryId: last?.revision === revision ? last.entryId : null,
    keys: keys === 0 ? [] : await readKeys(db, scope, { limit: keys }),
    facts: {
      id: scope.organizationId,
      projects: projects.map(({ id }) => id),
      users: await readUsers(db, scope),
      applications: await readApplications(db, scope),
      groups: await readGroups(db, scope),
      policies: await readPolicies(db, scope),
    },
  };
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
    case 'project': {
      const row = await db
        .selectFrom('projects')
        .select('id')
        .where('organization_id', '=', scope.organizationId)
        .where('id', '=', id)
        .executeTakeFirst();
      return { kind: 'project', id, exists: row !== undefined };
    }
    case 'user':
      return { kind: 'user', id, fact: (await readUsers(db, scope, id))[0] ?? null };
    case 'application':
      return { kind: 'application', id, fact: (await readApplications(db, scope, id))[0] ?? null };
    case 'group':
      return { kind: 'group', id, fact: (await readGroups(db, scope, id))[0] ?? null };
    case 'policy':
      return { kind: 'policy', id, fact: (await readPolicies(db, scope, id))[0] ?? null };
    case 'api_key':
      return {
        kind: 'api_key',
        accessKey: id,
        held: (await readKeys(db, scope, { accessKey: id, limit: 1 }))[0] ?? null,
      };
    default:
      return null;
  }
}

async function readKeys(
  db: Storage['db'],
  scope: Authorized,
  { accessKey, limit }: { readonly accessKey?: string; readonly limit: number },
): Promise<readonly HeldKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(['access_key', 'secret_hash', 'user_id', 'application_id', 'expires_at'])
    .where('organization_id', '=', scope.organizationId)
    .$if(accessKey !== undefined, (query) => query.where('access_key', '=', accessKey ?? ''))
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    secretHash: row.secret_hash,
    key: {
      accessKey: row.access_key,
      organizationId: scope.organizationId,
      kind: row.user_id === null ? 'application' : 'user',
      bearerId: row.user_id ?? row.application_id ?? '',
      expiresAt: row.expires_at,
    },
  }));
}

async function readUsers(db: Storage['db'], scope: Authorized, id?: string): Promise<readonly UserFact[]> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'type', 'locked'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .execute();
  return rows.map((row) => ({ id: row.id, owner: row.type === 'owner', locked: row.locked === 1 }));
}

async function readApplications(
  db: Storage['db'],
  scope: Authorized,
  id?: string,
): Promise<readonly ApplicationFact[]> {
  const rows = await db
    .selectFrom('applications')
    .select(['id', 'managed'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .execute();
  return rows.map((row) => ({ id: row.id, managed: row.managed === 1 }));
}

async function readGroups(db: Storage['db'], scope: Authorized, id?: string): Promise<readonly GroupFact[]> {
  const groups = await db
    .selectFrom('groups')
    .select(['id', 'kind'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .execute();
  const members = await db
    .selectFrom('group_members')
    .select(['group_id', 'user_id', 'application_id'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('group_id', '=', id ?? ''))
    .execute();
  const membersOf = Map.groupBy(members, (member) => member.group_id);
  return groups.map((group) => {
    const own = membersOf.get(group.id) ?? [];
    return {
      id: group.id,
      kind: group.kind,
      userIds: own.flatMap((member) => member.user_id ?? []),
      applicationIds: own.flatMap((member) => member.application_id ?? []),
    };
  });
}

async function readPolicies(db: Storage['db'], scope: Authorized, id?: string): Promise<readonly PolicyFact[]> {
  const policies = await db
    .selectFrom('policies')
    .select(['id', 'name', 'user_id', 'group_id', 'application_id'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .execute();
  const rules = await db
    .selectFrom('rules')
    .select(['id', 'policy_id', 'scope', 'condition'])
    .where('organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('policy_id', '=', id ?? ''))
    .orderBy('policy_id')
    .orderBy('position')
    .execute();
  const sets = await db
    .selectFrom('rule_permission_sets as s')
    .innerJoin('rules as r', 'r.id', 's.rule_id')
    .select(['s.rule_id', 's.permission_set_id as held'])
    .where('r.organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('r.policy_id', '=', id ?? ''))
    .orderBy('s.rule_id')
    .orderBy('s.position')
    .execute();
  const projects = await db
    .selectFrom('rule_projects as p')
    .innerJoin('rules as r', 'r.id', 'p.rule_id')
    .select(['p.rule_id', 'p.project_id as held'])
    .where('r.organization_id', '=', scope.organizationId)
    .$if(id !== undefined, (query) => query.where('r.policy_id', '=', id ?? ''))
    .orderBy('p.rule_id')
    .orderBy('p.position')
    .execute();
  const setsOf = Map.groupBy(sets, (set) => set.rule_id);
  const projectsOf = Map.groupBy(projects, (project) => project.rule_id);
  const rulesOf = Map.groupBy(rules, (rule) => rule.policy_id);
  const held = (of: ReadonlyMap<string, readonly { readonly held: string }[]>, ruleId: string) =>
    of.get(ruleId)?.map((each) => each.held) ?? [];
  return policies.map((policy) => ({
    id: policy.id,
    name: policy.name,
    principalId: policy.user_id ?? policy.group_id ?? policy.application_id,
    rules: (rulesOf.get(policy.id) ?? []).map(
      (rule): RuleFact => ({
        id: rule.id,
        permissionSetIds: held(setsOf, rule.id),
        scope:
          rule.scope === 'organization'
            ? { kind: 'organization' }
            : { kind: 'projects', projectIds: held(projectsOf, rule.id) },
        condition: rule.condition,
      }),
    ),
  }));
}
