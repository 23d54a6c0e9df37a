import fc from 'fast-check';
import type { CatalogueData, FactChange, OrganizationFacts, PolicyFact, Question, RuleFact } from '../../src/index.ts';

/** Small pools, so that what is generated meets: allow about as often as deny. */
const users = ['u1', 'u2', 'u3', 'u4'];
const applications = ['a1', 'a2', 'a3'];
const groups = ['g1', 'g2', 'g3'];
const special = ['all-users', 'all-applications'];
const projects = ['p1', 'p2', 'p3'];
const policies = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'l8', 'l9'];
const sets = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 'unknown-set'];

const action = (name: string, more: { readonly privileged?: boolean; readonly requires?: readonly string[] } = {}) => ({
  name,
  privileged: false,
  ...more,
});

/** Every feature of a catalogue, small. */
export const catalogueData: CatalogueData = {
  services: [
    {
      name: 'wiki',
      resources: [
        {
          name: 'page',
          scope: 'project',
          actions: [
            action('list'),
            action('read'),
            action('write', { requires: ['wiki:page:read'] }),
            action('publish', { requires: ['wiki:page:write', 'wiki:settings:read'] }),
            action('access', { privileged: true }),
          ],
        },
        { name: 'settings', scope: 'organization', actions: [action('read'), action('write')] },
        { name: 'self_profile', scope: 'self', actions: [action('read')] },
      ],
    },
    { name: 'shop', resources: [{ name: 'order', scope: 'project', actions: [action('read'), action('cancel')] }] },
  ],
  permissionSets: [
    {
      id: 's1',
      name: 'WikiReadOnly',
      scope_type: 'projects',
      includes: [],
      permissions: ['wiki:page:list', 'wiki:page:read'],
    },
    {
      id: 's2',
      name: 'WikiFullAccess',
      scope_type: 'projects',
      includes: ['WikiReadOnly'],
      permissions: ['wiki:page:*'],
    },
    { id: 's3', name: 'AllReadOnly', scope_type: 'projects', includes: [], permissions: ['*:*:read', '*:*:list'] },
    { id: 's4', name: 'All', scope_type: 'projects', includes: [], permissions: ['*:*:*'] },
    { id: 's5', name: 'WikiSettings', scope_type: 'organization', includes: [], permissions: ['wiki:settings:*'] },
    {
      id: 's6',
      name: 'WikiSecrets',
      scope_type: 'projects',
      includes: ['WikiReadOnly'],
      permissions: ['wiki:page:access'],
    },
    { id: 's7', name: 'Retired', scope_type: 'projects', includes: [], permissions: ['*:*:*'], deprecated: true },
    {
      id: 's8',
      name: 'AllOfTheOrganization',
      scope_type: 'organization',
      includes: ['WikiSettings'],
      permissions: ['*:*:*'],
    },
  ],
};

/** The same and others that an operator may put in its place: sets that hold more, less or nothing, an action that is gone. */
export const catalogues: readonly CatalogueData[] = [
  catalogueData,
  {
    services: catalogueData.services.map((service) => ({
      ...service,
      resources: service.resources.map((resource) => ({
        ...resource,
        actions: resource.actions
          .filter(({ name }) => name !== 'cancel')
          .map((each) =>
            each.name === 'list' ? { ...each, requires: [`${service.name}:${resource.name}:read`] } : each,
          ),
      })),
    })),
    permissionSets: catalogueData.permissionSets
      .filter(({ id }) => id !== 's3')
      .map((set) => (set.id === 's1' ? { ...set, permissions: ['wiki:page:read', 'wiki:page:access'] } : set))
      .map((set) => ({ ...set, deprecated: set.id === 's6' })),
  },
];

const permissions = [
  ...['wiki:page:list', 'wiki:page:read', 'shop:order:read', 'wiki:settings:read', 'wiki:page:write', 'wiki:page:list'],
  ...['wiki:page:list', 'wiki:page:read', 'wiki:page:write', 'wiki:page:publish', 'wiki:page:access'],
  ...['wiki:settings:read', 'wiki:settings:write', 'wiki:self_profile:read', 'shop:order:read', 'shop:order:cancel'],
  ...['wiki:page:list', 'wiki:page:read', 'shop:order:read', 'wiki:page:read'],
  'shop:order:unknown',
];

/** A Monday morning, and moments near edges of the terms below. In whole milliseconds: the CEL library rounds finer ones. */
const times = ['2026-03-02T08:30:00Z', '2026-03-01T23:59:59.999Z', '2026-03-29T01:00:00Z', '2025-03-03T14:30:00Z'].map(
  (text) => Date.parse(text) * 1000,
);

