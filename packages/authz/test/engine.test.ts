import { describe, expect, it } from 'vitest';
import {
  applyChange,
  atOnce,
  createCatalogue,
  createOrganization,
  decide,
  dependsOnConditions,
  explain,
  type Organization,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  type RuleFact,
  replaceCatalogue,
  whatCan,
  whoCan,
} from '../src/index.ts';
import { catalogueData } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);
const now = Date.parse('2026-03-02T08:30:00Z') * 1000;
const inProject = (projectId: string) => ({ kind: 'project', projectId }) as const;
const inOrganization = { kind: 'organization', organizationId: 'o' } as const;

const rule = (id: string, sets: readonly string[], more: Partial<RuleFact> = {}): RuleFact => ({
  id,
  permissionSetIds: sets,
  scope: { kind: 'organization' },
  condition: '',
  ...more,
});
const policy = (id: string, principalId: string | null, ...rules: readonly RuleFact[]): PolicyFact => ({
  id,
  name: `policy ${id}`,
  principalId,
  rules,
});

const facts = (...policies: readonly PolicyFact[]): OrganizationFacts => ({
  id: 'o',
  projects: ['o', 'p'],
  users: [
    { id: 'owner', owner: true, locked: false },
    { id: 'ada', owner: false, locked: false },
    { id: 'locked', owner: false, locked: true },
  ],
  applications: [
    { id: 'ci', managed: false },
    { id: 'gateway', managed: true },
  ],
  groups: [
    { id: 'editors', kind: 'ordinary', userIds: ['ada'], applicationIds: ['ci'] },
    { id: 'empty', kind: 'ordinary', userIds: [], applicationIds: [] },
    { id: 'users', kind: 'all_users', userIds: [], applicationIds: [] },
    { id: 'applications', kind: 'all_applications', userIds: [], applicationIds: [] },
  ],
  policies,
});
const engine = (...policies: readonly PolicyFact[]) => createOrganization(facts(...policies), catalogue);

const ask = (principalId: string, permission: string, more: Partial<Question> = {}): Question => ({
  principalId,
  permission,
  scope: inProject('p'),
  now,
  ...more,
});

describe('without any policy', () => {
  const organization = engine();
  const cases: readonly (readonly [string, Question, boolean, string])[] = [
    ['the owner may do everything', ask('owner', 'wiki:page:write'), true, 'owner'],
    ['the owner may what is privileged', ask('owner', 'wiki:page:access'), true, 'owner'],
    ['the owner may not what does not exist', ask('owner', 'wiki:page:burn'), false, 'unknown_permission'],
    [
      'the owner may not elsewhere',
      ask('owner', 'wiki:page:read', { scope: inProject('foreign') }),
      false,
      'foreign_scope',
    ],
    ['nobody else may anything', ask('ada', 'wiki:page:read'), false, 'nothing_grants'],
    ['an application may nothing', ask('ci', 'wiki:page:read'), false, 'nothing_grants'],
    ['who is unknown may nothing', ask('nobody', 'wiki:page:read'), false, 'unknown_principal'],
    [
      'a user has its rights on itself',
      ask('ada', 'wiki:self_profile:read', { aboutUserId: 'ada', scope: inOrganization }),
      true,
      'self',
    ],
    [
      'and none on others',
      ask('ada', 'wiki:self_profile:read', { aboutUserId: 'owner', scope: inOrganization }),
      false,
      'not_self',
    ],
    [
      'not even the owner has',
      ask('owner', 'wiki:self_profile:read', { aboutUserId: 'ada', scope: inOrganization }),
      false,
      'not_self',
    ],
    [
      'an application has no rights on itself',
      ask('ci', 'wiki:self_profile:read', { aboutUserId: 'ci', scope: inOrganization }),
      false,
      'not_self',
    ],
    [
      'a locked user has none either',
      ask('locked', 'wiki:self_profile:read', { aboutUserId: 'locked', scope: inOrganization }),
      false,
      'locked',
    ],
    [
      'a credential that has ended is worth nothing',
      ask('owner', 'wiki:page:read', { expiresAt: now }),
      false,
      'expired',
    ],
    ['one that ends later is', ask('owner', 'wiki:page:read', { expiresAt: now + 1 }), true, 'owner'],
    [
      'a permission on the organization is not asked of a project',
      ask('owner', 'wiki:settings:read'),
      false,
      'scope_mismatch',
    ],
  ];
  for (const [title, question, allowed, because] of cases)
    it(title, () => expect(decide(organization, question)).toEqual({ allowed, because }));
});

