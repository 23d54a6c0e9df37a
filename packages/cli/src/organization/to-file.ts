import type { OrganizationFile, PolicyEntry, RuleEntry } from './file-schema.ts';
import { createNaming, type Naming } from './naming.ts';
import { byText, type Existing, type Kind, type Organization, type RuleValue, type Values } from './organization.ts';

/** An organization as a file, and what of it no file can say. */
export interface Exported {
  readonly file: OrganizationFile;
  readonly leftOut: readonly string[];
}

/** Writes down an organization by names, with defaults left out. */
export function toFile(organization: Organization): Exported {
  const leftOut: string[] = [];
  const names = createNaming(organization);
  const inFile = <K extends Kind>(all: readonly Existing<K>[]) =>
    all.filter(({ isEditable }) => isEditable).toSorted(byName);
  const policies = inFile(organization.policy).filter(({ value }) => {
    const isSayable = value.rules.every(({ scope }) => scope !== 'account');
    if (!isSayable) leftOut.push(`the policy ${value.name}, with a rule on the account of the owner`);
    return isSayable;
  });
  const tell = (kind: Kind, all: readonly Existing[]) => {
    const count = all.filter(({ isEditable, special }) => !isEditable && special === null).length;
    if (count > 0) leftOut.push(`of kind ${kind}, ${count} that ${count === 1 ? 'belongs' : 'belong'} to the platform`);
  };
  tell('application', organization.application);
  tell('group', organization.group);
  tell('policy', organization.policy);
  const file: OrganizationFile = {
    version: 1,
    projects: inFile(organization.project).map((project) => ({
      ...named(project, names),
      ...(project.isDefault && { default: true }),
      ...described(project.value),
    })),
    applications: inFile(organization.application).map((one) => ({ ...named(one, names), ...tagged(one.value) })),
    groups: inFile(organization.group).map((group) => ({
      ...named(group, names),
      ...tagged(group.value),
      ...members(group.value, names),
    })),
    policies: policies.map((policy) => ({
      ...named(policy, names),
      ...tagged(policy.value),
      ...attached(policy.value, names),
      ...(policy.value.rules.length > 0 && { rules: policy.value.rules.map((rule) => ruleEntry(rule, names)) }),
    })),
  };
  return { file, leftOut };
}

function byName(a: Existing, b: Existing): number {
  return byText(a.value.name, b.value.name) || byText(a.id, b.id);
}

/** The default project is told by being it. */
function named({ kind, id, isDefault, value: { name } }: Existing, { isShared }: Naming) {
  return { ...(isShared(kind, name) && !isDefault && { id }), name };
}

function described({ description }: Values['project']) {
  return description === '' ? {} : { description };
}

function tagged(value: Values['application']) {
  return { ...described(value), ...(value.tags.length > 0 && { tags: value.tags.toSorted(byText) }) };
}

function members({ users, applications }: Values['group'], { listed }: Naming) {
  return {
    ...(users.length > 0 && { users: listed('user', users) }),
    ...(applications.length > 0 && { applications: listed('application', applications) }),
  };
}

function attached({ principal }: Values['policy'], { refer, referToGroup }: Naming): Partial<PolicyEntry> {
  if (principal === null) return {};
  const { kind, key } = principal;
  return kind === 'group' ? { group: referToGroup(key) } : { [kind]: refer(kind, key) };
}

function ruleEntry({ permissionSets, scope, condition }: RuleValue, { listed }: Naming): RuleEntry {
  return {
    permission_sets: permissionSets.toSorted(byText),
    ...(typeof scope === 'string' ? { scope: 'organization' } : { projects: listed('project', scope) }),
    ...(condition !== '' && { condition }),
  };
}
