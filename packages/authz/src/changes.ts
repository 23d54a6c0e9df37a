import type { Permission, PermissionSet } from './catalogue.ts';
import type { Decision } from './decide.ts';
import { coversScope, outcomeOf, type RuleOutcome } from './explain.ts';
import type { Question, QuestionScope } from './facts.ts';
import { grantsPermission, type Organization, type Principal, type Rule } from './organization.ts';
import { valuesOf } from './several.ts';

/** Edits that together turn an answer into its opposite; without any one of them it stays as it is. */
export type Change = readonly Edit[];

/** One thing that somebody could do to the organization. */
export type Edit =
  | { readonly kind: 'unlock_user' | 'lock_user'; readonly userId: string }
  | { readonly kind: 'renew_credential' }
  | { readonly kind: 'add_to_group' | 'remove_from_group'; readonly groupId: string; readonly principalId: string }
  | { readonly kind: 'attach_policy'; readonly policyId: string; readonly principalId: string }
  | { readonly kind: 'detach_policy'; readonly policyId: string }
  | {
      readonly kind: 'remove_rule' | 'drop_condition' | 'widen_to_organization';
      readonly policyId: string;
      readonly ruleId: string;
    }
  | {
      readonly kind: 'add_permission_set';
      readonly policyId: string;
      readonly ruleId: string;
      readonly permissionSetId: string;
    }
  | { readonly kind: 'add_project'; readonly policyId: string; readonly ruleId: string; readonly projectId: string }
  | {
      readonly kind: 'create_policy';
      readonly principalId: string;
      readonly permissionSetId: string;
      readonly scope: QuestionScope;
    };

/** Ways of one kind that are worth showing. */
const maximumOfAKind = 3;

export interface Reasons {
  readonly decision: Decision;
  readonly rules: readonly RuleOutcome[];
}

/** The smallest changes that would flip an answer, those that change least of what exists first. */
export function smallestChanges(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  question: Question,
  reasons: Reasons,
): readonly Change[] {
  return reasons.decision.allowed
    ? waysToRefuse(organization, principal, permission, reasons)
    : waysToAllow(organization, principal, permission, question, reasons);
}

function waysToRefuse(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  { decision, rules }: Reasons,
): readonly Change[] {
  if (principal.owner) return [];
  const lock: readonly Change[] = principal.kind === 'user' ? [[{ kind: 'lock_user', userId: principal.id }]] : [];
  if (decision.because === 'self') return lock;
  // To lose one of the permissions that are asked for is enough.
  const granting = [permission, ...permission.requires].map(({ name }) =>
    rules.filter((rule) => rule.permission === name && rule.outcome === 'grants'),
  );
  const cuts = granting.flatMap((each) => [cutRules(each), cutSources(organization, principal, each)]);
  return [...smallest(cuts), ...lock];
}

function cutRules(granting: readonly RuleOutcome[]): Change {
  return granting.map(({ policyId, ruleId }) => ({ kind: 'remove_rule', policyId, ruleId }));
}

/** Leaves groups and detaches policies. Nobody leaves a special group. */
function cutSources(organization: Organization, principal: Principal, granting: readonly RuleOutcome[]): Change {
  return unique(
    granting.map(({ policyId, throughGroupId }): Edit => {
      const leavable = throughGroupId !== null && organization.groups.get(throughGroupId)?.kind === 'ordinary';
      return leavable
        ? { kind: 'remove_from_group', groupId: throughGroupId, principalId: principal.id }
        : { kind: 'detach_policy', policyId };
    }),
  );
}

/** Only changes that hold no other of the list, each once. */
function smallest(changes: readonly Change[]): readonly Change[] {
  const sets = changes.map((change) => new Set(change.map((edit) => JSON.stringify(edit))));
  return changes.filter((_, index) =>
    sets.every((other, at) => {
      const mine = sets[index]!;
      const contained = other.isSubsetOf(mine);
      return at === index || !contained || (other.size === mine.size && at > index);
    }),
  );
}

function unique(edits: readonly Edit[]): Change {
  const known = new Set<string>();
  return edits.filter((edit) => {
    const key = JSON.stringify(edit);
    return !known.has(key) && known.add(key);
  });
}

function waysToAllow(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  question: Question,
  { decision, rules }: Reasons,
): readonly Change[] {
  if (decision.because === 'foreign_scope' || decision.because === 'scope_mismatch') return [];
  // Each of these refuses alone, so each must go.
  const first: readonly Edit[] = [
    ...(isExpired(question) ? [{ kind: 'renew_credential' } as const] : []),
    ...(principal.locked ? [{ kind: 'unlock_user', userId: principal.id } as const] : []),
  ];
  if (permission.scope === 'self') {
    const about = principal.kind === 'user' && question.aboutUserId === principal.id;
    return about ? [first] : [];
  }
  const held = new Set(rules.filter(({ outcome }) => outcome === 'grants').map((rule) => rule.permission));
  const asked = principal.owner ? [] : [permission, ...permission.requires];
  const missing = asked.filter(({ name }) => !held.has(name));
  if (missing.length === 0) return [first];
  const ways = [
    ...waysToGrant(organization, principal, missing, question, rules),
    newPolicies(organization, principal, missing, question),
  ];
  return ways.filter((way) => way.length > 0).map((way) => [...first, ...way]);
}

function isExpired({ expiresAt, now }: Question): boolean {
  return expiresAt != null && expiresAt <= now;
}

/** Ways to grant all that is missing by one edit of what exists. */
function waysToGrant(
  organization: Organization,
  principal: Principal,
  missing: readonly Permission[],
  question: Question,
  rules: readonly RuleOutcome[],
): readonly Change[] {
  return [
    ...joinGroup(organization, principal, missing, question),
    ...attachPolicy(organization, principal, missing, question),
    ...widenRule(organization, missing, question, rules),
  ];
}

