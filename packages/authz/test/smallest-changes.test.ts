import { describe, expect, it } from 'vitest';
import {
  type Change,
  createCatalogue,
  createOrganization,
  type Edit,
  explain,
  type GroupFact,
  type PermissionSetData,
  type PolicyFact,
  type Question,
  type RuleFact,
  type RuleScope,
} from '../src/index.ts';

const set = (
  id: string,
  scope_type: 'projects' | 'organization',
  ...permissions: readonly string[]
): PermissionSetData => ({
  id,
  name: id,
  scope_type,
  includes: [],
  permissions,
});
const action = (name: string, ...requires: readonly string[]) => ({ name, privileged: false, requires });
const catalogue = createCatalogue({
  services: [
    {
      name: 'wiki',
      resources: [
        {
          name: 'page',
          scope: 'project',
          actions: [
            action('read'),
            action('write', 'wiki:page:read'),
            action('publish', 'wiki:page:write', 'wiki:settings:read'),
            action('archive'),
            action('restore', 'wiki:page:archive'),
            action('tag'),
            action('stamp', 'wiki:page:tag'),
          ],
        },
        { name: 'settings', scope: 'organization', actions: [action('read')] },
        { name: 'self_profile', scope: 'self', actions: [action('read')] },
      ],
    },
  ],
  permissionSets: [
    // Three that hold the same: the name decides, not the order.
    set('reader-b', 'projects', 'wiki:page:read'),
    set('reader-a', 'projects', 'wiki:page:read'),
    set('reader-c', 'projects', 'wiki:page:read'),
    set(
      'all',
      'projects',
      'wiki:page:read',
      'wiki:page:write',
      'wiki:page:publish',
      'wiki:page:tag',
      'wiki:page:stamp',
    ),
    set('writer', 'projects', 'wiki:page:read', 'wiki:page:write'),
    set('publisher', 'projects', 'wiki:page:publish'),
    set('restorer', 'projects', 'wiki:page:restore'),
    set('tagger', 'projects', 'wiki:page:tag'),
    set('stamper', 'projects', 'wiki:page:stamp'),
    set('settings', 'organization', 'wiki:settings:read'),
  ],
});

const everywhere: RuleScope = { kind: 'organization' };
const within = (...projectIds: readonly string[]): RuleScope => ({ kind: 'projects', projectIds });
const rule = (
  id: string,
  sets: string | readonly string[],
  scope: RuleScope = everywhere,
  condition = '',
): RuleFact => ({
  id,
  permissionSetIds: typeof sets === 'string' ? [sets] : sets,
  scope,
  condition,
});
const policy = (id: string, principalId: string | null, ...rules: readonly RuleFact[]): PolicyFact => ({
  id,
  name: id,
  principalId,
  rules,
});
const group = (id: string, userIds: readonly string[], kind: GroupFact['kind'] = 'ordinary'): GroupFact => ({
  id,
  kind,
  userIds,
  applicationIds: [],
});

function changes(
  { policies = [], groups = [] }: { readonly policies?: readonly PolicyFact[]; readonly groups?: readonly GroupFact[] },
  permission: string,
  more: Partial<Question> = {},
): readonly Change[] {
  const organization = createOrganization(
    {
      id: 'o',
      projects: ['o', 'p', 'q'],
      users: [
        { id: 'owner', owner: true, locked: false },
        { id: 'ada', owner: false, locked: false },
        { id: 'locked', owner: false, locked: true },
      ],
      applications: [{ id: 'ci', managed: false }],
      groups: [...groups, group('everybody', [], 'all_users')],
      policies,
    },
    catalogue,
  );
  const scope = { kind: 'project', projectId: 'p' } as const;
  return explain(organization, { principalId: 'ada', permission, scope, now: 10, ...more }).changes;
}
const kinds = (found: readonly Change[], kind: Edit['kind']) =>
  found.filter((change) => change.some((edit) => edit.kind === kind));
const inProject = { kind: 'project', projectId: 'p' } as const;
const inOrganization = { kind: 'organization', organizationId: 'o' } as const;
const newPolicy = (permissionSetId: string, scope: Question['scope'] = inProject): Edit => ({
  kind: 'create_policy',
  principalId: 'ada',
  permissionSetId,
  scope,
});
const lock: Change = [{ kind: 'lock_user', userId: 'ada' }];

