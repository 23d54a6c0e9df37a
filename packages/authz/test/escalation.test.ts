import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  applyChange,
  createCatalogue,
  createOrganization,
  decide,
  grantsBeyond,
  type OrganizationFacts,
  type RuleFact,
  rulesReaching,
} from '../src/index.ts';
import { runs } from './support/budget.ts';
import { catalogueData, organization, question } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);

/** The same organization with these rules for a principal that has nothing else. */
function givenTo(facts: OrganizationFacts, rules: readonly RuleFact[]): OrganizationFacts {
  const policy = { id: 'given', name: 'given', principalId: 'receiver', rules };
  return {
    ...facts,
    // Managed, so that not even the group of all applications has it.
    applications: [...facts.applications, { id: 'receiver', managed: true }],
    policies: [...facts.policies, policy],
  };
}

it('whoever is given rules that go beyond nothing may nothing that the giver may not', () => {
  let given = 0;
  fc.assert(
    fc.property(
      organization,
      fc.constantFrom('u2', 'u3', 'u4', 'a1', 'a2'),
      fc.array(question, { maxLength: 30 }),
      (facts, giver, questions) => {
        const engine = createOrganization(facts, catalogue);
        for (const policy of facts.policies) {
          if (grantsBeyond(engine, giver, policy.rules).length > 0) continue;
          const after = createOrganization(givenTo(facts, policy.rules), catalogue);
          for (const { aboutUserId: _, expiresAt: _end, ...asked } of questions) {
            if (!decide(after, { ...asked, principalId: 'receiver' }).allowed) continue;
            expect(decide(after, { ...asked, principalId: giver }).allowed, JSON.stringify(asked)).toBe(true);
            given += 1;
          }
        }
      },
    ),
    { numRuns: runs(800), seed: 20_261_124 },
  );
  expect(given).toBeGreaterThan(100);
}, 60_000);

it('what a giver holds itself it may give, and the owner may give everything', () => {
  fc.assert(
    fc.property(organization, (facts) => {
      const engine = createOrganization(facts, catalogue);
      for (const { id, locked } of facts.users)
        if (!locked) expect(grantsBeyond(engine, id, rulesReaching(engine, id))).toEqual([]);
      for (const { rules } of facts.policies) expect(grantsBeyond(engine, 'u1', rules)).toEqual([]);
    }),
    { numRuns: runs(500), seed: 20_261_124 },
  );
});

it('somebody unknown or locked holds nothing to give', () => {
  const rule: RuleFact = { id: 'r', permissionSetIds: ['s1'], scope: { kind: 'organization' }, condition: '' };
  const engine = createOrganization(
    {
      id: 'o',
      projects: ['o'],
      users: [{ id: 'u', owner: false, locked: false }],
      applications: [],
      groups: [],
      policies: [{ id: 'l', name: 'l', principalId: 'u', rules: [rule] }],
    },
    catalogue,
  );
  expect(grantsBeyond(engine, 'u', [rule])).toEqual([]);
  expect(grantsBeyond(engine, 'nobody', [rule])).toEqual(['wiki:page:list', 'wiki:page:read']);
  applyChange(engine, { kind: 'user', id: 'u', fact: { id: 'u', owner: false, locked: true } });
  expect(grantsBeyond(engine, 'u', [rule])).toEqual(['wiki:page:list', 'wiki:page:read']);
});
