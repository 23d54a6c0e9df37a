import type { Permission, PermissionSet } from './catalogue.ts';
import type { Condition } from './conditions/condition.ts';
import { decideWithoutRules } from './decide.ts';
import type { Circumstances } from './facts.ts';
import { grantsTo, type Organization, type Policy, type Principal } from './organization.ts';
import type { Pieces } from './pieces.ts';
import type { OpenQuestion } from './search.ts';

/** Where a principal may use a permission. */
export interface Reach {
  readonly permission: string;
  /** Asked of the organization; for a permission on projects: in all of them. */
  readonly organization: boolean;
  /** Projects in which it may, in order of their ids; empty for permissions on the organization. */
  readonly projectIds: readonly string[];
}

/**
 * Every permission that a principal may use somewhere, in the order of the catalogue: exactly what `decide` allows. The
 * organization is looked at in the first piece of the work alone.
 */
export function* whatCan(
  organization: Organization,
  question: OpenQuestion<'permission' | 'scope'>,
): Pieces<readonly Reach[]> {
  const principal = organization.principals.get(question.principalId);
  if (principal === undefined) return [];
  const permissions = [...organization.catalogue.permissions.values()];
  const projects = [...organization.projects.keys()].sort();
  const { policies } = grantsTo(organization, principal);
  const sets = yield* placesOfSets(policies, question);
  const reach: Reach[] = [];
  for (const permission of permissions) {
    yield;
    const places = placesWithoutRules(principal, permission, question) ?? placesByRules(permission, sets);
    const projectIds =
      permission.scope === 'project' ? projects.filter((id) => places.organization || places.projects.has(id)) : [];
    if (!places.organization && projectIds.length === 0) continue;
    reach.push({ permission: permission.name, organization: places.organization, projectIds });
  }
  return reach;
}

/** The organization, and with it all projects; or some projects. */
interface Places {
  readonly organization: boolean;
  readonly projects: ReadonlySet<string>;
}

const everywhere: Places = { organization: true, projects: new Set() };
const nowhere: Places = { organization: false, projects: new Set() };

function placesWithoutRules(
  principal: Principal,
  permission: Permission,
  question: Parameters<typeof decideWithoutRules>[2],
): Places | null {
  const decision = decideWithoutRules(principal, permission, question);
  return decision && (decision.allowed ? everywhere : nowhere);
}

/** Where rules grant the permission and all that it requires. What is required on the organization counts nowhere else. */
function placesByRules(permission: Permission, sets: ReadonlyMap<PermissionSet, Places>): Places {
  const needed = [permission, ...permission.requires].map((each) => {
    const { organization, projects } = union(
      [...sets].flatMap(([set, places]) => (set.permissions.has(each) ? places : [])),
    );
    return { organization, projects: each.scope === 'project' ? projects : nowhere.projects };
  });
  return needed.reduce(intersection);
}

function union(places: readonly Places[]): Places {
  if (places.some(({ organization }) => organization)) return everywhere;
  return places.length === 0
    ? nowhere
    : { organization: false, projects: new Set(places.flatMap(({ projects }) => [...projects])) };
}

function intersection(one: Places, other: Places): Places {
  if (one.organization) return other;
  if (other.organization) return one;
  return { organization: false, projects: new Set([...one.projects].filter((id) => other.projects.has(id))) };
}

/** Where each permission set is granted by rules without a condition, or with one that is true. */
function* placesOfSets(
  policies: readonly Policy[],
  circumstances: Circumstances,
): Pieces<ReadonlyMap<PermissionSet, Places>> {
  const isTrue = rememberVerdicts(circumstances);
  const found = new Map<PermissionSet, { organization: boolean; projects: Set<string> }>();
  for (const { rules } of policies) {
    for (const { permissionSets, organization, projects, condition } of rules) {
      yield;
      if (condition !== null && !isTrue(condition)) continue;
      for (const set of permissionSets) {
        const places = found.get(set) ?? { organization: false, projects: new Set() };
        found.set(set, places);
        places.organization ||= organization;
        for (const id of projects) places.projects.add(id);
      }
    }
  }
  return found;
}

function rememberVerdicts(circumstances: Circumstances): (condition: Condition) => boolean {
  const known = new Map<Condition, boolean>();
  return (condition) => {
    const verdict = known.get(condition) ?? condition.evaluate(circumstances) === true;
    known.set(condition, verdict);
    return verdict;
  };
}
