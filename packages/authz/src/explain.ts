import type { Permission } from './catalogue.ts';
import { type Change, smallestChanges } from './changes.ts';
import type { ConditionFailure } from './conditions/condition.ts';
import { type Decision, decide } from './decide.ts';
import type { Question } from './facts.ts';
import { grantsPermission, type Organization, type Policy, type Rule, sourcesOf } from './organization.ts';
import { valuesOf } from './several.ts';

/** A decision with its reasons. */
export interface Explanation {
  readonly decision: Decision;
  /** The permission asked for and those that it requires, each with whether it is held. */
  readonly permissions: readonly { readonly permission: string; readonly held: boolean }[];
  /** Groups that the principal is in, special ones included, in order of their ids. */
  readonly groupIds: readonly string[];
  /** Every rule that reaches the principal, once for each permission; empty for the owner, who needs none. */
  readonly rules: readonly RuleOutcome[];
  /** Ways to the opposite answer, none with a part to spare. Empty when no change of ours would give it. */
  readonly changes: readonly Change[];
}

/** What a rule did for one permission. */
export interface RuleOutcome {
  readonly permission: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly ruleId: string;
  /** Its place in the policy, from 0. */
  readonly position: number;
  /** The group through which the policy reaches the principal; null for a policy of its own. */
  readonly throughGroupId: string | null;
  readonly outcome: 'grants' | 'no_permission' | 'other_scope' | 'condition_false' | 'condition_error';
  /** The clause that failed, where a condition did. */
  readonly failure: ConditionFailure | null;
}

/** Decides one question and tells why. Slower than `decide`, and never at odds with it. */
export function explain(organization: Organization, question: Question): Explanation {
  const decision = decide(organization, question);
  const principal = organization.principals.get(question.principalId);
  const permission = organization.catalogue.permissions.get(question.permission);
  if (!principal || !permission) return { decision, permissions: [], groupIds: [], rules: [], changes: [] };
  const sources = sourcesOf(organization, principal);
  const asked = permission.scope === 'self' ? [] : [permission, ...permission.requires];
  const rules = principal.owner
    ? []
    : asked.flatMap((each) => sources.flatMap((id) => outcomesOf(organization, id, each, principal.id, question)));
  const granted = new Set(rules.filter(({ outcome }) => outcome === 'grants').map((each) => each.permission));
  return {
    decision,
    permissions: asked.map(({ name }) => ({ permission: name, held: principal.owner || granted.has(name) })),
    groupIds: sources.filter((id) => id !== principal.id).sort(),
    rules,
    changes: smallestChanges(organization, principal, permission, question, { decision, rules }),
  };
}

function outcomesOf(
  { policiesOf }: Organization,
  sourceId: string,
  permission: Permission,
  principalId: string,
  question: Question,
): readonly RuleOutcome[] {
  return valuesOf(policiesOf, sourceId)
    .toSorted(byId)
    .flatMap((policy) =>
      policy.rules.map((rule, position) => ({
        permission: permission.name,
        policyId: policy.id,
        policyName: policy.name,
        ruleId: rule.fact.id,
        position,
        throughGroupId: sourceId === principalId ? null : sourceId,
        ...outcomeOf(rule, permission, question),
      })),
    );
}

const byId = (a: Policy, b: Policy): number => (a.id < b.id ? -1 : 1);

/** What a rule does for a permission: the first of permission, scope and condition that is missing. */
export function outcomeOf(
  rule: Rule,
  permission: Permission,
  question: Question,
): Pick<RuleOutcome, 'outcome' | 'failure'> {
  if (!grantsPermission(rule, permission)) return { outcome: 'no_permission', failure: null };
  if (!coversScope(rule, permission, question)) return { outcome: 'other_scope', failure: null };
  const failure = rule.condition?.failure(question) ?? null;
  if (failure === null) return { outcome: 'grants', failure };
  return { outcome: failure.verdict === 'false' ? 'condition_false' : 'condition_error', failure };
}

/** Whether a rule reaches the scope of the question, as far as the permission is concerned. */
export function coversScope({ organization, projects }: Rule, permission: Permission, { scope }: Question): boolean {
  if (organization) return true;
  return scope.kind === 'project' && permission.scope === 'project' && projects.has(scope.projectId);
}
