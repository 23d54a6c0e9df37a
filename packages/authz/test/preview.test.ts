import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../model/model.ts';
import {
  type AccessChange,
  atOnce,
  createCatalogue,
  createOrganization,
  type Difference,
  type OrganizationFacts,
  type PolicyFact,
  previewPolicy,
  type Question,
  type QuestionScope,
  type RuleFact,
} from '../src/index.ts';
import { runs } from './support/budget.ts';
import { catalogueData, change, changed, organization, question } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);

/** A policy that is made, altered, attached to somebody else, or deleted. */
const policyChange = change.filter((each) => each.kind === 'policy');

function preview(facts: OrganizationFacts, id: string, fact: PolicyFact | null): readonly Difference[] {
  return atOnce(previewPolicy(createOrganization(facts, catalogue), { id, fact }));
}

const withoutConditions = (facts: OrganizationFacts): OrganizationFacts => ({
  ...facts,
  policies: facts.policies.map(unconditional),
});
const unconditional = (policy: PolicyFact): PolicyFact => ({
  ...policy,
  rules: policy.rules.map((rule) => ({ ...rule, condition: '' })),
});

const reaches = (
  { permissions, where, projectIds, exceptProjectIds }: AccessChange,
  { permission, scope }: Question,
) => {
  if (!permissions.includes(permission)) return false;
  if (scope.kind === 'organization') return where !== 'projects';
  return where === 'all_projects' ? !exceptProjectIds.includes(scope.projectId) : projectIds.includes(scope.projectId);
};

const isOf = ({ id, projects }: OrganizationFacts, scope: QuestionScope): boolean =>
  scope.kind === 'organization' ? scope.organizationId === id : projects.includes(scope.projectId);

/** What is told of the principal, permission and place of a question. */
function toldOf(differences: readonly Difference[], asked: Question) {
  const mine = differences.filter(({ principals }) => principals.some(({ id }) => id === asked.principalId));
  const at = (changes: (each: Difference) => readonly AccessChange[]) =>
    mine.flatMap(changes).filter((each) => reaches(each, asked));
  return { gains: at(({ gains }) => gains), losses: at(({ losses }) => losses) };
}

/** Everything that can be asked of an organization at one moment. */
function* everyQuestion(facts: OrganizationFacts): Generator<Question> {
  const places: readonly QuestionScope[] = [
    { kind: 'organization', organizationId: facts.id },
    ...facts.projects.map((projectId) => ({ kind: 'project' as const, projectId })),
  ];
  for (const { id: principalId } of [...facts.users, ...facts.applications])
    for (const permission of catalogue.permissions.keys())
      for (const scope of places) yield { principalId, permission, scope, now: 0 };
}

describe('previewPolicy', () => {
  it('without conditions tells exactly what the model denied before and allows after, and the other way round', () => {
    fc.assert(
      fc.property(organization, policyChange, (born, made) => {
        const facts = withoutConditions(born);
        const fact = made.fact && unconditional(made.fact);
        const after = changed(facts, { ...made, fact });
        const differences = preview(facts, made.id, fact);
        for (const asked of everyQuestion(facts)) {
          const was = judge(facts, catalogueData, asked).allowed;
          const becomes = judge(after, catalogueData, asked).allowed;
          const { gains, losses } = toldOf(differences, asked);
          expect(gains.length, JSON.stringify(asked)).toBe(Number(!was && becomes));
          expect(losses.length, JSON.stringify(asked)).toBe(Number(was && !becomes));
        }
      }),
      { numRuns: runs(150) },
    );
  }, 600_000);

  it('tells every answer that turns, and under which conditions it did and does hold', () => {
    const seen = { turned: 0, told: 0 };
    fc.assert(
      fc.property(
        organization,
        policyChange,
        fc.array(question, { minLength: 40, maxLength: 80 }),
        (facts, made, questions) => {
          const after = changed(facts, made);
          const differences = preview(facts, made.id, made.fact);
          for (const asked of questions.filter(({ scope }) => isOf(facts, scope))) {
            // Who asks with an ended credential is refused whatever the rules say.
            const open = { ...asked, expiresAt: null };
            const was = judge(facts, catalogueData, open).allowed;
            const becomes = judge(after, catalogueData, open).allowed;
            const { gains, losses } = toldOf(differences, open);
            if (!was && becomes) expect(gains, JSON.stringify(asked)).toHaveLength(1);
            if (was && !becomes) expect(losses, JSON.stringify(asked)).toHaveLength(1);
            for (const told of [...gains, ...losses]) {
              expect(holds(told.before, open), JSON.stringify(asked)).toBe(was);
              expect(holds(told.after, open), JSON.stringify(asked)).toBe(becomes);
              seen.told += 1;
            }
            if (was !== becomes) seen.turned += 1;
          }
        },
      ),
      { numRuns: runs(400) },
    );
    expect(seen.turned).toBeGreaterThan(50);
    expect(seen.told).toBeGreaterThan(seen.turned);
  }, 600_000);

  it('leaves the organization as it was, and sees nothing of what happens to it meanwhile', () => {
    fc.assert(
      fc.property(organization, policyChange, (facts, made) => {
        const expected = preview(facts, made.id, made.fact);
        const engine = createOrganization(facts, catalogue);
        const work = previewPolicy(engine, made);
        work.next();
        const left = createOrganization(facts, catalogue);
        expect(engine.policies).toEqual(left.policies);
        for (const id of [...engine.policies.keys()]) engine.policies.delete(id);
        engine.policiesOf.held.clear();
        engine.projects.clear();
        expect(atOnce(work)).toEqual(expected);
      }),
      { numRuns: runs(100) },
    );
  });
});

