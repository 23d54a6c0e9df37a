import { operations } from '@bailiwick/contract';
import { describe, expect, test } from 'vitest';
import { loadBuiltInCatalogue, parseCatalogue } from '../src/catalogue/catalogue.ts';

const catalogue = loadBuiltInCatalogue();
const sets = catalogue.permissionSets;

/** A small file: a page in a project, its settings in the organization, one reader of each. */
function wiki(changes: {
  readonly services?: unknown;
  readonly permission_sets?: unknown;
  readonly version?: unknown;
}) {
  const resources = [
    { name: 'page', scope: 'project', actions: ['list', 'read', { name: 'purge', privileged: true }] },
    { name: 'settings', scope: 'organization', actions: ['read'] },
    { name: 'self_draft', scope: 'self', actions: ['read'] },
  ];
  return { version: 1, services: [{ name: 'wiki', resources }], permission_sets: [], ...changes };
}

const reader = { name: 'WikiReader', scope_type: 'projects', permissions: ['wiki:page:read'] };

function withSets(...permission_sets: readonly unknown[]) {
  return () => parseCatalogue(wiki({ permission_sets }));
}

function withResource(resource: unknown) {
  return () => parseCatalogue(wiki({ services: [{ name: 'wiki', resources: [resource] }] }));
}

