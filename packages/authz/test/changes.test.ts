import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge } from '../model/model.ts';
import {
  type Change,
  createCatalogue,
  createOrganization,
  type Edit,
  explain,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  type RuleFact,
} from '../src/index.ts';
import { runs } from './support/budget.ts';
import { catalogueData, organization, question } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);

interface Situation {
  readonly facts: OrganizationFacts;
  readonly asked: Question;
}

/** What somebody would do who takes the advice. */
function apply({ facts, asked }: Situation, edit: Edit): Situation {
  const policies = (change: (policy: PolicyFact) => PolicyFact) => ({
    facts: { ...facts, policies: facts.policies.map(change) },
    asked,
  });
  const rule = (at: { readonly policyId: string; readonly ruleId: string }, change: (rule: RuleFact) => RuleFact[]) =>
    policies((policy) =>
      policy.id === at.policyId
        ? { ...policy, rules: policy.rules.flatMap((each) => (each.id === at.ruleId ? change(each) : [each])) }
        : policy,
    );
  switch (edit.kind) {
    case 'lock_user':
    case 'unlock_user': {
      const locked = edit.kind === 'lock_user';
      const users = facts.users.map((user) => (user.id === edit.userId ? { ...user, locked } : user));
      return { facts: { ...facts, users }, asked };
    }
    case 'renew_credential':
      return { facts, asked: { ...asked, expiresAt: null } };
    case 'add_to_group':
    case 'remove_from_group': {
      const list = facts.users.some(({ id }) => id === edit.principalId) ? 'userIds' : 'applicationIds';
      const groups = facts.groups.map((group) => {
        if (group.id !== edit.groupId) return group;
        const others = group[list].filter((id) => id !== edit.principalId);
        return { ...group, [list]: edit.kind === 'add_to_group' ? [...others, edit.principalId] : others };
      });
      return { facts: { ...facts, groups }, asked };
    }
    case 'attach_policy':
      return policies((policy) =>
        policy.id === edit.policyId ? { ...policy, principalId: edit.principalId } : policy,
      );
    case 'detach_policy':
      return policies((policy) => (policy.id === edit.policyId ? { ...policy, principalId: null } : policy));
    case 'remove_rule':
      return rule(edit, () => []);
    case 'drop_condition':
      return rule(edit, (each) => [{ ...each, condition: '' }]);
    case 'add_permission_set':
      return rule(edit, (each) => [{ ...each, permissionSetIds: [...each.permissionSetIds, edit.permissionSetId] }]);
    case 'widen_to_organization':
      return rule(edit, (each) => [{ ...each, scope: { kind: 'organization' } }]);
    case 'add_project':
      return rule(edit, (each) => {
        if (each.scope.kind !== 'projects') throw new Error('a project is added to a list of projects');
        return [{ ...each, scope: { ...each.scope, projectIds: [...each.scope.projectIds, edit.projectId] } }];
      });
    case 'create_policy': {
      const scope =
        edit.scope.kind === 'project'
          ? { kind: 'projects' as const, projectIds: [edit.scope.projectId] }
          : { kind: 'organization' as const };
      const id = `new-${facts.policies.length}`;
      const granting = { id: `${id}-r0`, permissionSetIds: [edit.permissionSetId], scope, condition: '' };
      const policy: PolicyFact = { id, name: id, principalId: edit.principalId, rules: [granting] };
      return { facts: { ...facts, policies: [...facts.policies, policy] }, asked };
    }
  }
}

const after = (situation: Situation, change: Change): Situation => change.reduce(apply, situation);
const allowed = ({ facts, asked }: Situation): boolean => judge(facts, catalogueData, asked).allowed;

it('every change that an explanation offers flips the answer, and no part of it does', () => {
  const offered = new Map<string, number>();
  fc.assert(
    fc.property(organization, question, (facts, asked) => {
      const situation = { facts, asked };
      const before = allowed(situation);
      const { changes } = explain(createOrganization(facts, catalogue), asked);
      for (const change of changes) {
        expect(allowed(after(situation, change)), JSON.stringify(change)).toBe(!before);
        for (const left of change) {
          const part = change.filter((edit) => edit !== left);
          expect(allowed(after(situation, part)), `without ${JSON.stringify(left)}`).toBe(before);
        }
        for (const { kind } of change) offered.set(kind, (offered.get(kind) ?? 0) + 1);
      }
    }),
    { numRuns: runs(4000), seed: 20_261_124 },
  );
  // Nothing is proved of a kind that never came up.
  expect([...offered.keys()].sort()).toEqual([
    'add_permission_set',
    'add_project',
    'add_to_group',
    'attach_policy',
    'create_policy',
    'detach_policy',
    'drop_condition',
    'lock_user',
    'remove_from_group',
    'remove_rule',
    'renew_credential',
    'unlock_user',
    'widen_to_organization',
  ]);
}, 120_000);

