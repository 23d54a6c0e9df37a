import { describe, expect, it } from 'vitest';
import {
  createCatalogue,
  createOrganization,
  explain,
  grantsBeyond,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  type RuleFact,
  type RuleScope,
  rulesOf,
  rulesReaching,
} from '../src/index.ts';
import { catalogueData } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);
const everywhere: RuleScope = { kind: 'organization' };
const within = (...projectIds: readonly string[]): RuleScope => ({ kind: 'projects', projectIds });
const rule = (id: string, set: string, scope: RuleScope = everywhere, condition = ''): RuleFact => ({
  id,
  permissionSetIds: [set],
  scope,
  condition,
});
const policy = (id: string, principalId: string, ...rules: readonly RuleFact[]): PolicyFact => ({
  id,
  name: `policy ${id}`,
  principalId,
  rules,
});
const facts = (...policies: readonly PolicyFact[]): OrganizationFacts => ({
  id: 'o',
  projects: ['o', 'p', 'q'],
  users: [
    { id: 'owner', owner: true, locked: false },
    { id: 'ada', owner: false, locked: false },
    { id: 'bob', owner: false, locked: true },
  ],
  applications: [],
  groups: [{ id: 'g', kind: 'ordinary', userIds: ['ada'], applicationIds: [] }],
  policies,
});
const engine = (...policies: readonly PolicyFact[]) => createOrganization(facts(...policies), catalogue);
const ask = (permission: string, more: Partial<Question> = {}): Question => ({
  principalId: 'ada',
  permission,
  scope: { kind: 'project', projectId: 'p' },
  now: 0,
  ...more,
});

describe('an explanation', () => {
  it('of what is unknown tells nothing else', () => {
    const nothing = { permissions: [], groupIds: [], rules: [], changes: [] };
    const organization = engine(policy('l', 'ada', rule('r', 's1')));
    expect(explain(organization, ask('wiki:page:read', { principalId: 'nobody' }))).toEqual({
      decision: { allowed: false, because: 'unknown_principal' },
      ...nothing,
    });
    expect(explain(organization, ask('wiki:page:burn'))).toEqual({
      decision: { allowed: false, because: 'unknown_permission' },
      ...nothing,
    });
  });

  it('of a right on oneself needs no rule and shows none', () => {
    const scope = { kind: 'organization', organizationId: 'o' } as const;
    const asked = ask('wiki:self_profile:read', { scope, aboutUserId: 'ada' });
    expect(explain(engine(policy('l', 'ada', rule('r', 's8'))), asked)).toEqual({
      decision: { allowed: true, because: 'self' },
      permissions: [],
      groupIds: ['g'],
      rules: [],
      changes: [[{ kind: 'lock_user', userId: 'ada' }]],
    });
  });

  it('tells of each permission that is needed whether it is held, and what every rule did for it', () => {
    const organization = engine(
      policy('m', 'g', rule('m0', 's5', everywhere, 'request.ip == "192.0.2.1"')),
      policy('z', 'ada', rule('z0', 's2', within('q'))),
      policy('b', 'ada', rule('b0', 's1'), rule('b1', 's2', everywhere, 'resource.id == "x"')),
      policy('k', 'ada', rule('k0', 's7')),
    );
    const { permissions, rules, groupIds } = explain(
      organization,
      ask('wiki:page:publish', { request: { ip: '192.0.2.2' } }),
    );
    expect(groupIds).toEqual(['g']);
    expect(permissions).toEqual([
      { permission: 'wiki:page:publish', held: false },
      { permission: 'wiki:page:write', held: false },
      { permission: 'wiki:settings:read', held: false },
      { permission: 'wiki:page:read', held: true },
    ]);
    // Own policies first, then those of groups; each by its id, its rules in their order.
    const shown = rules.map(({ permission, policyId, ruleId, position, outcome, throughGroupId }) =>
      [permission.split(':')[2], policyId, ruleId, position, outcome, throughGroupId].join(' '),
    );
    expect(shown).toEqual([
      'publish b b0 0 no_permission ',
      'publish b b1 1 condition_error ',
      'publish k k0 0 no_permission ',
      'publish z z0 0 other_scope ',
      'publish m m0 0 no_permission g',
      'write b b0 0 no_permission ',
      'write b b1 1 condition_error ',
      'write k k0 0 no_permission ',
      'write z z0 0 other_scope ',
      'write m m0 0 no_permission g',
      'read b b0 0 no_permission ',
      'read b b1 1 no_permission ',
      'read k k0 0 no_permission ',
      'read z z0 0 no_permission ',
      'read m m0 0 condition_false g',
      'read b b0 0 grants ',
      'read b b1 1 condition_error ',
      'read k k0 0 no_permission ',
      'read z z0 0 other_scope ',
      'read m m0 0 no_permission g',
    ]);
    expect(rules.find(({ ruleId }) => ruleId === 'b1')?.failure).toEqual({
      verdict: 'error',
      clause: 'resource.id == "x"',
      values: { 'resource.id': null },
    });
  });

  it('of a question about the whole organization is not helped by rules on some projects', () => {
    const scope = { kind: 'organization', organizationId: 'o' } as const;
    const { rules } = explain(
      engine(policy('l', 'ada', rule('r', 's1', within('o', 'p', 'q')))),
      ask('wiki:page:read', { scope }),
    );
    expect(rules.map(({ outcome }) => outcome)).toEqual(['other_scope']);
  });
});