/** Terms of conditions: shapes that are compiled, others that are left to the library, and ones that fail. */
export const terms = [
  'true',
  '1 == 1',
  'request.ip == "192.0.2.1"',
  "request.ip != '192.0.2.1'",
  'request.ip.inIpRange("192.0.2.0/24")',
  'inIpRange(request.ip, "2001:db8::/32")',
  'request.ip.inIpRange("nonsense")',
  'request.ip in ["192.0.2.1", "198.51.100.7"]',
  'request.user_agent.contains("terraform/")',
  'request.user_agent.startsWith("scw")',
  'request.user_agent.matches("^(a+)+$")',
  'request.time.getFullYear() < 2026',
  'request.time.getDayOfWeek() != 0',
  'request.time.getHours("Europe/Paris") >= 8 && request.time.getHours("Europe/Paris") < 17',
  'request.time.getHours("+02:00") == 10',
  'request.time.getHours("No/Where") == 10',
  'request.time.getDayOfYear("America/New_York") > 59',
  'request.time == "2025-03-03T14:30:00.000Z"',
  '"2026-01-01T00:00:00+02:00" < request.time',
  'request.time >= "not a time"',
  'request.time < timestamp("2026-03-02T00:00:00Z")',
  'request.time - timestamp("2026-03-02T00:00:00Z") > duration("1h")',
  'resource.id == "r1"',
  'has(resource.id)',
  '!has(resource.id)',
  'resource.name.startsWith("/folder/") || !has(resource.id)',
  'resource.name.endsWith("x")',
  'resource.locality == "fr-par-1" || resource.locality == "global"',
  'resource.name == "toto" && resource.name == "tata"',
  'size(resource.name) > 3',
  'resource.name < 5',
  'resource.name + "x" == "totox"',
  '["a", "toto"].exists(n, n == resource.name)',
  'resource.properties.level >= 3',
  'resource.properties.tags.exists(t, t == "red")',
  'subject.id == "u1"',
  'request.time == resource.name',
  'resource.id',
];

const condition = fc.oneof(
  { weight: 18, arbitrary: fc.constant('') },
  { weight: 4, arbitrary: fc.constantFrom(...terms) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...terms), fc.constantFrom('&&', '||'), fc.constantFrom(...terms), fc.boolean())
      .map(([a, operator, b, negated]) => `${negated ? '!' : ''}(${a}) ${operator} (${b})`),
  },
);

const some = <T>(pool: readonly T[], maxLength = pool.length) =>
  fc.uniqueArray(fc.constantFrom(...pool), { maxLength });

const rule: fc.Arbitrary<Omit<RuleFact, 'id'>> = fc.record({
  permissionSetIds: fc.uniqueArray(fc.constantFrom(...sets, 's4', 's8', 's2'), { minLength: 1, maxLength: 2 }),
  scope: fc.oneof(
    { weight: 14, arbitrary: fc.constant({ kind: 'organization' as const }) },
    { weight: 3, arbitrary: some(projects).map((projectIds) => ({ kind: 'projects' as const, projectIds })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'account_root_user' as const }) },
  ),
  condition,
});

const policy = (id: string): fc.Arbitrary<PolicyFact> =>
  fc
    .record({
      principalId: fc.option(
        fc.constantFrom(...users, ...applications, ...groups, ...groups, ...special, ...special, ...special),
        { freq: 12 },
      ),
      rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    })
    .map(({ principalId, rules }) => ({
      id,
      name: `policy ${id}`,
      principalId,
      rules: rules.map((each, index) => ({ ...each, id: `${id}-r${index}` })),
    }));

const user = (id: string) =>
  fc.record({
    id: fc.constant(id),
    owner: fc.constant(id === 'u1'),
    locked: fc.constantFrom(false, false, id === 'u2'),
  });
const application = (id: string) => fc.record({ id: fc.constant(id), managed: fc.constant(id === 'a3') });
const group = (id: string) =>
  fc.record({
    id: fc.constant(id),
    kind: fc.constant('ordinary' as const),
    userIds: some(users),
    applicationIds: some(applications),
  });

const everybody = (kind: 'all_users' | 'all_applications') => ({
  id: kind === 'all_users' ? 'all-users' : 'all-applications',
  kind,
  userIds: [],
  applicationIds: [],
});

/** An organization with some of everything. */
export const organization: fc.Arbitrary<OrganizationFacts> = fc
  .record({
    users: fc.tuple(...users.map(user)),
    applications: fc.tuple(...applications.map(application)),
    groups: fc.tuple(...groups.map(group)),
    projects: fc.uniqueArray(fc.constantFrom(...projects), { minLength: 2 }).map((own) => ['o', ...own]),
    policies: fc.tuple(...policies.map(policy)),
  })
  .map(({ groups: own, ...facts }) => ({
    ...facts,
    id: 'o',
    groups: [...own, everybody('all_users'), everybody('all_applications')],
  }));

