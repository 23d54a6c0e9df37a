import { createMongoAbility, type MongoAbility, type RawRuleOf, subject } from '@casl/ability';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString } from 'casbin';
import type { Catalogue, OrganizationFacts, Question, RuleFact } from '../../packages/authz/src/index.ts';

/** Another library that was given the same rules in its own words; the index is the question's place in its list. */
export type Peer = (question: Question, index: number) => boolean;

const permissionsOf = (rule: RuleFact, { permissionSets }: Catalogue): readonly string[] =>
  rule.permissionSetIds.flatMap((id) => [...(permissionSets.get(id)?.permissions ?? [])].map(({ name }) => name));
const projectsOf = ({ scope }: RuleFact): readonly string[] => (scope.kind === 'projects' ? scope.projectIds : []);
const projectOf = ({ scope }: Question): string => (scope.kind === 'project' ? scope.projectId : scope.organizationId);

/** A policy for each rule, parsed before; of the entities only those that the question is about are handed over. */
export function createCedar(facts: OrganizationFacts, catalogue: Catalogue): Peer {
  const groups = new Set(facts.groups.map(({ id }) => id));
  const policies = facts.policies.flatMap(({ principalId, rules }) =>
    rules.map((rule) => {
      const principal = groups.has(principalId ?? '') ? `in Group::"${principalId}"` : `== User::"${principalId}"`;
      const actions = permissionsOf(rule, catalogue).map((name) => `Action::"${name}"`);
      const [project] = projectsOf(rule);
      return `permit(principal ${principal}, action in [${actions.join(', ')}], resource == Project::"${project}");`;
    }),
  );
  const parsed = preparsePolicySet('bench', { staticPolicies: policies.join('\n') });
  if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
  const parents = new Map<string, { readonly type: string; readonly id: string }[]>();
  for (const { id, userIds } of facts.groups) {
    for (const user of userIds) parents.set(user, [...(parents.get(user) ?? []), { type: 'Group', id }]);
  }
  return (question) => {
    const uid = { type: 'User', id: question.principalId };
    const answer = statefulIsAuthorized({
      principal: uid,
      action: { type: 'Action', id: question.permission },
      resource: { type: 'Project', id: projectOf(question) },
      context: {},
      preparsedPolicySetId: 'bench',
      entities: [{ uid, attrs: {}, parents: parents.get(question.principalId) ?? [] }],
    });
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
}

const casbinModel = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`;

/** A line for each permission of a rule, and one for each membership. */
export async function createCasbin(facts: OrganizationFacts, catalogue: Catalogue): Promise<Peer & { lines: number }> {
  const enforcer = await newEnforcer(newModelFromString(casbinModel));
  const lines = facts.policies.flatMap(({ principalId, rules }) =>
    rules.flatMap((rule) =>
      projectsOf(rule).flatMap((project) =>
        permissionsOf(rule, catalogue).map((permission) => [principalId ?? '', project, permission]),
      ),
    ),
  );
  await enforcer.addPolicies(lines);
  await enforcer.addGroupingPolicies(facts.groups.flatMap(({ id, userIds }) => userIds.map((user) => [user, id])));
  const ask: Peer = (question) => enforcer.enforceSync(question.principalId, projectOf(question), question.permission);
  return Object.assign(ask, { lines: lines.length });
}

/** An ability is of one user: all rules are its own. A subject is made before, as an application would hold it. */
export function createCasl(facts: OrganizationFacts, catalogue: Catalogue, questions: readonly Question[]): Peer {
  const rules = facts.policies.flatMap((policy) =>
    policy.rules.flatMap((rule): RawRuleOf<MongoAbility>[] => {
      const names = permissionsOf(rule, catalogue).map(partsOf);
      const [project] = projectsOf(rule);
      return [{ action: names.map(({ action }) => action), subject: names[0]!.kind, conditions: { project } }];
    }),
  );
  const ability = createMongoAbility(rules);
  const asked = questions.map((question) => {
    const { kind, action } = partsOf(question.permission);
    return { action, target: subject(kind, { project: projectOf(question) }) };
  });
  return (_, index) => {
    const { action, target } = asked[index]!;
    return ability.can(action, target);
  };
}

function partsOf(permission: string): { readonly kind: string; readonly action: string } {
  const [service, resource, action = ''] = permission.split(':');
  return { kind: `${service}:${resource}`, action };
}
