import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMappings } from '../src/authzen/mapping.ts';
import { loadBuiltInCatalogue } from '../src/catalogue/catalogue.ts';
import { ConfigError } from '../src/config.ts';
import { readRoutes } from '../src/gateway-auth/read-routes.ts';
import { neededBy } from '../src/gateway-auth/routes.ts';
import { defaultLimits } from '../src/limits/limits.ts';
import { openOperatorFile } from '../src/operator-files/file.ts';
import { knownNames } from '../src/operator-files/known-names.ts';
import { openOperatorFiles } from '../src/operator-files/operator-files.ts';

const organization = '105bdce1-64c0-48ab-899d-868455867ecf';
const known = knownNames(loadBuiltInCatalogue());

/** The sentences with which a file is refused. */
function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (failure) {
    if (failure instanceof ConfigError) return failure.message.split('\n');
    throw failure;
  }
  return [];
}

describe('a mapping file', () => {
  const faults = (text: string) => faultsOf(() => readMappings(text, 'm.yaml', known));
  const within = (text: string) =>
    faults(`version: 1\norganizations:\n  ${organization}:\n${text.replaceAll(/^/gm, '    ')}`);

  it('is read with everything that it may hold', () => {
    const text = `
version: 1
organizations:
  ${organization.toUpperCase()}:
    default_scope: { project_id: ${organization} }
    resource_types:
      person:
        resource: iam:user
        actions:
          see: read
          remove: { action: delete, variants: [{ properties: { soft: true, by: [1, null] }, action: lock }] }
      iam:group: {}
    subjects:
      - { type: user, id: b, principal_id: ${organization}, properties: { role: admin } }
      - { type: user, id: a, principal_id: ${organization} }
    resources:
      - { type: person, id: '1', properties: { tags: [a, { b: 1.5 }] } }
`;
    const mapping = readMappings(text, 'm.yaml', known).get(organization);
    expect(mapping?.defaultScope).toEqual({ kind: 'project', projectId: organization });
    expect([...(mapping?.types ?? [])]).toEqual([
      [
        'person',
        {
          resource: 'iam:user',
          actions: new Map([
            ['see', { action: 'read', variants: [] }],
            ['remove', { action: 'delete', variants: [{ properties: { soft: true, by: [1, null] }, action: 'lock' }] }],
          ]),
        },
      ],
      ['iam:group', { resource: 'iam:group', actions: null }],
    ]);
    expect([...(mapping?.subjects.get('user')?.keys() ?? [])]).toEqual(['a', 'b']);
    expect(mapping?.subjects.get('user')?.get('b')).toEqual({
      principalId: organization,
      properties: { role: 'admin' },
    });
    expect(mapping?.resources.get('person')?.get('1')).toEqual({ tags: ['a', { b: 1.5 }] });
  });

  it('as the manual shows it is one', () => {
    const manual = readFileSync(join(import.meta.dirname, '../../../docs/authzen.md'), 'utf8');
    const text = /^```yaml\n([\s\S]*?)^```/m.exec(manual)?.[1] ?? '';
    const [mapping] = readMappings(text, 'm.yaml').values();
    expect([...(mapping?.types.keys() ?? [])]).toEqual(['record']);
    expect(mapping?.resources.get('record')?.get('101')).toEqual({ owner: 'alice', department: 'Legal' });
  });

  it('names the line of everything that is wrong with it', () => {
    expect(within('default_scope: {}\nsubject: []')).toEqual([
      `m.yaml:4: default scope: give one of \`project_id\` and \`organization_id\``,
      `m.yaml:5: organization \`${organization}\`: \`subject\` is no member of it; it takes default_scope, resource_types, subjects and resources`,
    ]);
    const types = `resource_types:
  person: { resource: people }
  group: { resource: iam:crowd }
  user:
    resource: iam:user
    actions: { fly: fly, run: Run, walk: 7 }`;
    expect(within(types)).toEqual([
      'm.yaml:5: resource type `person`: `people` is no resource; write it as in `wiki:page`',
      'm.yaml:6: resource type `group`: the catalogue has no resource `iam:crowd`',
      'm.yaml:9: resource type `user`, action `fly`: the catalogue has no permission `iam:user:fly`',
      'm.yaml:9: resource type `user`, action `run`: `Run` is no action; write it as in `read`',
      'm.yaml:9: resource type `user`, action `walk`: it is a number; write a map with action and variants',
    ]);
    const lists = `subjects:
  - { type: user, id: a, principal_id: ada }
  - { type: user, id: 7 }
  - { type: user, id: a, principal_id: ${organization} }
resources:
  - { type: person, id: big, properties: { text: '${'x'.repeat(16_400)}' } }`;
    expect(within(lists)).toEqual([
      'm.yaml:5: subject 1: `principal_id` is `ada`; it takes a UUID',
      'm.yaml:6: subject 2: `principal_id` is missing; give the id of a user or an application',
      'm.yaml:6: subject 2: `id` takes a text, not a number; put it in quotes',
      'm.yaml:7: subject 3: `a` is listed before; leave one out',
      'm.yaml:9: resource 1: its properties are larger than 16 KiB',
    ]);
    expect(faults('version: 2\norganizations:\n  mine: {}\n')).toEqual([
      'm.yaml:1: mapping: the version of the format is 1; write `version: 1`',
      'm.yaml:3: mapping: `mine` is no organization id',
    ]);
    expect(faults('version: [')[0]).toMatch(/^m\.yaml:1: mapping: the YAML is broken: /);
    expect(faults('')).toEqual(['m.yaml:1: mapping: the file is empty; it begins with `version: 1`']);
  });
});

