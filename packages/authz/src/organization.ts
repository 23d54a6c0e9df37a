import type { Catalogue, Permission, PermissionSet } from './catalogue.ts';
import { type Condition, compileCondition } from './conditions/condition.ts';
import type { FactChange, GroupFact, OrganizationFacts, PolicyFact, RuleFact } from './facts.ts';
import {
  addValue,
  clearSeveral,
  countOf,
  createSeveral,
  removeKey,
  removeValue,
  type Several,
  valuesOf,
} from './several.ts';

/**
 * The facts of an organization as the engine keeps them: indexed when they change, so that a question is a few look-ups.
 * What reaches a principal is flattened on first use and shared by all that have the same sources; a change drops what
 * came from the thing that changed, and nothing else.
 */
export interface Organization {
  readonly id: string;
  catalogue: Catalogue;
  /** Numbers of the projects that exist, from 1; 0 stands for the organization. A number is never given twice. */
  readonly projects: Map<string, number>;
  lastProject: number;
  readonly principals: Map<string, Principal>;
  readonly groups: Map<string, GroupFact>;
  readonly policies: Map<string, Policy>;
  /** Groups by member, for those that list their members. */
  readonly groupsOf: Several<string, string>;
  /** Policies by the user, application or group that they are attached to. */
  readonly policiesOf: Several<string, Policy>;
  /** The group of all users, and that of all applications. */
  readonly special: { all_users: string | null; all_applications: string | null };
  /** Counts up with every change of anything. */
  changes: number;
  /** Counts up when all that was flattened is void at once. */
  epoch: number;
  /** Flattened grants by their sources. */
  readonly grantsByKey: Map<string, Grants>;
  /** The same by each source. */
  readonly grantsOf: Several<string, Grants>;
}

export interface Principal {
  readonly id: string;
  readonly kind: 'user' | 'application';
  readonly owner: boolean;
  readonly locked: boolean;
  readonly managed: boolean;
  /** Null until asked for, and after a change of its memberships or of its own policies. */
  grants: Grants | null;
}

export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly principalId: string | null;
  readonly rules: readonly Rule[];
}

/** A rule with names looked up and its condition compiled. */
export interface Rule {
  readonly fact: RuleFact;
  readonly permissionSets: readonly PermissionSet[];
  readonly organization: boolean;
  readonly projects: ReadonlySet<string>;
  readonly condition: Condition | null;
}

/** What a set of policies grants, worked out when it is first asked for. */
export interface Grants {
  readonly key: string;
  readonly policies: readonly Policy[];
  /** Where each permission is granted. */
  readonly cells: Map<Permission, Cell>;
  /** What is known of a permission in a project, by the numbers of both. */
  readonly answers: Map<number, Answer>;
  readonly epoch: number;
  /** True once a source has changed. */
  dead: boolean;
}

/** Granted, or not, whatever the question; or granted when one of these conditions is true. */
export type Answer = boolean | readonly Condition[];

/** Where one permission is granted. */
export interface Cell {
  /** In the organization; for a permission on projects in all of them. */
  readonly organization: boolean;
  readonly projects: ReadonlySet<string>;
  readonly conditional: readonly ConditionalGrant[];
}

export interface ConditionalGrant {
  readonly organization: boolean;
  readonly projects: ReadonlySet<string>;
  readonly condition: Condition;
}

export function createOrganization(facts: OrganizationFacts, catalogue: Catalogue): Organization {
  const organization: Organization = {
    id: facts.id,
    catalogue,
    projects: new Map(),
    lastProject: 0,
    principals: new Map(),
    groups: new Map(),
    policies: new Map(),
    groupsOf: createSeveral(),
    policiesOf: createSeveral(),
    special: { all_users: null, all_applications: null },
    changes: 0,
    epoch: 0,
    grantsByKey: new Map(),
    grantsOf: createSeveral(),
  };
  for (const id of facts.projects) applyChange(organization, { kind: 'project', id, exists: true });
  for (const fact of facts.users) applyChange(organization, { kind: 'user', id: fact.id, fact });
  for (const fact of facts.applications) applyChange(organization, { kind: 'application', id: fact.id, fact });
  for (const fact of facts.groups) applyChange(organization, { kind: 'group', id: fact.id, fact });
  for (const fact of facts.policies) applyChange(organization, { kind: 'policy', id: fact.id, fact });
  return organization;
}

/** The facts that an organization is made of now: those it was created from, and the changes since. */
export function factsOf(organization: Organization): OrganizationFacts {
  const principals = [...organization.principals.values()];
  return {
    id: organization.id,
    projects: [...organization.projects.keys()],
    users: principals.filter(({ kind }) => kind === 'user').map(({ id, owner, locked }) => ({ id, owner, locked })),
    applications: principals.filter(({ kind }) => kind === 'application').map(({ id, managed }) => ({ id, managed })),
    groups: [...organization.groups.values()],
    policies: [...organization.policies.values()].map(({ id, name, principalId, rules }) => ({
      id,
      name,
      principalId,
      rules: rules.map(({ fact }) => fact),
    })),
  };
}

