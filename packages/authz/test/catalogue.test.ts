import { describe, expect, it } from 'vitest';
import { type CatalogueData, createCatalogue, type PermissionSetData } from '../src/index.ts';

const resource = (
  name: string,
  scope: 'project' | 'organization' | 'self',
  ...actions: readonly (
    | string
    | { readonly name: string; readonly privileged: boolean; readonly requires?: string[] }
  )[]
) => ({
  name,
  scope,
  actions: actions.map((action) => (typeof action === 'string' ? { name: action, privileged: false } : action)),
});
const services = [
  {
    name: 'wiki',
    resources: [
      resource('page', 'project', 'list', 'read', { name: 'access', privileged: true }),
      resource('settings', 'organization', 'read'),
      resource('self_profile', 'self', 'read'),
    ],
  },
  { name: 'shop', resources: [resource('order', 'project', 'read'), resource('page', 'project', 'read')] },
];
const set = (
  name: string,
  permissions: readonly string[],
  more: Partial<PermissionSetData> = {},
): PermissionSetData => ({
  id: name.toLowerCase(),
  name,
  scope_type: 'projects',
  includes: [],
  permissions,
  ...more,
});
const held = (data: Partial<CatalogueData>, id: string) =>
  [...(createCatalogue({ services, permissionSets: [], ...data }).permissionSets.get(id)?.permissions ?? [])].map(
    ({ name }) => name,
  );

describe('permissions', () => {
  it('are numbered in the order in which they are listed', () => {
    const { permissions } = createCatalogue({ services, permissionSets: [] });
    expect([...permissions.values()]).toEqual(
      [
        { name: 'wiki:page:list', scope: 'project', privileged: false },
        { name: 'wiki:page:read', scope: 'project', privileged: false },
        { name: 'wiki:page:access', scope: 'project', privileged: true },
        { name: 'wiki:settings:read', scope: 'organization', privileged: false },
        { name: 'wiki:self_profile:read', scope: 'self', privileged: false },
        { name: 'shop:order:read', scope: 'project', privileged: false },
        { name: 'shop:page:read', scope: 'project', privileged: false },
      ].map((permission, index) => ({ index, ...permission, requires: [] })),
    );
  });

  it('require what those that they require do, each once, in circles too, and nothing that does not exist', () => {
    const needing = (name: string, ...requires: string[]) => ({ name, privileged: false, requires });
    const page = resource(
      'page',
      'project',
      needing('a', 'wiki:page:b', 'wiki:page:c'),
      needing('b', 'wiki:page:c'),
      needing('c', 'wiki:page:a', 'wiki:page:gone'),
      'd',
    );
    const { permissions } = createCatalogue({ services: [{ name: 'wiki', resources: [page] }], permissionSets: [] });
    const required = (name: string) => permissions.get(name)?.requires.map((each) => each.name);
    expect(required('wiki:page:a')).toEqual(['wiki:page:b', 'wiki:page:c']);
    expect(required('wiki:page:b')).toEqual(['wiki:page:c', 'wiki:page:a']);
    expect(required('wiki:page:c')).toEqual(['wiki:page:a', 'wiki:page:b']);
    expect(required('wiki:page:d')).toEqual([]);
  });
});

describe('a permission set', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['holds what it spells out', ['wiki:page:read'], ['wiki:page:read']],
    ['holds what is privileged when it is spelled out', ['wiki:page:access'], ['wiki:page:access']],
    [
      'holds all actions by a pattern, but none that is privileged',
      ['wiki:page:*'],
      ['wiki:page:list', 'wiki:page:read'],
    ],
    ['holds all resources by a pattern', ['wiki:*:read'], ['wiki:page:read']],
    ['holds all services by a pattern', ['*:page:read'], ['wiki:page:read', 'shop:page:read']],
    ['holds two parts by a pattern', ['*:*:list'], ['wiki:page:list']],
    [
      'holds all there is in its scope',
      ['*:*:*'],
      ['wiki:page:list', 'wiki:page:read', 'shop:order:read', 'shop:page:read'],
    ],
    ['holds nothing that does not exist', ['wiki:page:burn', 'none:*:*', 'wiki:*', '*'], []],
    ['holds nothing of another scope', ['wiki:settings:read'], []],
    ['holds nothing that is everybody’s own', ['wiki:self_profile:read'], []],
    [
      'holds each once, in the order of the catalogue',
      ['shop:*:read', 'wiki:page:read', '*:page:*'],
      ['wiki:page:list', 'wiki:page:read', 'shop:order:read', 'shop:page:read'],
    ],
  ];
  for (const [title, permissions, expected] of cases) {
    it(title, () => expect(held({ permissionSets: [set('A', permissions)] }, 'a')).toEqual(expected));
  }

  it('on the organization holds only what is on the organization', () => {
    const permissionSets = [set('A', ['*:*:*'], { scope_type: 'organization' })];
    expect(held({ permissionSets }, 'a')).toEqual(['wiki:settings:read']);
    const catalogue = createCatalogue({ services, permissionSets });
    expect(catalogue.permissionSets.get('a')).toMatchObject({ id: 'a', name: 'A', scopeType: 'organization' });
  });

  it('holds what it includes, in turn and in circles, and nothing of a set that does not exist', () => {
    const permissionSets = [
      set('A', ['wiki:page:list'], { includes: ['B', 'Gone'] }),
      set('B', ['wiki:page:read'], { includes: ['C'] }),
      set('C', ['shop:order:read'], { includes: ['A'] }),
    ];
    const all = ['wiki:page:list', 'wiki:page:read', 'shop:order:read'];
    for (const id of ['a', 'b', 'c']) expect(held({ permissionSets }, id), id).toEqual(all);
  });

  it('that is retired holds nothing, and gives nothing to those that include it, though what it includes stays', () => {
    const permissionSets = [
      set('A', ['wiki:page:list'], { includes: ['B'] }),
      set('B', ['wiki:page:read'], { includes: ['C'], deprecated: true }),
      set('C', ['shop:order:read']),
    ];
    expect(held({ permissionSets }, 'b')).toEqual([]);
    expect(held({ permissionSets }, 'a')).toEqual(['wiki:page:list', 'shop:order:read']);
  });
});