describe('a gateway file', () => {
  it('has no route that nobody could pass', () => {
    const text = `version: 1
routes:
  - { path: /a, scope: { project_id: ${organization} }, methods: { GET: iam:user:read } }
  - { path: /b, scope: { project_id: ${organization} }, methods: { GET: iam:ssh_key:read } }
  - path: /c
    scope: { organization_id: ${organization} }
    methods:
      GET: iam:ssh_key:read
      PUT: iam:user:read
      POST: iam:self_user:write
`;
    expect(faultsOf(() => readRoutes(text, 'g.yaml', known))).toEqual([
      'g.yaml:3: route 1, method `GET`: `iam:user:read` is about the organization, so in a project nobody has it; give the route an `organization_id`',
      'g.yaml:10: route 3, method `POST`: `iam:self_user:write` is what users may do to themselves; no route asks for it',
    ]);
  });

  const faults = (text: string) => faultsOf(() => readRoutes(text, 'g.yaml', known));
  const route = (lines: string) => faults(`version: 1\nroutes:\n  -\n${lines.replaceAll(/^/gm, '    ')}`);
  const rest = `scope: { organization_id: ${organization} }\nmethods: { GET: iam:user:list }`;

  it('names the line of everything that is wrong with it', () => {
    expect(faults('version: 1\nroutes:\n  - { path: /a }\n')).toEqual([
      'g.yaml:3: route 1: `scope` is missing; give `project_id` or `organization_id`',
      'g.yaml:3: route 1: `methods` is missing; give a map of methods to permissions',
    ]);
    const form = 'it begins with `/`, has no final one, and is escaped as in a request';
    for (const path of [
      'a',
      '/a/',
      '//a',
      '/a/../b',
      '/a;b',
      '/a%2fb',
      '/a?b',
      '/a*',
      '/{A}',
      '/{a}b',
      '/a#',
      '*',
      '/a b',
    ])
      expect(route(`path: '${path}'\n${rest}`), path).toEqual([`g.yaml:4: route 1: \`${path}\` is no path; ${form}`]);
    expect(route(`path: '/{a}/{a}'\n${rest}`)).toEqual(['g.yaml:4: route 1: `/{a}/{a}` has one parameter twice']);
    expect(route(`path: /a\nhost: 'A.example.org:80'\n${rest}`)).toEqual([
      'g.yaml:5: route 1: `A.example.org:80` is no host; write it in lower case, without a port',
    ]);
    expect(route('path: /a\nscope: { project_id: mine }\nmethods: { get: iam:user:fly, PUT: users, POST: 7 }')).toEqual(
      [
        'g.yaml:5: route 1, scope: `mine` is neither a UUID nor a parameter of the path',
        'g.yaml:6: route 1, method `get`: methods are written in capitals; `*` stands for all others',
        'g.yaml:6: route 1, method `get`: the catalogue has no permission `iam:user:fly`',
        'g.yaml:6: route 1, method `PUT`: `users` is no permission; write it as in `wiki:page:read`',
        'g.yaml:6: route 1, method `POST`: it takes a permission such as `wiki:page:read`',
      ],
    );
    expect(route("path: '/{a}'\nscope: { project_id: '{b}' }\nresource: { id: '{c}' }\nmethods: {}")).toEqual([
      'g.yaml:4: route 1: it lists no method, so it lets nothing pass',
      'g.yaml:5: route 1, scope: the path has no parameter `b`',
      'g.yaml:6: route 1, resource: the path has no parameter `c`',
    ]);
    const same = `  - { path: '/{a}/x', scope: { organization_id: ${organization} }, methods: { GET: iam:user:list } }\n`;
    expect(faults(`version: 1\nroutes:\n${same}${same.replace('{a}', '{b}').replace('/x', '/X')}`)).toEqual([
      'g.yaml:4: route 2: a route before it has the path `/{b}/X` too; put them together',
    ]);
  });

  it('the first route that fits decides, and its values come from the path', () => {
    const text = `
version: 1
routes:
  - { path: '/u/{id}', scope: { project_id: '{id}' }, resource: { id: '{id}', name: plain }, methods: { GET: iam:ssh_key:read } }
  - { path: '/u/*', scope: { organization_id: ${organization} }, methods: { '*': iam:user:list } }
  - { path: /, scope: { organization_id: ${organization} }, methods: { '*': iam:user:list } }
`;
    const routes = readRoutes(text, 'g.yaml', known);
    const ask = (method: string, uri: string) => neededBy(routes, { method, uri, host: 'h' });
    expect(ask('GET', '/u/%C3%A9%20x')).toEqual({
      permission: 'iam:ssh_key:read',
      scope: { kind: 'project', projectId: 'é x' },
      resource: { id: 'é x', name: 'plain' },
      properties: { id: 'é x' },
    });
    const below = {
      permission: 'iam:user:list',
      scope: { kind: 'organization', organizationId: organization },
      resource: {},
      properties: {},
    };
    expect(ask('DELETE', '/u/a/b')).toEqual(below);
    expect(ask('GET', '/u')).toEqual(below);
    expect(ask('GET', '/')).toEqual(below);
    // The method is no way around the route.
    expect(ask('DELETE', '/u/a')).toBeNull();
    expect(ask('GET', '/x')).toBeNull();
  });
});