describe('the built-in permission sets', () => {
  test('are 202, in the order of the file', () => {
    expect(sets).toHaveLength(202);
    expect(sets.slice(0, 3).map((set) => set.name)).toEqual(['ProjectManager', 'ProjectReadOnly', 'IAMReadOnly']);
    expect(sets.at(-1)?.name).toBe('QaaSFullAccess');
  });

  test('have unique names of letters and digits', () => {
    expect(new Set(sets.map((set) => set.name)).size).toBe(202);
    for (const { name } of sets) expect(name).toMatch(/^[A-Z][A-Za-z0-9]{2,63}$/);
  });

  test('have unique ids in the form of a random UUID', () => {
    expect(new Set(sets.map((set) => set.id)).size).toBe(202);
    for (const { id } of sets)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('keep their ids for ever', () => {
    expect(catalogue.byName('IAMManager')?.id).toBe('0efda0a2-3132-4671-bcf6-3645c46c5150');
    expect(catalogue.byName('AllProductsFullAccess')?.id).toBe('6656c676-50af-4e35-8a43-506d42aff596');
  });

  test('are described in one sentence of at most 200 characters, each differently', () => {
    expect(new Set(sets.map((set) => set.description)).size).toBe(202);
    for (const { description } of sets) expect(description).toMatch(/^[A-Z][^\n]{10,198}\.$/);
  });

  test('say in which categories they are found, the main one first', () => {
    for (const { categories } of sets) expect(categories).not.toEqual([]);
    expect(catalogue.byName('SSHKeysFullAccess')?.categories).toEqual(['Compute', 'Bare Metal']);
    expect(catalogue.byName('ContainerRegistryReadOnly')?.categories).toEqual(['Storage', 'Containers']);
  });

  test('hold permissions only where the service comes with the product', () => {
    const holding = sets.filter((set) => set.permissions.length > 0).map((set) => set.name);
    expect(holding).toEqual([
      'ProjectManager',
      'ProjectReadOnly',
      'IAMReadOnly',
      'IAMManager',
      'IAMApplicationManager',
      'IAMApplicationReadOnly',
      'IAMUserManager',
      'IAMUserReadOnly',
      'IAMGroupManager',
      'IAMGroupReadOnly',
      'IAMPolicyManager',
      'IAMPolicyReadOnly',
      'OrganizationManager',
      'OrganizationReadOnly',
      'AllProductsFullAccess',
      'AllProductsReadOnly',
      'SSHKeysFullAccess',
      'SSHKeysReadOnly',
    ]);
  });

  test('let managers of users see the API keys of users but not touch them', () => {
    const { includes, permissions } = catalogue.byName('IAMUserManager')!;
    expect(includes).toEqual(['IAMUserReadOnly']);
    expect(permissions).toEqual(['iam:user:*', 'iam:user_mfa:*']);
  });
});

describe('the built-in services', () => {
  const known = new Map(
    catalogue.services.flatMap(({ name: service, resources }) =>
      resources.flatMap(({ name: resource, scope, actions }) =>
        actions.map((action) => [`${service}:${resource}:${action.name}`, { scope, ...action }] as const),
      ),
    ),
  );

  test('know every permission that an operation asks for, in its scope', () => {
    for (const { access } of operations) {
      if (access.kind !== 'permission') continue;
      for (const permission of access.permissions)
        expect([permission, known.get(permission)?.scope]).toEqual([permission, access.scope]);
      if (access.self)
        expect([access.self.permission, known.get(access.self.permission)?.scope]).toEqual([
          access.self.permission,
          'self',
        ]);
    }
  });

  test('have one privileged permission, to ask about others', () => {
    const privileged = [...known].filter(([, { privileged }]) => privileged).map(([permission]) => permission);
    expect(privileged).toEqual(['iam:decision:check']);
  });

  test('do not let API keys of users be created for them', () => {
    expect(known.has('iam:user_api_key:create')).toBe(false);
    expect(known.has('iam:application_api_key:create')).toBe(true);
  });
});

describe('lookups', () => {
  test('find a set by name and by id, and nothing for unknown ones', () => {
    const found = catalogue.byName('IAMReadOnly')!;
    expect(catalogue.byId(found.id)).toBe(found);
    expect(catalogue.byName('iamreadonly')).toBeUndefined();
    expect(catalogue.byId('IAMReadOnly')).toBeUndefined();
  });

  test('know a retired name, but no set by it', () => {
    expect(catalogue.isRetired('ResellerCustomerBillingManager')).toBe(true);
    expect(catalogue.byName('ResellerCustomerBillingManager')).toBeUndefined();
    expect(catalogue.byName('BillingManager')?.former_names).toEqual(['ResellerCustomerBillingManager']);
    expect(catalogue.isRetired('BillingManager')).toBe(false);
  });

  test.each([
    ['iam:user_api_key:read', 'api_key'],
    ['iam:application_api_key:delete', 'api_key'],
    ['iam:self_api_key:create', 'api_key'],
    ['iam:self_jwt:list', 'self_jwt'],
    ['account:project:list', 'project'],
    ['wiki:page:read', 'page'],
  ])('print %s as %s in an error', (permission, resource) => {
    expect(catalogue.permissionErrorResource(permission)).toBe(resource);
  });

  test('return data that cannot be changed', () => {
    expect(Object.isFrozen(catalogue)).toBe(true);
    expect(Object.isFrozen(catalogue.byName('IAMReadOnly')?.permissions)).toBe(true);
    expect(Object.isFrozen(catalogue.services[0]?.resources[0]?.actions[0])).toBe(true);
  });
});

describe('parseCatalogue', () => {
  test('fills in what a file leaves out and leaves the file as it was', () => {
    const file = wiki({ permission_sets: [reader] });
    const parsed = parseCatalogue(file);
    expect(parsed.byName('WikiReader')).toMatchObject({
      categories: [],
      description: '',
      includes: [],
      former_names: [],
    });
    expect(parsed.services[0]?.resources[0]?.actions[0]).toEqual({ name: 'list', privileged: false });
    expect(Object.isFrozen(file.permission_sets)).toBe(false);
    expect(Object.isFrozen(reader.permissions)).toBe(false);
  });

  test.each(['wiki:page:*', 'wiki:*:read', '*:*:*', 'wiki:page:purge'])(
    'accepts %s in a set for projects',
    (pattern) => {
      expect(withSets({ ...reader, permissions: [pattern] })).not.toThrow();
    },
  );

  test.each([
    ['wiki:settings:read', 'has no place in a set of scope type projects'],
    ['wiki:settings:*', 'has no place in a set of scope type projects'],
    ['wiki:self_draft:read', 'has no place in a set of scope type projects'],
    ['wiki:page:publish', 'is no permission of the catalogue'],
    ['blog:*:read', 'is no permission of the catalogue'],
    ['wiki:*:purge', 'only matches privileged permissions'],
    ['wiki:page', 'is not `service:resource:action`'],
    ['wiki:page:read:all', 'is not `service:resource:action`'],
    ['wiki:pa*:read', 'is not `service:resource:action`'],
    ['wiki:Page:read', 'is not `service:resource:action`'],
    ['', 'is not `service:resource:action`'],
  ])('refuses `%s` in a set for projects: it %s', (pattern, reason) => {
    expect(withSets({ ...reader, permissions: [pattern] })).toThrow(
      `permission set \`WikiReader\`: \`${pattern}\` ${reason}`,
    );
  });

  test('refuses a set that includes one of the other scope type', () => {
    const settings = { name: 'WikiSettings', scope_type: 'organization', permissions: ['wiki:settings:read'] };
    expect(withSets({ ...settings, includes: ['WikiReader'] }, reader)).toThrow(
      'permission set `WikiSettings`: it includes `WikiReader`, whose scope type is projects',
    );
  });

  test.each(['WikiWriter', 'WikiVisitor'])('refuses a set that includes the unknown or retired %s', (name) => {
    const renamed = { ...reader, former_names: ['WikiVisitor'] };
    expect(withSets(renamed, { ...reader, name: 'WikiEditor', includes: [name] })).toThrow(
      `permission set \`WikiEditor\`: it includes \`${name}\`, which is not a set`,
    );
  });

  test('refuses sets that include each other and shows the way round', () => {
    const chain = [
      ['WikiA', 'WikiB'],
      ['WikiB', 'WikiC'],
      ['WikiC', 'WikiB'],
    ].map(([name, included]) => ({ ...reader, name, includes: [included] }));
    expect(withSets(...chain)).toThrow('permission set `WikiB`: it includes itself: WikiB > WikiC > WikiB');
  });

  test('accepts a set that two included sets include', () => {
    const left = { ...reader, name: 'WikiLeft', includes: ['WikiReader'] };
    const right = { ...reader, name: 'WikiRight', includes: ['WikiReader'] };
    expect(
      withSets({ ...reader, name: 'WikiBoth', includes: ['WikiLeft', 'WikiRight'] }, left, right, reader),
    ).not.toThrow();
  });

  test.each([
    ['another set', reader],
    ['a former name of another', { ...reader, name: 'WikiVisitor', former_names: ['WikiReader'] }],
  ])('refuses a set named like %s', (_, other) => {
    expect(withSets(reader, other)).toThrow('permission set `WikiReader`: the name is given twice');
  });

  test.each(['wikiReader', 'Wi', 'Wiki-Reader', `W${'i'.repeat(64)}`])('refuses the set name %s', (name) => {
    expect(withSets({ ...reader, name })).toThrow(`permission set \`${name}\`: a set name matches`);
    expect(withSets({ ...reader, former_names: [name] })).toThrow(`permission set \`${name}\`: a set name matches`);
  });

  test.each([
    [{ name: 'Page', scope: 'project', actions: ['read'] }, 'resource `wiki:Page`: `Page` does not match'],
    [{ name: 'page', scope: 'project', actions: ['re-ad'] }, 'resource `wiki:page`: `re-ad` does not match'],
    [{ name: 'page', scope: 'project', error_resource: '', actions: [] }, 'resource `wiki:page`: `` does not match'],
    [{ name: 'page', scope: 'project', actions: ['read', 'read'] }, 'resource `wiki:page`, action `read`: the name'],
    [{ name: 'page', scope: 'self', actions: ['read'] }, 'resource `wiki:page`: names beginning with `self_`'],
    [{ name: 'self_page', scope: 'project', actions: [] }, 'resource `wiki:self_page`: names beginning with `self_`'],
  ])('refuses the resource %j', (resource, message) => {
    expect(withResource(resource)).toThrow(message);
  });

  test.each(['Wiki', 'w', 'my_wiki', '*'])('refuses the service name %s', (name) => {
    expect(() => parseCatalogue(wiki({ services: [{ name, resources: [] }] }))).toThrow(
      `service \`${name}\`: a service name matches`,
    );
  });

  test('refuses a service or a resource that is given twice', () => {
    const page = { name: 'page', scope: 'project', actions: [] };
    const service = { name: 'wiki', resources: [page] };
    expect(() => parseCatalogue(wiki({ services: [service, service] }))).toThrow(
      'service `wiki`: the name is given twice',
    );
    expect(() => parseCatalogue(wiki({ services: [{ name: 'wiki', resources: [page, page] }] }))).toThrow(
      'service `wiki`, resource `page`: the name is given twice',
    );
  });

  test.each([
    [null, 'top level'],
    [[], 'top level'],
    [wiki({ version: 2 }), 'version'],
    [wiki({ permission_sets: [{ ...reader, scope_type: 'account' }] }), 'permission_sets/0 (WikiReader)/scope_type'],
    [wiki({ permission_sets: [reader, { ...reader, include: [] }] }), 'permission_sets/1 (WikiReader): must not'],
    [wiki({ permission_sets: [{ name: 7 }] }), 'permission_sets/0'],
    [wiki({ services: [{ name: 'wiki' }] }), 'services/0 (wiki): must have'],
  ])('refuses a file of another shape, naming the place (%#)', (file, place) => {
    expect(() => parseCatalogue(file)).toThrow(`catalogue, ${place}`);
  });
});