it('whoever is refused for want of a grant is offered one, wherever a permission set holds what is missing', () => {
  const grantable = new Set([...catalogue.permissionSets.values()].flatMap((set) => [...set.permissions]));
  fc.assert(
    fc.property(organization, question, (facts, asked) => {
      const { decision, changes } = explain(createOrganization(facts, catalogue), asked);
      const permission = catalogue.permissions.get(asked.permission);
      if (decision.because !== 'nothing_grants' || !permission) return;
      const possible = [permission, ...permission.requires].every((each) => grantable.has(each));
      expect(changes.length > 0).toBe(possible);
    }),
    { numRuns: runs(2000), seed: 20_261_124 },
  );
});

/** Every edit of one step that somebody could make to what exists. */
function everyEdit({ facts, asked }: Situation): readonly Edit[] {
  const { principalId } = asked;
  const sets = catalogueData.permissionSets.filter(({ deprecated }) => !deprecated);
  const isUser = facts.users.some(({ id }) => id === principalId);
  const isManaged = facts.applications.some(({ id, managed }) => id === principalId && managed);
  const joined = facts.groups.filter(({ kind, userIds, applicationIds }) => {
    if (kind === 'ordinary') return [...userIds, ...applicationIds].includes(principalId);
    return kind === 'all_users' ? isUser : !isUser && !isManaged;
  });
  const sources = [principalId, ...joined.map(({ id }) => id)];
  const reaching = facts.policies.filter((policy) => sources.includes(policy.principalId ?? ''));
  return [
    ...facts.groups
      .filter((group) => group.kind === 'ordinary' && !joined.includes(group))
      .map(({ id }): Edit => ({ kind: 'add_to_group', groupId: id, principalId })),
    ...facts.policies
      .filter((policy) => policy.principalId === null)
      .map(({ id }): Edit => ({ kind: 'attach_policy', policyId: id, principalId })),
    ...reaching.flatMap(({ id: policyId, rules }) =>
      rules.flatMap(({ id: ruleId, scope, permissionSetIds }): Edit[] => {
        const place = { policyId, ruleId };
        const beside = catalogueData.permissionSets.filter(({ id }) => permissionSetIds.includes(id));
        const types = new Set(beside.map((set) => set.scope_type));
        return [
          { kind: 'drop_condition', ...place },
          ...sets
            .filter(({ scope_type }) => types.size === 0 || (types.size === 1 && types.has(scope_type)))
            .map(({ id }): Edit => ({ kind: 'add_permission_set', ...place, permissionSetId: id })),
          ...(scope.kind !== 'projects'
            ? []
            : asked.scope.kind === 'project'
              ? [{ kind: 'add_project', ...place, projectId: asked.scope.projectId } as const]
              : [{ kind: 'widen_to_organization', ...place } as const]),
        ];
      }),
    ),
  ];
}

it('every kind of single edit that would allow is offered, several permissions missing or one', () => {
  let several = 0;
  fc.assert(
    fc.property(organization, question, (facts, asked) => {
      const situation = { facts, asked };
      const { decision, permissions, changes } = explain(createOrganization(facts, catalogue), asked);
      if (decision.because !== 'nothing_grants') return;
      const helping = everyEdit(situation).filter((edit) => allowed(apply(situation, edit)));
      const offered = new Set(changes.filter(({ length }) => length === 1).flatMap(([edit]) => edit?.kind ?? []));
      offered.delete('create_policy');
      expect([...offered].sort()).toEqual([...new Set(helping.map(({ kind }) => kind))].sort());
      if (helping.length > 0 && permissions.filter(({ held }) => !held).length > 1) several += 1;
    }),
    { numRuns: runs(3000), seed: 20_261_125 },
  );
  expect(several).toBeGreaterThan(runs(20));
}, 120_000);