describe('rules', () => {
  it('grant through the principal, its groups and the special groups', () => {
    for (const principalId of ['ada', 'editors', 'users']) {
      const organization = engine(policy('l', principalId, rule('r', ['s1'])));
      expect(decide(organization, ask('ada', 'wiki:page:read')).allowed, principalId).toBe(true);
    }
    const organization = engine(policy('l', 'applications', rule('r', ['s1'])));
    expect(decide(organization, ask('ci', 'wiki:page:read')).allowed).toBe(true);
    expect(decide(organization, ask('ada', 'wiki:page:read')).allowed).toBe(false);
    expect(decide(organization, ask('gateway', 'wiki:page:read')).allowed).toBe(false);
  });

  it('on the organization reach every project, also one that comes later', () => {
    const organization = engine(policy('l', 'ada', rule('r', ['s1'])));
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inProject('later') })).because).toBe(
      'foreign_scope',
    );
    applyChange(organization, { kind: 'project', id: 'later', exists: true });
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inProject('later') })).allowed).toBe(true);
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inOrganization })).allowed).toBe(true);
    applyChange(organization, { kind: 'project', id: 'later', exists: false });
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inProject('later') })).allowed).toBe(false);
  });

  it('on projects reach these and no other, and never all of them', () => {
    const scope = { kind: 'projects', projectIds: ['p', 'o'] } as const;
    const organization = engine(policy('l', 'ada', rule('r', ['s1'], { scope })));
    expect(decide(organization, ask('ada', 'wiki:page:read')).allowed).toBe(true);
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inOrganization })).allowed).toBe(false);
    applyChange(organization, { kind: 'project', id: 'q', exists: true });
    expect(decide(organization, ask('ada', 'wiki:page:read', { scope: inProject('q') })).allowed).toBe(false);
  });

  it('on an account grant nothing', () => {
    const organization = engine(policy('l', 'ada', rule('r', ['s4'], { scope: { kind: 'account_root_user' } })));
    expect(decide(organization, ask('ada', 'wiki:page:read')).allowed).toBe(false);
  });

  it('of a policy that is attached to nobody grant nothing', () => {
    expect(decide(engine(policy('l', null, rule('r', ['s4']))), ask('ada', 'wiki:page:read')).allowed).toBe(false);
  });

  it('only add up: what one lacks another gives, and none takes away', () => {
    const never = rule('never', ['s4'], { condition: 'false' });
    const organization = engine(policy('l', 'ada', never, rule('r', ['s1']), never));
    expect(decide(organization, ask('ada', 'wiki:page:read')).allowed).toBe(true);
  });

  it('that need a further permission want it too', () => {
    const write = ask('ada', 'wiki:page:publish');
    expect(decide(engine(policy('l', 'ada', rule('r', ['s2']))), write).allowed).toBe(false);
    expect(decide(engine(policy('l', 'ada', rule('r', ['s2']), rule('t', ['s5']))), write).allowed).toBe(true);
  });

  it('with a pattern do not reach what is privileged', () => {
    expect(decide(engine(policy('l', 'ada', rule('r', ['s4']))), ask('ada', 'wiki:page:access')).allowed).toBe(false);
    expect(decide(engine(policy('l', 'ada', rule('r', ['s6']))), ask('ada', 'wiki:page:access')).allowed).toBe(true);
  });

  it('cannot hold what is every user’s own', () => {
    const asked = ask('ada', 'wiki:self_profile:read', { aboutUserId: 'owner', scope: inOrganization });
    expect(decide(engine(policy('l', 'ada', rule('r', ['s4', 's8']))), asked).allowed).toBe(false);
  });

  it('Monday and Tuesday policies grant on both days', () => {
    const day = (id: string, number: number) =>
      policy(id, 'ada', rule(id, ['s1'], { condition: `request.time.getDayOfWeek() == ${number}` }));
    const organization = engine(day('monday', 1), day('tuesday', 2));
    const on = (date: string) =>
      decide(organization, ask('ada', 'wiki:page:read', { now: Date.parse(date) * 1000 })).allowed;
    expect([on('2026-03-02T12:00:00Z'), on('2026-03-03T12:00:00Z'), on('2026-03-04T12:00:00Z')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('changes', () => {
  const read = ask('ada', 'wiki:page:read');
  const granted = policy('l', 'editors', rule('r', ['s1']));
  const editors = { id: 'editors', kind: 'ordinary', userIds: [], applicationIds: [] } as const;

  it('are in force at the next question', () => {
    const organization = engine(granted);
    const allowed = () => decide(organization, read).allowed;
    expect(allowed()).toBe(true);
    applyChange(organization, { kind: 'group', id: 'editors', fact: editors });
    expect(allowed()).toBe(false);
    applyChange(organization, { kind: 'group', id: 'editors', fact: { ...editors, userIds: ['ada'] } });
    expect(allowed()).toBe(true);
    applyChange(organization, { kind: 'policy', id: 'l', fact: { ...granted, rules: [] } });
    expect(allowed()).toBe(false);
    applyChange(organization, { kind: 'policy', id: 'l', fact: { ...granted, principalId: 'ada' } });
    expect(allowed()).toBe(true);
    applyChange(organization, { kind: 'user', id: 'ada', fact: { id: 'ada', owner: false, locked: true } });
    expect(decide(organization, read).because).toBe('locked');
    applyChange(organization, { kind: 'user', id: 'ada', fact: { id: 'ada', owner: false, locked: false } });
    expect(allowed()).toBe(true);
    applyChange(organization, { kind: 'policy', id: 'l', fact: null });
    expect(allowed()).toBe(false);
  });

  it('that delete a principal leave nothing of it behind', () => {
    const organization = engine(granted, policy('m', 'ada', rule('s', ['s4'])));
    applyChange(organization, { kind: 'user', id: 'ada', fact: null });
    expect(decide(organization, read).because).toBe('unknown_principal');
    // Ids never come back; should one, it has none of its old rights.
    applyChange(organization, { kind: 'user', id: 'ada', fact: { id: 'ada', owner: false, locked: false } });
    expect(decide(organization, read).because).toBe('nothing_grants');
  });

  it('that delete a group end what came through it, and its policy may be attached again', () => {
    const organization = engine(granted);
    applyChange(organization, { kind: 'group', id: 'editors', fact: null });
    expect(decide(organization, read).allowed).toBe(false);
    applyChange(organization, { kind: 'policy', id: 'l', fact: { ...granted, principalId: 'ada' } });
    expect(decide(organization, read).allowed).toBe(true);
  });

  it('to a policy that many principals depend on are in force for all of them', () => {
    const users = Array.from({ length: 3000 }, (_, index) => ({ id: `u${index}`, owner: false, locked: false }));
    const own = users.map(({ id }) => policy(`l-${id}`, id, rule(`r-${id}`, ['s5'])));
    const shared = policy('shared', 'users', rule('r', ['s1']));
    const organization = createOrganization({ ...facts(...own, shared), users }, catalogue);
    const allowed = () => users.filter(({ id }) => decide(organization, { ...read, principalId: id }).allowed).length;
    expect(allowed()).toBe(3000);
    applyChange(organization, { kind: 'policy', id: 'shared', fact: null });
    expect(allowed()).toBe(0);
    applyChange(organization, { kind: 'policy', id: 'shared', fact: shared });
    expect(allowed()).toBe(3000);
  });

  it('of the catalogue change what stored rules grant', () => {
    const organization = engine(policy('l', 'ada', rule('r', ['s1'])));
    const without = catalogueData.permissionSets.map((set) => (set.id === 's1' ? { ...set, deprecated: true } : set));
    replaceCatalogue(organization, createCatalogue({ ...catalogueData, permissionSets: without }));
    expect(decide(organization, read).allowed).toBe(false);
    replaceCatalogue(organization, catalogue);
    expect(decide(organization, read).allowed).toBe(true);
  });
});

it('ids that hold the separators of keys do not run into each other', () => {
  const groups = ['a', 'b', 'a1:b', '1:a1:b', 'b1:a'].map((id) => ({
    id,
    kind: 'ordinary' as const,
    userIds: id === 'a1:b' ? ['x'] : ['y'],
    applicationIds: [],
  }));
  const users = ['x', 'y'].map((id) => ({ id, owner: false, locked: false }));
  const organization = createOrganization(
    { ...facts(policy('l', 'a1:b', rule('r', ['s1']))), groups, users },
    catalogue,
  );
  expect(decide(organization, ask('x', 'wiki:page:read')).allowed).toBe(true);
  expect(decide(organization, ask('y', 'wiki:page:read')).allowed).toBe(false);
});

describe('explain', () => {
  it('tells what granted, through which group', () => {
    const organization = engine(policy('l', 'editors', rule('r', ['s1'])), policy('m', 'ada', rule('s', ['s5'])));
    expect(explain(organization, ask('ada', 'wiki:page:read'))).toEqual({
      decision: { allowed: true, because: 'rule' },
      permissions: [{ permission: 'wiki:page:read', held: true }],
      groupIds: ['editors', 'users'],
      rules: [
        {
          permission: 'wiki:page:read',
          policyId: 'm',
          policyName: 'policy m',
          ruleId: 's',
          position: 0,
          throughGroupId: null,
          outcome: 'no_permission',
          failure: null,
        },
        {
          permission: 'wiki:page:read',
          policyId: 'l',
          policyName: 'policy l',
          ruleId: 'r',
          position: 0,
          throughGroupId: 'editors',
          outcome: 'grants',
          failure: null,
        },
      ],
      changes: [
        [{ kind: 'remove_rule', policyId: 'l', ruleId: 'r' }],
        [{ kind: 'remove_from_group', groupId: 'editors', principalId: 'ada' }],
        [{ kind: 'lock_user', userId: 'ada' }],
      ],
    });
  });

  it('tells which clause failed, on what', () => {
    const condition = 'request.ip.inIpRange("192.0.2.0/24") && request.user_agent == "x"';
    const organization = engine(policy('l', 'ada', rule('r', ['s1'], { condition })));
    const { rules, changes } = explain(
      organization,
      ask('ada', 'wiki:page:read', { request: { ip: '198.51.100.7', userAgent: 'x' } }),
    );
    expect(rules).toMatchObject([
      {
        outcome: 'condition_false',
        failure: {
          verdict: 'false',
          clause: 'request.ip.inIpRange("192.0.2.0/24")',
          values: { 'request.ip': '198.51.100.7' },
        },
      },
    ]);
    expect(changes).toEqual([
      [{ kind: 'drop_condition', policyId: 'l', ruleId: 'r' }],
      [{ kind: 'create_policy', principalId: 'ada', permissionSetId: 's1', scope: inProject('p') }],
    ]);
  });

  it('of the owner needs no policy', () => {
    const organization = engine(policy('l', 'users', rule('r', ['s1'])));
    expect(explain(organization, ask('owner', 'wiki:page:read'))).toMatchObject({
      decision: { allowed: true, because: 'owner' },
      permissions: [{ permission: 'wiki:page:read', held: true }],
      rules: [],
      changes: [],
    });
  });
});

it('says whether the attributes of a resource matter', () => {
  const conditional = rule('r', ['s1'], { condition: 'resource.id == "x"' });
  expect(dependsOnConditions(engine(policy('l', 'ada', conditional)), ask('ada', 'wiki:page:read'))).toBe(true);
  expect(dependsOnConditions(engine(policy('l', 'ada', conditional)), ask('ada', 'shop:order:read'))).toBe(false);
  expect(dependsOnConditions(engine(policy('l', 'ada', conditional)), ask('owner', 'wiki:page:read'))).toBe(false);
  expect(dependsOnConditions(engine(policy('l', 'ada', rule('r', ['s1']))), ask('ada', 'wiki:page:read'))).toBe(false);
});

it('searches', () => {
  const organization = engine(policy('l', 'editors', rule('r', ['s1'])));
  const { principalId: _, ...open } = ask('ada', 'wiki:page:read');
  expect(atOnce(whoCan(organization, open)).map(({ id }) => id)).toEqual(['ada', 'ci', 'owner']);
  expect(atOnce(whatCan(organization, { principalId: 'ci', now }))).toEqual([
    { permission: 'wiki:page:list', organization: true, projectIds: ['o', 'p'] },
    { permission: 'wiki:page:read', organization: true, projectIds: ['o', 'p'] },
  ]);
});

describe('a search that others go on beside', () => {
  const many = Array.from({ length: 2500 }, (_, index) => `u${String(index).padStart(4, '0')}`);
  const crowd = () => {
    const organization = engine(policy('l', 'editors', rule('r', ['s1'])));
    const facts = many.map((id) => ({ id, owner: false, locked: false }));
    for (const fact of facts) applyChange(organization, { kind: 'user', id: fact.id, fact });
    return organization;
  };
  const { principalId: _, ...open } = ask('ada', 'wiki:page:read');
  const give = (organization: Organization, ...userIds: string[]) =>
    applyChange(organization, { kind: 'policy', id: 'm', fact: policy('m', userIds[0]!, rule('n', ['s1'])) });

  it('tells of one moment who can, whatever changes meanwhile', () => {
    const organization = crowd();
    const work = whoCan(organization, open);
    give(organization, many[0]!);
    work.next();
    // From one that was looked at to one that was not: a mixture of both moments would hold both of them.
    give(organization, many[2000]!);
    expect(atOnce(work).map(({ id }) => id)).toEqual(['ada', 'ci', 'owner', many[2000]]);
  });

  it('ends though something changes in every pause', () => {
    const organization = crowd();
    const work = whoCan(organization, open);
    for (let pauses = 0; pauses < 10; pauses += 1) {
      const { done, value } = work.next();
      if (done) {
        expect(value.map(({ id }) => id)).toEqual(['ada', 'ci', 'owner', many[pauses - 1]]);
        return;
      }
      give(organization, many[pauses]!);
    }
    expect.unreachable('the search never ends');
  });

  it('tells what somebody can as it was when the search began', () => {
    const organization = crowd();
    const expected = atOnce(whatCan(organization, { principalId: 'ci', now }));
    const work = whatCan(organization, { principalId: 'ci', now });
    work.next();
    applyChange(organization, { kind: 'policy', id: 'l', fact: null });
    applyChange(organization, { kind: 'project', id: 'p', exists: false });
    expect(expected).toHaveLength(2);
    expect(atOnce(work)).toEqual(expected);
  });
});