function joinGroup(
  organization: Organization,
  principal: Principal,
  missing: readonly Permission[],
  question: Question,
): readonly Change[] {
  const joined = valuesOf(organization.groupsOf, principal.id);
  const found: Change[] = [];
  for (const groupId of [...organization.groups.keys()].sort()) {
    if (found.length === maximumOfAKind) break;
    if (organization.groups.get(groupId)?.kind !== 'ordinary' || joined.includes(groupId)) continue;
    const rules = valuesOf(organization.policiesOf, groupId).flatMap((policy) => policy.rules);
    if (grantAll(rules, missing, question)) found.push([{ kind: 'add_to_group', groupId, principalId: principal.id }]);
  }
  return found;
}

function attachPolicy(
  organization: Organization,
  principal: Principal,
  missing: readonly Permission[],
  question: Question,
): readonly Change[] {
  const found: Change[] = [];
  const unattached = [...organization.policies.values()].filter(({ principalId }) => principalId === null);
  for (const { id: policyId, rules } of unattached.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (found.length === maximumOfAKind) break;
    if (grantAll(rules, missing, question))
      found.push([{ kind: 'attach_policy', policyId, principalId: principal.id }]);
  }
  return found;
}

function grantAll(rules: readonly Rule[], missing: readonly Permission[], question: Question): boolean {
  return missing.every((permission) =>
    rules.some((rule) => outcomeOf(rule, permission, question).outcome === 'grants'),
  );
}

/** Changes to rules that reach the principal already: a set, a scope or a condition away from granting. */
function widenRule(
  organization: Organization,
  missing: readonly Permission[],
  question: Question,
  outcomes: readonly RuleOutcome[],
): readonly Change[] {
  // A rule comes up once for each permission: those of the first will do to find it.
  const reaching = outcomes.filter(({ permission }) => permission === missing[0]?.name);
  const widened = reaching.flatMap(({ policyId, ruleId }): Edit[] => {
    const rule = organization.policies.get(policyId)?.rules.find(({ fact }) => fact.id === ruleId);
    return rule ? widen(organization, rule, missing, question, { policyId, ruleId }) : [];
  });
  const kinds = Map.groupBy(widened, ({ kind }) => kind);
  return [...kinds.values()].flatMap((edits) => edits.slice(0, maximumOfAKind).map((edit): Change => [edit]));
}

/** The one edit, if any, after which a rule grants all that is missing. */
function widen(
  organization: Organization,
  rule: Rule,
  missing: readonly Permission[],
  question: Question,
  place: { readonly policyId: string; readonly ruleId: string },
): Edit[] {
  const holdsNow = rule.condition === null || rule.condition.evaluate(question) === true;
  const holdsAll = missing.every((permission) => grantsPermission(rule, permission));
  const coversAll = missing.every((permission) => coversScope(rule, permission, question));
  if (holdsAll && coversAll) return holdsNow ? [] : [{ kind: 'drop_condition', ...place }];
  if (!holdsNow) return [];
  if (holdsAll) return widenScope(rule, missing, question, place);
  if (!coversAll) return [];
  const set = smallestSet(organization, missing);
  const fits = rule.permissionSets.every(({ scopeType }) => scopeType === set?.scopeType);
  return set && fits ? [{ kind: 'add_permission_set', ...place, permissionSetId: set.id }] : [];
}

function widenScope(
  { fact }: Rule,
  missing: readonly Permission[],
  { scope }: Question,
  place: { readonly policyId: string; readonly ruleId: string },
): Edit[] {
  if (fact.scope.kind !== 'projects') return [];
  if (scope.kind === 'organization') return [{ kind: 'widen_to_organization', ...place }];
  const ofProjects = missing.every((permission) => permission.scope === 'project');
  return ofProjects ? [{ kind: 'add_project', ...place, projectId: scope.projectId }] : [];
}

/** New policies of one permission set each, as few as give all that is missing. Empty when no set holds it. */
function newPolicies(
  organization: Organization,
  principal: Principal,
  missing: readonly Permission[],
  question: Question,
): Change {
  const sets = coveringSets(organization, missing);
  return sets.map(({ id, scopeType }) => ({
    kind: 'create_policy',
    principalId: principal.id,
    permissionSetId: id,
    scope: scopeType === 'projects' ? question.scope : { kind: 'organization', organizationId: organization.id },
  }));
}

function coveringSets(organization: Organization, missing: readonly Permission[]): readonly PermissionSet[] {
  const all = smallestSet(organization, missing);
  if (all) return [all];
  const chosen = missing.map((permission) => smallestSet(organization, [permission]));
  if (chosen.includes(undefined)) return [];
  const kept = new Set(chosen.flatMap((set) => set ?? []));
  for (const set of kept) {
    const others = [...kept].filter((each) => each !== set);
    const spare = missing.every((permission) => others.some(({ permissions }) => permissions.has(permission)));
    if (spare) kept.delete(set);
  }
  return [...kept];
}

/** The set that holds all of these and as little else as possible; by name among equals. */
function smallestSet({ catalogue }: Organization, permissions: readonly Permission[]): PermissionSet | undefined {
  let best: PermissionSet | undefined;
  for (const set of catalogue.permissionSets.values()) {
    if (!permissions.every((permission) => set.permissions.has(permission))) continue;
    const size = set.permissions.size - (best?.permissions.size ?? Number.POSITIVE_INFINITY);
    if (size < 0 || (size === 0 && best && set.name < best.name)) best = set;
  }
  return best;
}