/** Brings one change into force. What hangs on a deleted thing goes with it: memberships, and who has its policies. */
export function applyChange(organization: Organization, change: FactChange): void {
  organization.changes += 1;
  switch (change.kind) {
    case 'project':
      setProject(organization, change.id, change.exists);
      return;
    case 'user':
      setPrincipal(organization, change.id, change.fact && principalOf(change.id, 'user', change.fact));
      return;
    case 'application':
      setPrincipal(organization, change.id, change.fact && principalOf(change.id, 'application', change.fact));
      return;
    case 'group':
      setGroup(organization, change.id, change.fact);
      return;
    case 'policy':
      setPolicy(organization, change.id, change.fact);
      return;
  }
}

/** Puts another catalogue into force: rules keep the ids of their sets; what was flattened is worked out anew. */
export function replaceCatalogue(organization: Organization, catalogue: Catalogue): void {
  organization.changes += 1;
  organization.catalogue = catalogue;
  for (const policy of organization.policies.values()) {
    const renewed = { ...policy, rules: policy.rules.map(({ fact }) => readRule(fact, catalogue)) };
    organization.policies.set(policy.id, renewed);
    if (policy.principalId !== null) {
      removeValue(organization.policiesOf, policy.principalId, policy);
      addValue(organization.policiesOf, policy.principalId, renewed);
    }
  }
  dropAllGrants(organization);
}

function principalOf(
  id: string,
  kind: Principal['kind'],
  { owner = false, locked = false, managed = false }: Partial<Pick<Principal, 'owner' | 'locked' | 'managed'>>,
): Principal {
  return { id, kind, owner, locked, managed, grants: null };
}

function setProject(organization: Organization, id: string, exists: boolean): void {
  if (!exists) organization.projects.delete(id);
  else if (!organization.projects.has(id)) {
    organization.lastProject += 1;
    organization.projects.set(id, organization.lastProject);
  }
}

function setPrincipal(organization: Organization, id: string, principal: Principal | null): void {
  if (principal) {
    organization.principals.set(id, principal);
    return;
  }
  organization.principals.delete(id);
  for (const groupId of valuesOf(organization.groupsOf, id)) {
    const group = organization.groups.get(groupId);
    if (group) organization.groups.set(groupId, withoutMember(group, id));
  }
  removeKey(organization.groupsOf, id);
  detachPolicies(organization, id);
}

function withoutMember(group: GroupFact, id: string): GroupFact {
  const others = (ids: readonly string[]) => ids.filter((each) => each !== id);
  return { ...group, userIds: others(group.userIds), applicationIds: others(group.applicationIds) };
}

function setGroup(organization: Organization, id: string, group: GroupFact | null): void {
  const before = memberIds(organization.groups.get(id));
  const after = memberIds(group ?? undefined);
  for (const member of before) {
    if (after.has(member)) continue;
    removeValue(organization.groupsOf, member, id);
    forgetGrants(organization, member);
  }
  for (const given of after) {
    if (before.has(given)) continue;
    const member = sharedId(organization, given);
    addValue(organization.groupsOf, member, group?.id ?? id);
    forgetGrants(organization, member);
  }
  for (const kind of ['all_users', 'all_applications'] as const) {
    const is = group?.kind === kind;
    if (is === (organization.special[kind] === id)) continue;
    organization.special[kind] = is ? id : null;
    // Every principal of the kind gains or loses a source.
    dropAllGrants(organization);
  }
  if (group) organization.groups.set(id, sharingIds(organization, group));
  else {
    organization.groups.delete(id);
    detachPolicies(organization, id);
  }
}

/**
 * The text that a principal is known by. Texts from a database are each of their own, and a million memberships need not hold
 * a million texts more.
 */
function sharedId({ principals }: Organization, id: string): string {
  return principals.get(id)?.id ?? id;
}

function sharingIds(organization: Organization, group: GroupFact): GroupFact {
  const shared = (ids: readonly string[]) => ids.map((id) => sharedId(organization, id));
  return { ...group, userIds: shared(group.userIds), applicationIds: shared(group.applicationIds) };
}

function memberIds(group: GroupFact | undefined): ReadonlySet<string> {
  return new Set(group?.kind === 'ordinary' ? [...group.userIds, ...group.applicationIds] : []);
}

function setPolicy(organization: Organization, id: string, fact: PolicyFact | null): void {
  const before = organization.policies.get(id);
  if (before?.principalId != null) {
    removeValue(organization.policiesOf, before.principalId, before);
    sourceChanged(organization, before.principalId);
  }
  if (!fact) {
    organization.policies.delete(id);
    return;
  }
  const policy: Policy = {
    id,
    name: fact.name,
    principalId: fact.principalId && sharedId(organization, fact.principalId),
    rules: fact.rules.map((rule) => readRule(rule, organization.catalogue)),
  };
  organization.policies.set(id, policy);
  if (policy.principalId === null) return;
  addValue(organization.policiesOf, policy.principalId, policy);
  sourceChanged(organization, policy.principalId);
}

