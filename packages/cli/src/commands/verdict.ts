import { type Explanation, listed, nameOr, whoIs } from './explanation.ts';

/** Who may or may not do what where, and because of what, in one sentence. */
export function verdictOf(explanation: Explanation): string {
  const { decision, permission, scope } = explanation;
  const may = decision === 'allow' ? 'may' : 'may not';
  const where = `in the ${scope.type} ${nameOr(scope)}`;
  const sentence = `${whoIs(explanation)} ${may} use ${permission} ${where}, because ${reasonOf(explanation)}.`;
  return sentence.replace(/^the /, 'The ');
}

const reasons: Readonly<Record<string, string>> = {
  owner: 'the owner of the organization may do everything',
  self: 'every user may do that to itself',
  unknown_principal: 'there is no such user or application',
  unknown_permission: 'there is no such permission',
  scope_mismatch: 'it is a permission on the organization and not on a project',
  expired: 'the credential has expired',
  locked: 'it is locked',
  not_self: 'this is only for users, each to itself',
};

function reasonOf(explanation: Explanation): string {
  const { because, scope } = explanation;
  if (because === 'rule') return grantedBy(explanation);
  if (because === 'nothing_grants') return notGranted(explanation);
  if (because === 'foreign_scope') return `there is no such ${scope.type}`;
  return reasons[because] ?? because.replaceAll('_', ' ');
}

function grantedBy({ permission, rules, groups }: Explanation): string {
  const granting = rules.filter((rule) => rule.permission === permission && rule.outcome === 'grants');
  const names = [...new Map(granting.map((rule) => [rule.policy_id, rule.policy_name])).values()];
  const [first] = granting;
  if (names.length !== 1) return `the policies ${listed(names)} grant it`;
  const group = groups.find(({ id }) => id === first?.group_id);
  return `the policy ${names[0]}${group ? ` of the group ${nameOr(group)}` : ''} grants it`;
}

function notGranted({ permission, permissions, rules }: Explanation): string {
  const missing = permissions.filter(({ held }) => !held).map((each) => each.permission);
  const others = missing.filter((each) => each !== permission);
  if (!missing.includes(permission) && others.length > 0) return `it also needs ${listed(others)}`;
  const failed = rules.filter((rule) => rule.permission === permission && rule.outcome.startsWith('condition_'));
  if (failed.length === 1) return `the only rule that would grant it has a condition that is not met`;
  if (failed.length > 1) return `the rules that would grant it have conditions that are not met`;
  return 'no rule grants it';
}