describe('to take away what is allowed', () => {
  it('all that grants it must go: the rules, or what they come from', () => {
    const found = changes(
      {
        groups: [group('g', ['ada'])],
        policies: [
          policy('own', 'ada', rule('r1', 'reader-a'), rule('r2', 'all', within('p'))),
          policy('shared', 'g', rule('r3', 'reader-b')),
          policy('common', 'everybody', rule('r4', 'reader-c')),
          policy('other', 'ada', rule('r5', 'reader-a', within('q'))),
        ],
      },
      'wiki:page:read',
    );
    expect(found).toEqual([
      [
        { kind: 'remove_rule', policyId: 'own', ruleId: 'r1' },
        { kind: 'remove_rule', policyId: 'own', ruleId: 'r2' },
        { kind: 'remove_rule', policyId: 'common', ruleId: 'r4' },
        { kind: 'remove_rule', policyId: 'shared', ruleId: 'r3' },
      ],
      // Nobody leaves the group of all users.
      [
        { kind: 'detach_policy', policyId: 'own' },
        { kind: 'detach_policy', policyId: 'common' },
        { kind: 'remove_from_group', groupId: 'g', principalId: 'ada' },
      ],
      lock,
    ]);
  });

  it('it is enough to take one of the permissions that are needed, and each way is told once', () => {
    const found = changes({ policies: [policy('l', 'ada', rule('r', 'writer'))] }, 'wiki:page:write');
    expect(found).toEqual([
      [{ kind: 'remove_rule', policyId: 'l', ruleId: 'r' }],
      [{ kind: 'detach_policy', policyId: 'l' }],
      lock,
    ]);
  });

  it('no way is told that holds a smaller one', () => {
    const policies = [policy('l', 'ada', rule('r', 'writer')), policy('m', 'ada', rule('s', 'reader-a'))];
    expect(changes({ policies }, 'wiki:page:write')).toEqual([
      [{ kind: 'remove_rule', policyId: 'l', ruleId: 'r' }],
      [{ kind: 'detach_policy', policyId: 'l' }],
      lock,
    ]);
  });

  it('of an application there is no lock', () => {
    const policies = [policy('l', 'ci', rule('r', 'reader-a'))];
    expect(changes({ policies }, 'wiki:page:read', { principalId: 'ci' })).toEqual([
      [{ kind: 'remove_rule', policyId: 'l', ruleId: 'r' }],
      [{ kind: 'detach_policy', policyId: 'l' }],
    ]);
  });

  it('from the owner there is no way, not even what is its own', () => {
    expect(changes({}, 'wiki:page:read', { principalId: 'owner' })).toEqual([]);
    const own = { principalId: 'owner', aboutUserId: 'owner', scope: inOrganization };
    expect(changes({}, 'wiki:self_profile:read', own)).toEqual([]);
  });

  it('which is one’s own, there is only the lock', () => {
    expect(changes({}, 'wiki:self_profile:read', { aboutUserId: 'ada', scope: inOrganization })).toEqual([lock]);
  });
});

describe('what refuses by itself goes first', () => {
  const reading = {
    policies: [policy('l', 'ada', rule('r', 'reader-a')), policy('m', 'locked', rule('s', 'reader-a'))],
  };
  const renew: Edit = { kind: 'renew_credential' };
  const unlock: Edit = { kind: 'unlock_user', userId: 'locked' };

  it('and is all there is to do where nothing is missing', () => {
    expect(changes(reading, 'wiki:page:read', { expiresAt: 10 })).toEqual([[renew]]);
    expect(changes(reading, 'wiki:page:read', { principalId: 'locked' })).toEqual([[unlock]]);
    expect(changes(reading, 'wiki:page:read', { principalId: 'locked', expiresAt: 9 })).toEqual([[renew, unlock]]);
    expect(changes({}, 'wiki:page:read', { principalId: 'owner', expiresAt: 10 })).toEqual([[renew]]);
  });

  it('together with what is missing', () => {
    expect(changes({}, 'wiki:page:tag', { expiresAt: 10 })).toEqual([[renew, newPolicy('tagger')]]);
  });

  it('a credential that ends later refuses nothing', () => {
    expect(changes({}, 'wiki:page:tag', { expiresAt: 11 })).toEqual([[newPolicy('tagger')]]);
  });

  it('for what is one’s own, and for nobody else', () => {
    const self = (principalId: string, aboutUserId: string, expiresAt: number | null = 10) =>
      changes({}, 'wiki:self_profile:read', { principalId, aboutUserId, expiresAt, scope: inOrganization });
    expect(self('ada', 'ada')).toEqual([[renew]]);
    expect(self('locked', 'locked')).toEqual([[renew, unlock]]);
    expect(self('locked', 'locked', null)).toEqual([[unlock]]);
    expect(self('ada', 'locked')).toEqual([]);
    expect(self('ada', 'locked', null)).toEqual([]);
    expect(self('ci', 'ci')).toEqual([]);
  });

  it('and where the scope is wrong nothing helps', () => {
    expect(changes({}, 'wiki:page:read', { scope: { kind: 'project', projectId: 'foreign' } })).toEqual([]);
    expect(changes({}, 'wiki:settings:read')).toEqual([]);
  });
});