describe('a file of the operator', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bailiwick-files-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is read again when asked to; one that is wrong leaves the former in force', async () => {
    const path = join(folder, 'routes.yaml');
    const write = (route: string) => writeFileSync(path, `version: 1\nroutes:\n  - ${route}\n`);
    const route = (name: string) =>
      `{ path: /${name}, scope: { organization_id: ${organization} }, methods: { GET: iam:user:list } }`;
    write(route('a'));
    const file = await openOperatorFile(path, '--gateway', [], (text, name) => readRoutes(text, name, known));
    const path0 = () => file.current()[0]?.segments;
    expect(path0()).toEqual([{ literal: 'a' }]);
    write(route('b'));
    expect(path0()).toEqual([{ literal: 'a' }]);
    await file.reload();
    expect(path0()).toEqual([{ literal: 'b' }]);
    write('{ path: b }');
    await expect(file.reload()).rejects.toThrow(ConfigError);
    expect(path0()).toEqual([{ literal: 'b' }]);
  });

  it('of limits goes the same way', async () => {
    const limits = join(folder, 'limits.yaml');
    writeFileSync(limits, 'address: { per_second: 0.5, at_once: 10 }\nfailed_authentications: unlimited\n');
    const files = await openOperatorFiles({ authzen: undefined, gateway: undefined, limits }, () => known);
    const inForce = { ...defaultLimits, address: { perSecond: 0.5, atOnce: 10 }, failures: null };
    expect(files.limits.current()).toEqual(inForce);
    writeFileSync(limits, 'address: { per_second: 0.5');
    await expect(files.limits.reload()).rejects.toThrow(`${limits}: `);
    writeFileSync(limits, 'adress: unlimited');
    await expect(files.limits.reload()).rejects.toThrow(`${limits}: \`adress\` is none of `);
    expect(files.limits.current()).toEqual(inForce);
    writeFileSync(limits, 'address: unlimited');
    await files.limits.reload();
    expect(files.limits.current()).toEqual({ ...defaultLimits, address: null });
  });

  it('that cannot be read is refused by the name of its flag', async () => {
    const open = (path: string) => openOperatorFile(path, '--authzen', null, () => null);
    await expect(open(join(folder, 'nowhere.yaml'))).rejects.toThrow(/^--authzen cannot be read: ENOENT/);
    writeFileSync(join(folder, 'latin.yaml'), Buffer.from([0x76, 0xe9]));
    await expect(open(join(folder, 'latin.yaml'))).rejects.toThrow(/^--authzen cannot be read: /);
    writeFileSync(join(folder, 'large.yaml'), 'x'.repeat(5_000_001));
    await expect(open(join(folder, 'large.yaml'))).rejects.toThrow('--authzen cannot be read: it is larger than 5 MB');
  });
});