/** Shared by all rules of the whole organization. */
const noProjects: ReadonlySet<string> = new Set();

/** A rule made ready under a catalogue. */
export function readRule(fact: RuleFact, { permissionSets }: Catalogue): Rule {
  return {
    fact,
    permissionSets: fact.permissionSetIds.flatMap((id) => permissionSets.get(id) ?? []),
    organization: fact.scope.kind === 'organization',
    projects: fact.scope.kind === 'projects' ? new Set(fact.scope.projectIds) : noProjects,
    condition: fact.condition === '' ? null : compileCondition(fact.condition),
  };
}

function detachPolicies(organization: Organization, principalId: string): void {
  for (const policy of valuesOf(organization.policiesOf, principalId)) {
    organization.policies.set(policy.id, { ...policy, principalId: null });
  }
  removeKey(organization.policiesOf, principalId);
  sourceChanged(organization, principalId);
}

function sourceChanged(organization: Organization, sourceId: string): void {
  forgetGrants(organization, sourceId);
  if (countOf(organization.grantsOf, sourceId) > manyDependents) {
    dropAllGrants(organization);
    return;
  }
  const dependent = valuesOf(organization.grantsOf, sourceId);
  removeKey(organization.grantsOf, sourceId);
  for (const grants of dependent) {
    grants.dead = true;
    organization.grantsByKey.delete(grants.key);
  }
}

function forgetGrants(organization: Organization, principalId: string): void {
  const principal = organization.principals.get(principalId);
  if (principal) principal.grants = null;
}

/** Beyond as many, to void each takes longer than to work out anew what is asked for. */
const manyDependents = 1000;

function dropAllGrants(organization: Organization): void {
  organization.epoch += 1;
  organization.grantsByKey.clear();
  clearSeveral(organization.grantsOf);
}

/** What a principal is granted, directly and through its groups. */
export function grantsTo(organization: Organization, principal: Principal): Grants {
  const { grants } = principal;
  if (grants !== null && !grants.dead && grants.epoch === organization.epoch) return grants;
  const found = flatten(organization, sourcesOf(organization, principal));
  principal.grants = found;
  return found;
}

/**
 * Ids of what a principal gets policies from: its groups, special ones included, and itself where it has policies of
 * its own. Groups count even without policies, so that a first policy reaches their members.
 */
export function sourcesOf(organization: Organization, { id, kind, managed }: Principal): readonly string[] {
  const special =
    kind === 'user' ? organization.special.all_users : managed ? null : organization.special.all_applications;
  return [
    ...(countOf(organization.policiesOf, id) > 0 ? [id] : []),
    ...(special === null ? [] : [special]),
    ...valuesOf(organization.groupsOf, id).toSorted(),
  ];
}

function flatten(organization: Organization, sources: readonly string[]): Grants {
  // Ids are opaque: their lengths keep apart what a separator inside of them would not.
  const key = sources.map((id) => `${id.length}:${id}`).join('');
  const known = organization.grantsByKey.get(key);
  if (known) return known;
  if (organization.grantsByKey.size > 2 * organization.principals.size + 1000) dropAllGrants(organization);
  const policies = sources.flatMap((id) => valuesOf(organization.policiesOf, id));
  const { epoch } = organization;
  const grants: Grants = { key, policies, cells: new Map(), answers: new Map(), epoch, dead: false };
  organization.grantsByKey.set(key, grants);
  for (const source of sources) addValue(organization.grantsOf, source, grants);
  return grants;
}

/** Where a permission is granted. */
export function cellOf(grants: Grants, permission: Permission): Cell {
  const known = grants.cells.get(permission);
  if (known) return known;
  const granting = grants.policies.flatMap(({ rules }) => rules.filter((rule) => grantsPermission(rule, permission)));
  const cell = granting.length === 0 ? nowhere : cellOfRules(granting);
  grants.cells.set(permission, cell);
  return cell;
}

/** Shared: most permissions are granted nowhere to most principals. */
const nowhere: Cell = { organization: false, projects: noProjects, conditional: [] };

/** Where these rules grant, all of them holding one permission. */
export function cellOfRules(rules: readonly Rule[]): Cell {
  const sure = rules.filter(({ condition }) => condition === null);
  return {
    organization: sure.some(({ organization }) => organization),
    projects: new Set(sure.flatMap(({ projects }) => [...projects])),
    conditional: rules.flatMap(({ organization, projects, condition }) =>
      condition === null ? [] : [{ organization, projects, condition }],
    ),
  };
}

/** Whether a rule names a set that holds the permission. */
export function grantsPermission({ permissionSets }: Rule, permission: Permission): boolean {
  return permissionSets.some(({ permissions }) => permissions.has(permission));
}