describe('to give one permission that is missing', () => {
  it('groups that have it may be joined: three at most, in order of their ids', () => {
    const ids = ['g5', 'g3', 'g1', 'g4', 'g2'];
    const found = changes(
      {
        groups: [...ids.map((id) => group(id, [])), group('g0', []), group('joined', ['ada'])],
        policies: [
          ...ids.map((id) => policy(`of ${id}`, id, rule(`${id}-0`, 'settings'), rule(`${id}-1`, 'tagger'))),
          policy('of g0', 'g0', rule('g0-0', 'tagger', within('q'))),
          policy('of everybody', 'everybody', rule('e', 'tagger', everywhere, 'false')),
          policy('of joined', 'joined', rule('j', 'tagger', everywhere, 'false')),
        ],
      },
      'wiki:page:tag',
    );
    expect(kinds(found, 'add_to_group')).toEqual(
      ['g1', 'g2', 'g3'].map((groupId) => [{ kind: 'add_to_group', groupId, principalId: 'ada' }]),
    );
  });

  it('policies of nobody that have it may be attached: three at most, in order of their ids', () => {
    const found = changes(
      {
        policies: [
          ...['l5', 'l3', 'l1', 'l4', 'l2'].map((id) =>
            policy(id, null, rule(`${id}-0`, 'settings'), rule(`${id}-1`, 'tagger')),
          ),
          policy('l0', null, rule('l0-0', 'tagger', within('q'))),
          policy('a', 'ci', rule('a-0', 'tagger')),
        ],
      },
      'wiki:page:tag',
    );
    expect(found).toEqual([
      ...['l1', 'l2', 'l3'].map((policyId) => [{ kind: 'attach_policy', policyId, principalId: 'ada' }]),
      [newPolicy('tagger')],
    ]);
  });

  it('rules that reach already may get a set, a project, or lose their condition: three of each at most', () => {
    const numbers = [0, 1, 2, 3];
    const found = changes(
      {
        policies: [
          policy(
            'l',
            'ada',
            ...numbers.map((each) => rule(`set${each}`, 'publisher', within('p'))),
            ...numbers.map((each) => rule(`project${each}`, 'tagger', within('q'))),
            rule('false', 'tagger', everywhere, 'request.ip == "x"'),
            rule('error', 'tagger', everywhere, 'resource.id == "x"'),
            rule('holds', 'publisher', everywhere, 'request.ip == "y"'),
            rule('does not', 'publisher', everywhere, 'request.ip == "x"'),
            rule('elsewhere', 'publisher', within('q')),
            rule('elsewhere, and does not', 'tagger', within('q'), 'request.ip == "x"'),
            rule('elsewhere, and holds', 'tagger', within('q'), 'request.ip == "y"'),
            rule('of an account', 'tagger', { kind: 'account_root_user' }),
            rule('of settings', 'settings'),
            rule('of both', ['settings', 'publisher']),
            rule('of nothing', []),
          ),
        ],
      },
      'wiki:page:tag',
      { request: { ip: 'y' } },
    );
    const at = (ruleId: string) => ({ policyId: 'l', ruleId });
    expect(found).toEqual([
      ...['set0', 'set1', 'set2'].map((id) => [{ kind: 'add_permission_set', ...at(id), permissionSetId: 'tagger' }]),
      ...['project0', 'project1', 'project2'].map((id) => [{ kind: 'add_project', ...at(id), projectId: 'p' }]),
      [{ kind: 'drop_condition', ...at('false') }],
      [{ kind: 'drop_condition', ...at('error') }],
      [newPolicy('tagger')],
    ]);
  });

  it('a set is added only where the condition holds and the scope fits, of the same kind as those beside it', () => {
    const offered = (...rules: readonly RuleFact[]) =>
      kinds(
        changes({ policies: [policy('l', 'ada', ...rules)] }, 'wiki:page:tag', { request: { ip: 'y' } }),
        'add_permission_set',
      ).flat();
    const added = (ruleId: string) => [
      { kind: 'add_permission_set', policyId: 'l', ruleId, permissionSetId: 'tagger' },
    ];
    expect(offered(rule('r', 'publisher', everywhere, 'request.ip == "y"'))).toEqual(added('r'));
    expect(offered(rule('r', 'publisher', everywhere, 'request.ip == "x"'))).toEqual([]);
    expect(offered(rule('r', 'publisher', within('q')))).toEqual([]);
    expect(offered(rule('r', 'settings'))).toEqual([]);
    expect(offered(rule('r', ['settings', 'publisher']))).toEqual([]);
    expect(offered(rule('r', ['publisher', 'settings']))).toEqual([]);
    expect(offered(rule('r', []))).toEqual(added('r'));
  });

  it('a rule on projects is not helped by a project where the permission is on the organization', () => {
    const policies = [policy('l', 'ada', rule('r', 'all'), rule('s', 'settings', within('q')))];
    expect(changes({ policies }, 'wiki:page:publish')).toEqual([[newPolicy('settings', inOrganization)]]);
  });

  it('asked of the organization, a rule on projects may be widened, and a new policy is for the organization', () => {
    const scope = inOrganization;
    const asked = (condition: string) =>
      changes({ policies: [policy('l', 'ada', rule('r', 'tagger', within('p'), condition))] }, 'wiki:page:tag', {
        scope,
      });
    expect(asked('')).toEqual([
      [{ kind: 'widen_to_organization', policyId: 'l', ruleId: 'r' }],
      [newPolicy('tagger', scope)],
    ]);
    expect(asked('false')).toEqual([[newPolicy('tagger', scope)]]);
  });

  it('the set with least beside it is taken, by name where there are several', () => {
    expect(changes({}, 'wiki:page:read')).toEqual([[newPolicy('reader-a')]]);
    expect(changes({}, 'wiki:page:publish', {})).toHaveLength(1);
  });
});

