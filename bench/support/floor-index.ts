import type { Catalogue, OrganizationFacts, Question } from '../../packages/authz/src/index.ts';

/** The least that an answer can cost: three look-ups in maps that hold nothing but what is allowed. */
export function createFloor(facts: OrganizationFacts, { permissionSets }: Catalogue): (question: Question) => boolean {
  const allowed = new Map<string, Map<string, Set<string>>>();
  const members = new Map(facts.groups.map(({ id, userIds }) => [id, userIds]));
  for (const { principalId, rules } of facts.policies) {
    if (principalId === null) continue;
    for (const { permissionSetIds, scope } of rules) {
      if (scope.kind !== 'projects') continue;
      for (const user of members.get(principalId) ?? [principalId]) {
        for (const setId of permissionSetIds) {
          for (const { name } of permissionSets.get(setId)?.permissions ?? []) {
            const ofUser = allowed.get(user) ?? new Map<string, Set<string>>();
            const places = ofUser.get(name) ?? new Set<string>();
            for (const projectId of scope.projectIds) places.add(projectId);
            allowed.set(user, ofUser.set(name, places));
          }
        }
      }
    }
  }
  return ({ principalId, permission, scope }) =>
    scope.kind === 'project' && (allowed.get(principalId)?.get(permission)?.has(scope.projectId) ?? false);
}
