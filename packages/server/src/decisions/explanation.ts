import type { Edit, Explanation, Organization, Question, RuleOutcome } from '@bailiwick/authz';
import type { Context } from '../context.ts';
import { describeEdit } from './edits.ts';
import { lookUpNames, type Names } from './names.ts';

/** An explanation of the engine in the words of the wire, with the names that people know things by. */
export async function describeExplanation(
  context: Context,
  organization: Organization,
  { principalId, permission, scope }: Question,
  { decision, permissions, groupIds, rules, changes }: Explanation,
) {
  const edits = changes.flat();
  const names = await lookUpNames(context, organization, {
    principals: [principalId],
    groups: [...groupIds, ...edits.flatMap((edit) => ('groupId' in edit ? [edit.groupId] : []))],
    projects: [
      ...(scope.kind === 'project' ? [scope.projectId] : []),
      ...rules.flatMap((rule) => otherProjects(organization, rule)),
      ...edits.flatMap(projectOf),
    ],
  });
  return {
    decision: decision.allowed ? ('allow' as const) : ('deny' as const),
    because: decision.because,
    permission,
    scope: describeScope(organization, scope, names),
    principal_id: principalId,
    principal_type: organization.principals.get(principalId)?.kind ?? ('unknown' as const),
    principal_name: names.principal(principalId),
    permissions: [...permissions],
    groups: groupIds.map((id) => ({ id, name: names.group(id) })),
    rules: rules.map((rule) => describeRule(context, organization, rule, names)),
    changes: changes.map((change) => ({
      edits: change.map((edit) => describeEdit(edit, { organization, catalogue: context.catalogue, names })),
    })),
  };
}

function describeScope(organization: Organization, scope: Question['scope'], names: Names) {
  if (scope.kind === 'project') {
    return { type: 'project' as const, id: scope.projectId, name: names.project(scope.projectId) };
  }
  const name = scope.organizationId === organization.id ? names.organization : '';
  return { type: 'organization' as const, id: scope.organizationId, name };
}

function describeRule({ catalogue }: Context, organization: Organization, rule: RuleOutcome, names: Names) {
  const { permission, policyId, policyName, ruleId, position, throughGroupId, outcome, failure } = rule;
  const fact = factOf(organization, policyId, ruleId);
  return {
    permission,
    policy_id: policyId,
    policy_name: policyName,
    rule_id: ruleId,
    position,
    permission_set_names: (fact?.permissionSetIds ?? []).map((id) => catalogue.byId(id)?.name ?? id),
    ...(throughGroupId !== null && { group_id: throughGroupId }),
    outcome,
    ...(outcome === 'other_scope' && {
      projects: otherProjects(organization, rule).map((id) => ({ id, name: names.project(id) })),
    }),
    ...(failure && { clause: failure.clause, values: failure.values }),
  };
}

/** Projects of a rule that would grant, were it asked of one of them. */
function otherProjects(organization: Organization, { policyId, ruleId, outcome }: RuleOutcome): readonly string[] {
  if (outcome !== 'other_scope') return [];
  const scope = factOf(organization, policyId, ruleId)?.scope;
  return scope?.kind === 'projects' ? scope.projectIds : [];
}

function factOf({ policies }: Organization, policyId: string, ruleId: string) {
  return policies.get(policyId)?.rules.find(({ fact }) => fact.id === ruleId)?.fact;
}

function projectOf(edit: Edit): readonly string[] {
  if (edit.kind === 'add_project') return [edit.projectId];
  return edit.kind === 'create_policy' && edit.scope.kind === 'project' ? [edit.scope.projectId] : [];
}
