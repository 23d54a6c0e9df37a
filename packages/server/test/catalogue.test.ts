import { createCatalogue } from '@bailiwick/authz';
import { operations } from '@bailiwick/contract';
import { describe, expect, test } from 'vitest';
import { loadBuiltInCatalogue, toCatalogueData } from '../src/catalogue/catalogue.ts';

const catalogue = loadBuiltInCatalogue();
const sets = catalogue.permissionSets;

describe('the built-in permission sets', () => {
  test('are the 202 of the reference and one of ours, in the order of the file', () => {
    expect(sets).toHaveLength(203);
    expect(sets.slice(0, 3).map((set) => set.name)).toEqual(['ProjectManager', 'ProjectReadOnly', 'IAMReadOnly']);
    expect(sets.slice(-2).map((set) => set.name)).toEqual(['QaaSFullAccess', 'IAMDecisionPoint']);
  });

  test('have unique names of letters and digits', () => {
    expect(new Set(sets.map((set) => set.name)).size).toBe(203);
    for (const { name } of sets) expect(name).toMatch(/^[A-Z][A-Za-z0-9]{2,63}$/);
  });

  test('have unique ids in the form of a random UUID', () => {
    expect(new Set(sets.map((set) => set.id)).size).toBe(203);
    for (const { id } of sets)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('keep their ids for ever', () => {
    expect(catalogue.byName('IAMManager')?.id).toBe('0efda0a2-3132-4671-bcf6-3645c46c5150');
    expect(catalogue.byName('AllProductsFullAccess')?.id).toBe('6656c676-50af-4e35-8a43-506d42aff596');
    expect(catalogue.byName('IAMDecisionPoint')?.id).toBe('54c0db9c-235b-4856-970c-09b2cfc1ef12');
  });

  test('are described in one sentence of at most 200 characters, each differently', () => {
    expect(new Set(sets.map((set) => set.description)).size).toBe(203);
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
      'IAMDecisionPoint',
    ]);
  });

  test('have one of ours, so that a service may be let ask about others and nothing else', () => {
    expect(catalogue.byName('IAMDecisionPoint')).toEqual({
      id: expect.any(String),
      other_ids: [],
      name: 'IAMDecisionPoint',
      scope_type: 'organization',
      categories: ['Organization management'],
      description: expect.stringMatching(/^Ask what others/),
      includes: [],
      permissions: ['iam:decision:check'],
      former_names: [],
      deprecated: false,
    });
    const { permissionSets } = createCatalogue(toCatalogueData(catalogue));
    const holders = [...permissionSets.values()].filter((set) =>
      [...set.permissions].some(({ name }) => name === 'iam:decision:check'),
    );
    expect(holders.map(({ name }) => name)).toEqual(['IAMDecisionPoint']);
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

  test('know no deprecated sets: those are known to a database', () => {
    expect(catalogue.deprecatedSets).toEqual([]);
    expect(catalogue.isDeprecated('IAMManager')).toBe(false);
  });

  test('return data that cannot be changed', () => {
    expect(Object.isFrozen(catalogue)).toBe(true);
    expect(Object.isFrozen(catalogue.byName('IAMReadOnly')?.permissions)).toBe(true);
    expect(Object.isFrozen(catalogue.services[0]?.resources[0]?.actions[0])).toBe(true);
  });
});

describe('what the engine takes', () => {
  test('is every set once, under its id, and every service', () => {
    const { services, permissionSets } = toCatalogueData(catalogue);
    expect(services).toBe(catalogue.services);
    expect(permissionSets.map(({ id, name }) => [id, name])).toEqual(sets.map(({ id, name }) => [id, name]));
    expect(permissionSets.every(({ deprecated }) => deprecated === false)).toBe(true);
    expect(permissionSets[2]).toEqual({
      id: catalogue.byName('IAMReadOnly')?.id,
      name: 'IAMReadOnly',
      scope_type: 'organization',
      includes: catalogue.byName('IAMReadOnly')?.includes,
      permissions: catalogue.byName('IAMReadOnly')?.permissions,
      deprecated: false,
    });
  });
});