const missing = { nil: undefined };
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { ...missing, freq: 4 });
const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as T;

/** A question about it, now and then about what it does not have. */
export const question: fc.Arbitrary<Question> = fc
  .record({
    principalId: fc.constantFrom(...users, ...users, ...applications, ...applications, 'u1', 'u1', 'u1', 'nobody'),
    permission: fc.constantFrom(...permissions),
    scope: fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .constantFrom(...projects, 'o', 'o', 'o', 'foreign')
          .map((projectId) => ({ kind: 'project' as const, projectId })),
      },
      {
        weight: 3,
        arbitrary: fc
          .constantFrom('o', 'o', 'o', 'o', 'o', 'foreign')
          .map((organizationId) => ({ kind: 'organization' as const, organizationId })),
      },
    ),
    now: fc.constantFrom(...times),
    expiresAt: maybe(fc.constantFrom(null, null, null, null, null, null, null, times[0]!, times[0]! + 1)),
    aboutUserId: maybe(fc.constantFrom(...users)),
    request: maybe(
      fc
        .record({
          ip: maybe(fc.constantFrom('192.0.2.1', '198.51.100.7', '2001:db8::7', '::ffff:192.0.2.9', 'nonsense')),
          userAgent: maybe(fc.constantFrom('scw/1', 'x terraform/1.9', 'a'.repeat(300))),
        })
        .map(present),
    ),
    resource: maybe(
      fc
        .record({
          id: maybe(fc.constantFrom('r1', 'r2')),
          name: maybe(fc.constantFrom('toto', '/folder/x', '/folder/sub/y')),
          locality: maybe(fc.constantFrom('fr-par-1', 'global')),
          properties: maybe(fc.constantFrom({ level: 3, tags: ['red'] }, { level: 'high' })),
        })
        .map(present),
    ),
    subject: maybe(fc.constantFrom({ id: 'u1', type: 'user' }, { id: 'u2' })),
  })
  .map((asked) => present(asked) as Question);

/** A change of it: something added, altered or gone. */
export const change: fc.Arbitrary<FactChange> = fc.oneof(
  { weight: 6, arbitrary: ofOne(policies, policy).map((one) => ({ kind: 'policy' as const, ...one })) },
  { weight: 4, arbitrary: ofOne(groups, group).map((one) => ({ kind: 'group' as const, ...one })) },
  { weight: 2, arbitrary: ofOne(users, user).map((one) => ({ kind: 'user' as const, ...one })) },
  { weight: 2, arbitrary: ofOne(applications, application).map((one) => ({ kind: 'application' as const, ...one })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('project' as const),
      id: fc.constantFrom(...projects),
      exists: fc.constantFrom(true, true, false),
    }),
  },
);

function ofOne<F>(ids: readonly string[], factOf: (id: string) => fc.Arbitrary<F>) {
  return fc.constantFrom(...ids).chain((id) => fc.option(factOf(id), { freq: 7 }).map((fact) => ({ id, fact })));
}

/** The facts after a change, said as plainly as it can be: what the engine does by index. */
export function changed(facts: OrganizationFacts, change: FactChange): OrganizationFacts {
  const put = <T extends { readonly id: string }>(all: readonly T[], fact: T | null): T[] => [
    ...all.filter(({ id }) => id !== change.id),
    ...(fact ? [fact] : []),
  ];
  const gone = change.kind !== 'project' && change.fact === null;
  const detached = facts.policies.map((each) =>
    gone && each.principalId === change.id ? { ...each, principalId: null } : each,
  );
  const left = facts.groups.map((each) => ({
    ...each,
    userIds: each.userIds.filter((id) => !gone || id !== change.id),
    applicationIds: each.applicationIds.filter((id) => !gone || id !== change.id),
  }));
  switch (change.kind) {
    case 'project': {
      const others = facts.projects.filter((id) => id !== change.id);
      return { ...facts, projects: change.exists ? [...others, change.id] : others };
    }
    case 'user':
      return { ...facts, users: put(facts.users, change.fact), groups: left, policies: detached };
    case 'application':
      return { ...facts, applications: put(facts.applications, change.fact), groups: left, policies: detached };
    case 'group':
      return { ...facts, groups: put(facts.groups, change.fact), policies: detached };
    case 'policy':
      return { ...facts, policies: put(facts.policies, change.fact) };
  }
}
