import type { RuleFact } from './facts.ts';
import { type Cell, cellOf, grantsTo, type Organization, readRule, sourcesOf } from './organization.ts';
import { valuesOf } from './several.ts';

/** The rules that reach a principal, its own and those of its groups. Empty for one that does not exist. */
export function rulesReaching(organization: Organization, principalId: string): readonly RuleFact[] {
  const principal = organization.principals.get(principalId);
  if (!principal) return [];
  return sourcesOf(organization, principal).flatMap((id) => rulesOf(organization, id));
}

/** The rules of the policies that are attached to a user, an application or a group. */
export function rulesOf(organization: Organization, attachedTo: string): readonly RuleFact[] {
  return valuesOf(organization.policiesOf, attachedTo).flatMap(({ rules }) => rules.map(({ fact }) => fact));
}

/**
 * Permissions that these rules grant somewhere where the principal does not hold them itself: what it would give beyond
 * its own. A condition counts as held only where the principal has the permission without one, or with the same. The
 * owner holds everything.
 *
 * @returns names of permissions, each once, in the order of the catalogue
 */
export function grantsBeyond(
  organization: Organization,
  principalId: string,
  rules: readonly RuleFact[],
): readonly string[] {
  const principal = organization.principals.get(principalId);
  if (principal?.owner) return [];
  const grants = principal && !principal.locked ? grantsTo(organization, principal) : null;
  const beyond = new Set<string>();
  for (const fact of rules) {
    const rule = readRule(fact, organization.catalogue);
    const projects = [...rule.projects].filter((id) => organization.projects.has(id));
    for (const { permissions } of rule.permissionSets) {
      for (const permission of permissions) {
        if (beyond.has(permission.name)) continue;
        const cell = grants && cellOf(grants, permission);
        const held = (projectId: string | null) => cell !== null && holdsIn(cell, projectId, fact.condition);
        const all = rule.organization ? held(null) : permission.scope !== 'project' || projects.every(held);
        if (!all) beyond.add(permission.name);
      }
    }
  }
  return [...organization.catalogue.permissions.keys()].filter((name) => beyond.has(name));
}

/** Whether a permission is held in a project, or in all of them, at least whenever the condition is true. */
function holdsIn({ organization, projects, conditional }: Cell, projectId: string | null, condition: string): boolean {
  if (organization || (projectId !== null && projects.has(projectId))) return true;
  return conditional.some(
    (grant) =>
      grant.condition.text === condition &&
      (grant.organization || (projectId !== null && grant.projects.has(projectId))),
  );
}