/** Whether the model finds an expression true, as the condition of a rule that grants everything. */
function holds(expression: boolean | string, asked: Question): boolean {
  if (typeof expression === 'boolean') return expression;
  const rule: RuleFact = {
    id: 'r',
    permissionSetIds: ['s4'],
    scope: { kind: 'organization' },
    condition: expression,
  };
  const alone: OrganizationFacts = {
    id: 'o',
    projects: [],
    users: [{ id: 'somebody', owner: false, locked: false }],
    applications: [],
    groups: [],
    policies: [{ id: 'p', name: 'p', principalId: 'somebody', rules: [rule] }],
  };
  const scope = { kind: 'organization', organizationId: 'o' } as const;
  return judge(alone, catalogueData, { ...asked, principalId: 'somebody', permission: 'wiki:page:list', scope })
    .allowed;
}

const everywhere = { kind: 'organization' } as const;
const rule = (permissionSetId: string, scope: RuleFact['scope'], condition = ''): RuleFact => ({
  id: `${permissionSetId} ${condition}`,
  permissionSetIds: [permissionSetId],
  scope,
  condition,
});
const policy = (id: string, principalId: string, ...rules: readonly RuleFact[]): PolicyFact => ({
  id,
  name: id,
  principalId,
  rules,
});
const user = (id: string) => ({ id, owner: false, locked: false });

const team: OrganizationFacts = {
  id: 'o',
  projects: ['p1', 'p2', 'p3'],
  users: [
    { id: 'owner', owner: true, locked: false },
    user('ann'),
    user('bob'),
    user('cem'),
    { ...user('dan'), locked: true },
  ],
  applications: [],
  groups: [{ id: 'g', kind: 'ordinary', userIds: ['owner', 'ann', 'bob', 'cem', 'dan'], applicationIds: [] }],
  policies: [
    policy('team', 'g', rule('s1', everywhere)),
    policy('own', 'cem', rule('s1', { kind: 'projects', projectIds: ['p1', 'gone'] })),
  ],
};
const pages = ['wiki:page:list', 'wiki:page:read'];

describe('a preview of a policy', () => {
  it('puts members together who gain or lose the same; the owner and who is locked are not among them', () => {
    const [most, cem] = preview(team, 'team', null);
    expect(most).toMatchObject({
      principals: [{ id: 'ann' }, { id: 'bob' }],
      gains: [],
      losses: [
        { permissions: pages, where: 'all_projects', projectIds: [], exceptProjectIds: [], before: true, after: false },
      ],
    });
    expect(cem).toMatchObject({
      principals: [{ id: 'cem' }],
      losses: [{ where: 'all_projects', exceptProjectIds: ['p1'] }],
    });
  });

  it('shows a condition that is put in place of always as a loss, and one that goes as a gain', () => {
    const condition = 'request.ip == "192.0.2.1"';
    const bound = policy('team', 'g', rule('s1', everywhere, condition));
    expect(preview(team, 'team', bound)[0]).toMatchObject({ gains: [], losses: [{ before: true, after: condition }] });
    const facts = { ...team, policies: [bound] };
    expect(preview(facts, 'team', team.policies[0]!)[0]).toMatchObject({
      gains: [{ before: condition, after: true }],
      losses: [],
    });
  });

  it('shows another condition beside the first as a gain, and in its place as a gain and a loss', () => {
    const [one, other] = ['request.ip == "192.0.2.1"', 'request.ip == "192.0.2.2" // the office'];
    const facts = { ...team, policies: [policy('team', 'g', rule('s1', everywhere, one))] };
    const both = policy('team', 'g', rule('s1', everywhere, one), rule('s1', everywhere, other));
    expect(preview(facts, 'team', both)[0]).toMatchObject({
      gains: [{ before: one, after: `(${one}) || (${other}\n)` }],
      losses: [],
    });
    const instead = policy('team', 'g', rule('s1', everywhere, other));
    expect(preview(facts, 'team', instead)[0]).toMatchObject({
      gains: [{ before: one, after: other }],
      losses: [{ before: one, after: other }],
    });
  });

  it('tells nothing where everything is given by another policy too', () => {
    const twice = { ...team, policies: [...team.policies, policy('again', 'g', rule('s3', everywhere))] };
    expect(preview(twice, 'team', null)).toEqual([]);
    expect(preview(team, 'team', team.policies[0]!)).toEqual([]);
    expect(preview(team, 'new', policy('new', 'nobody', rule('s4', everywhere)))).toEqual([]);
  });

  it('moves with the principal of the policy', () => {
    const [ann] = preview(team, 'own', policy('own', 'ann', rule('s2', everywhere)));
    expect(ann).toMatchObject({ principals: [{ id: 'ann' }], gains: [{ before: false, after: true }], losses: [] });
  });
});
