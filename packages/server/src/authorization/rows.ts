import type { ApplicationFact, GroupFact, PolicyFact, RuleFact, UserFact } from '@bailiwick/authz';
import { type RawBuilder, sql } from 'kysely';
import type { HeldKey } from '../api-keys/known-keys.ts';
import { idChunks } from '../storage/chunks.ts';
import type { Storage } from '../storage/storage.ts';
import type { Authorized } from './authorized.ts';

/**
 * Which things of a kind: one, or so many in the order of creation, which is about that in which they lie in the database.
 * They begin behind another, or with the first.
 */
export type Which = { readonly id: string } | { readonly after: Place | undefined; readonly limit: number };

export interface Place {
  readonly createdAt: number;
  readonly id: string;
}

/** What is known of a thing, and its place in the order of creation. */
export interface Placed<F> extends Place {
  readonly fact: F;
}

/** Which keys: one, or so many older than another, the newest first. Without another they begin with the newest. */
export type WhichKeys =
  | { readonly accessKey: string }
  | { readonly before: Pick<KeyRow, 'accessKey' | 'createdAt'> | undefined; readonly limit: number };

/** A key with its place in the order of creation. */
export interface KeyRow extends HeldKey {
  readonly accessKey: string;
  readonly createdAt: number;
}

type Db = Storage['db'];

function chosen(which: Which): RawBuilder<boolean> {
  if ('id' in which) return sql`id = ${which.id}`;
  if (which.after === undefined) return sql`true`;
  return sql`(created_at, id) > (${which.after.createdAt}, ${which.after.id})`;
}
const placed = <F>({ id, created_at }: { readonly id: string; readonly created_at: number }, fact: F): Placed<F> => ({
  id,
  createdAt: created_at,
  fact,
});
const limitOf = (which: Which): number => ('id' in which ? 1 : which.limit);

export async function readProjects(db: Db, scope: Authorized, which: Which): Promise<readonly Placed<string>[]> {
  const rows = await db
    .selectFrom('projects')
    .select(['id', 'created_at'])
    .where('organization_id', '=', scope.organizationId)
    .where(chosen(which))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limitOf(which))
    .execute();
  return rows.map((row) => placed(row, row.id));
}

export async function readUsers(db: Db, scope: Authorized, which: Which): Promise<readonly Placed<UserFact>[]> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'created_at', 'type', 'locked'])
    .where('organization_id', '=', scope.organizationId)
    .where(chosen(which))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limitOf(which))
    .execute();
  return rows.map((row) => placed(row, { id: row.id, owner: row.type === 'owner', locked: row.locked === 1 }));
}

export async function readApplications(
  db: Db,
  scope: Authorized,
  which: Which,
): Promise<readonly Placed<ApplicationFact>[]> {
  const rows = await db
    .selectFrom('applications')
    .select(['id', 'created_at', 'managed'])
    .where('organization_id', '=', scope.organizationId)
    .where(chosen(which))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limitOf(which))
    .execute();
  return rows.map((row) => placed(row, { id: row.id, managed: row.managed === 1 }));
}

export async function readGroups(db: Db, scope: Authorized, which: Which): Promise<readonly Placed<GroupFact>[]> {
  const groups = await db
    .selectFrom('groups')
    .select(['id', 'created_at', 'kind'])
    .where('organization_id', '=', scope.organizationId)
    .where(chosen(which))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limitOf(which))
    .execute();
  const members = await ofEach(groups, (ids) =>
    db
      .selectFrom('group_members')
      .select(['group_id', 'user_id', 'application_id'])
      .where('organization_id', '=', scope.organizationId)
      .where('group_id', 'in', ids)
      .execute(),
  );
  const membersOf = Map.groupBy(members, (member) => member.group_id);
  return groups.map((group) => {
    const own = membersOf.get(group.id) ?? [];
    return placed(group, {
      id: group.id,
      kind: group.kind,
      userIds: own.flatMap((member) => member.user_id ?? []),
      applicationIds: own.flatMap((member) => member.application_id ?? []),
    });
  });
}

export async function readPolicies(db: Db, scope: Authorized, which: Which): Promise<readonly Placed<PolicyFact>[]> {
  const policies = await db
    .selectFrom('policies')
    .select(['id', 'created_at', 'name', 'user_id', 'group_id', 'application_id'])
    .where('organization_id', '=', scope.organizationId)
    .where(chosen(which))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limitOf(which))
    .execute();
  const rules = await ofEach(policies, (ids) =>
    db
      .selectFrom('rules')
      .select(['id', 'policy_id', 'scope', 'condition'])
      .where('organization_id', '=', scope.organizationId)
      .where('policy_id', 'in', ids)
      .orderBy('policy_id')
      .orderBy('position')
      .execute(),
  );
  const sets = await ofEach(rules, (ids) =>
    db
      .selectFrom('rule_permission_sets')
      .select(['rule_id', 'permission_set_id as held'])
      .where('organization_id', '=', scope.organizationId)
      .where('rule_id', 'in', ids)
      .orderBy('rule_id')
      .orderBy('position')
      .execute(),
  );
  const projects = await ofEach(
    rules.filter(({ scope: covered }) => covered === 'projects'),
    (ids) =>
      db
        .selectFrom('rule_projects')
        .select(['rule_id', 'project_id as held'])
        .where('organization_id', '=', scope.organizationId)
        .where('rule_id', 'in', ids)
        .orderBy('rule_id')
        .orderBy('position')
        .execute(),
  );
  const setsOf = Map.groupBy(sets, (set) => set.rule_id);
  const projectsOf = Map.groupBy(projects, (project) => project.rule_id);
  const rulesOf = Map.groupBy(rules, (rule) => rule.policy_id);
  const held = (of: ReadonlyMap<string, readonly { readonly held: string }[]>, ruleId: string) =>
    of.get(ruleId)?.map((each) => each.held) ?? [];
  const factOf = (policy: (typeof policies)[number]): PolicyFact => ({
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
  });
  return policies.map((policy) => placed(policy, factOf(policy)));
}

export async function readKeys(db: Db, scope: Authorized, which: WhichKeys): Promise<readonly KeyRow[]> {
  const query = db
    .selectFrom('api_keys')
    .select(['access_key', 'secret_hash', 'user_id', 'application_id', 'created_at', 'expires_at'])
    .where('organization_id', '=', scope.organizationId);
  const chosenKeys =
    'accessKey' in which
      ? query.where('access_key', '=', which.accessKey)
      : query
          .$if(which.before !== undefined, (all) =>
            all.where(
              sql<boolean>`(created_at, access_key) < (${which.before?.createdAt}, ${which.before?.accessKey})`,
            ),
          )
          .orderBy('created_at', 'desc')
          .orderBy('access_key', 'desc')
          .limit(which.limit);
  const rows = await chosenKeys.execute();
  return rows.map((row) => ({
    accessKey: row.access_key,
    createdAt: row.created_at,
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

/** What belongs to things, with as many ids in a statement as fit. */
async function ofEach<R>(
  things: readonly { readonly id: string }[],
  read: (ids: readonly string[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const found: R[] = [];
  for (const ids of idChunks(things.map(({ id }) => id))) for (const row of await read(ids)) found.push(row);
  return found;
}
