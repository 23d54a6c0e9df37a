import type { Permission } from './catalogue.ts';
import type { PolicyFact } from './facts.ts';
import {
  type Cell,
  cellOfRules,
  type Organization,
  type Policy,
  type Principal,
  type Rule,
  readRule,
  sourcesOf,
} from './organization.ts';
import { valuesOf } from './several.ts';

/** A change of one policy: as it will be, or null when it goes. */
export interface PolicyChange {
  readonly id: string;
  readonly fact: Pick<PolicyFact, 'principalId' | 'rules'> | null;
}

/** Everything that a comparison needs, taken at one moment: what happens to the organization later is not seen. */
export interface Snapshot {
  readonly permissions: readonly Permission[];
  readonly projects: ReadonlySet<string>;
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
  readonly reached: readonly Reached[];
  /** Policies by what they are attached to, without the one that changes. */
  readonly others: ReadonlyMap<string, readonly Policy[]>;
}

/** Somebody whom the policy reaches, before or after. */
export interface Reached {
  readonly principal: Principal;
  readonly sources: readonly string[];
  readonly before: boolean;
  readonly after: boolean;
}

/** Takes from an organization what tells the change. The owner and who is locked gain and lose nothing. */
export function takeSnapshot(organization: Organization, { id, fact }: PolicyChange): Snapshot {
  const known = organization.policies.get(id);
  const before = membersOf(organization, known?.principalId ?? null);
  const after = membersOf(organization, fact?.principalId ?? null);
  const reached = [...before.union(after)]
    .filter(({ owner, locked }) => !owner && !locked)
    .map((principal) => ({
      principal,
      sources: sourcesOf(organization, principal),
      before: before.has(principal),
      after: after.has(principal),
    }));
  const sources = new Set(reached.flatMap((each) => each.sources));
  const othersOf = (source: string) => valuesOf(organization.policiesOf, source).filter((each) => each.id !== id);
  return {
    permissions: [...organization.catalogue.permissions.values()],
    projects: new Set(organization.projects.keys()),
    before: known?.rules ?? [],
    after: (fact?.rules ?? []).map((rule) => readRule(rule, organization.catalogue)),
    reached,
    others: new Map([...sources].map((source) => [source, othersOf(source)])),
  };
}

/** Everybody who gets what is attached to this user, application or group. */
function membersOf({ principals, groups }: Organization, id: string | null): ReadonlySet<Principal> {
  const [group, alone] = [groups.get(id ?? ''), principals.get(id ?? '')];
  if (!group) return new Set(alone ? [alone] : []);
  const everybody = principals.values();
  switch (group.kind) {
    case 'ordinary':
      return new Set([...group.userIds, ...group.applicationIds].flatMap((each) => principals.get(each) ?? []));
    case 'all_users':
      return new Set(everybody.filter(({ kind }) => kind === 'user'));
    case 'all_applications':
      return new Set(everybody.filter(({ kind, managed }) => kind === 'application' && !managed));
  }
}

/** Where some rules grant each permission that matters. What is granted by the same rules is the same cell. */
export type Layer = ReadonlyMap<Permission, Cell>;

export function layerOf(rules: readonly Rule[], relevant: ReadonlySet<Permission>): Layer {
  const granting = new Map<Permission, Rule[]>();
  for (const rule of rules) {
    for (const permission of permissionsOf([rule]).intersection(relevant)) {
      const all = granting.get(permission);
      if (all) all.push(rule);
      else granting.set(permission, [rule]);
    }
  }
  const numbers = new Map(rules.map((rule, index) => [rule, index]));
  const cells = new Map<string, Cell>();
  return new Map(
    [...granting].map(([permission, all]) => {
      const key = all.map((rule) => numbers.get(rule)).join();
      const cell = cells.get(key) ?? cellOfRules(all);
      cells.set(key, cell);
      return [permission, cell];
    }),
  );
}

/** Every permission that some of these rules hold. */
export function permissionsOf(rules: readonly Rule[]): ReadonlySet<Permission> {
  const held = new Set<Permission>();
  for (const { permissionSets } of rules)
    for (const { permissions } of permissionSets) for (const permission of permissions) held.add(permission);
  return held;
}