describe('rules that reach somebody', () => {
  const own = rule('own', 's1');
  const shared = rule('shared', 's5');
  const organization = engine(policy('l', 'ada', own), policy('m', 'g', shared));

  it('are its own and those of its groups', () => {
    expect(rulesReaching(organization, 'ada')).toEqual([own, shared]);
    expect(rulesReaching(organization, 'owner')).toEqual([]);
    expect(rulesReaching(organization, 'nobody')).toEqual([]);
  });

  it('are found by what their policies are attached to', () => {
    expect(rulesOf(organization, 'g')).toEqual([shared]);
    expect(rulesOf(organization, 'bob')).toEqual([]);
  });
});

describe('rules go beyond what somebody holds', () => {
  const beyond = (given: RuleFact, ...policies: readonly PolicyFact[]) =>
    grantsBeyond(engine(...policies), 'ada', [given, given]);

  it('in a project where it holds nothing, and not in one that does not exist', () => {
    const own = policy('l', 'ada', rule('r', 's1', within('p')));
    expect(beyond(rule('x', 's1', within('p')), own)).toEqual([]);
    expect(beyond(rule('x', 's1', within('p', 'gone')), own)).toEqual([]);
    expect(beyond(rule('x', 's1', within('p', 'q')), own)).toEqual(['wiki:page:list', 'wiki:page:read']);
    expect(beyond(rule('x', 's1', within('q')), own)).toEqual(['wiki:page:list', 'wiki:page:read']);
    expect(beyond(rule('x', 's1'), own)).toEqual(['wiki:page:list', 'wiki:page:read']);
  });

  it('not where a rule on projects names a set on the organization, which grants nothing', () => {
    expect(beyond(rule('x', 's5', within('p')))).toEqual([]);
    expect(beyond(rule('x', 's5'))).toEqual(['wiki:settings:read', 'wiki:settings:write']);
  });

  it('unless it holds the same under the same condition, in as many places', () => {
    const office = 'request.ip == "192.0.2.1"';
    const own = policy('l', 'ada', rule('r', 's1', within('p'), office));
    const all = policy('l', 'ada', rule('r', 's1', everywhere, office));
    const both = ['wiki:page:list', 'wiki:page:read'];
    expect(beyond(rule('x', 's1', within('p'), office), own)).toEqual([]);
    expect(beyond(rule('x', 's1', within('p')), own)).toEqual(both);
    expect(beyond(rule('x', 's1', within('p'), `!(${office})`), own)).toEqual(both);
    expect(beyond(rule('x', 's1', within('q'), office), own)).toEqual(both);
    expect(beyond(rule('x', 's1', everywhere, office), own)).toEqual(both);
    expect(beyond(rule('x', 's1', everywhere, office), all)).toEqual([]);
    expect(beyond(rule('x', 's1', within('q'), office), all)).toEqual([]);
  });
});