describe('to give several that are missing', () => {
  it('one set is taken that holds all of them', () => {
    expect(changes({}, 'wiki:page:write')).toEqual([[newPolicy('writer')]]);
    // Though there are smaller ones for each of them.
    expect(changes({}, 'wiki:page:stamp')).toEqual([[newPolicy('all')]]);
  });

  it('or as few as hold them together', () => {
    // `reader-a` would be the least for reading, and `writer` holds that too.
    expect(changes({}, 'wiki:page:publish')).toEqual([
      [newPolicy('publisher'), newPolicy('writer'), newPolicy('settings', inOrganization)],
    ]);
  });

  it('a group, a policy or a rule that gives all of them is offered as well, and none that gives a part', () => {
    const found = changes(
      {
        groups: [group('g', []), group('h', [])],
        policies: [
          policy('of g', 'g', rule('g0', 'tagger'), rule('g1', 'stamper')),
          policy('of h', 'h', rule('h0', 'tagger')),
          policy('nobody', null, rule('n', 'all')),
          policy('part', null, rule('s', 'stamper')),
          policy(
            'own',
            'ada',
            rule('set', 'publisher'),
            rule('condition', 'all', everywhere, 'false'),
            rule('project', 'all', within('q')),
            rule('a part of it', 'tagger', within('q')),
            rule('another part', 'stamper', everywhere, 'false'),
          ),
        ],
      },
      'wiki:page:stamp',
    );
    const at = (ruleId: string) => ({ policyId: 'own', ruleId });
    expect(found).toEqual([
      [{ kind: 'add_to_group', groupId: 'g', principalId: 'ada' }],
      [{ kind: 'attach_policy', policyId: 'nobody', principalId: 'ada' }],
      [{ kind: 'add_permission_set', ...at('set'), permissionSetId: 'all' }],
      [{ kind: 'drop_condition', ...at('condition') }],
      [{ kind: 'add_project', ...at('project'), projectId: 'p' }],
      [newPolicy('all')],
    ]);
  });

  it('and nothing is offered where no set holds one of them', () => {
    const reaching = [policy('l', 'ada', rule('r', 'tagger'), rule('n', []))];
    expect(changes({ policies: reaching }, 'wiki:page:archive')).toEqual([]);
    expect(changes({ policies: reaching }, 'wiki:page:restore')).toEqual([]);
    expect(
      changes({ policies: [...reaching, policy('m', 'ada', rule('s', 'restorer'))] }, 'wiki:page:restore'),
    ).toEqual([]);
  });
});
