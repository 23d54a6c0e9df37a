import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noDefinitions } from '../src/catalogue/definitions.ts';
import { accepted, refusals, withAction, withLine, withSets } from './support/catalogue-files.ts';

describe('a catalogue file', () => {
  test('is read with all it may say', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../examples/wiki-catalogue.yaml'), 'utf8');
    const { services, sets } = accepted(text);
    const [wiki] = services;
    expect([services.length, wiki?.origin, wiki?.name.text, wiki?.title]).toEqual([
      1,
      'operator',
      'wiki',
      'Company wiki',
    ]);
    expect(wiki?.resources.map(({ name, scope, error_resource }) => [name.text, scope, error_resource.text])).toEqual([
      ['page', 'project', 'page'],
      ['attachment', 'project', 'attachment'],
      ['secret_page', 'project', 'page'],
      ['space_settings', 'organization', 'space_settings'],
    ]);
    expect(wiki?.resources[0]).toMatchObject({
      localities: ['global'],
      conditions: [{ text: 'id' }, { text: 'name' }],
    });
    expect(wiki?.resources[0]?.actions.at(-1)).toEqual({
      name: { text: 'publish', line: 21 },
      privileged: false,
      requires: [{ text: 'wiki:attachment:read', line: 22 }],
    });
    expect(wiki?.resources[2]?.actions.map(({ name, privileged }) => [name.text, privileged])).toEqual([
      ['read', false],
      ['access', true],
    ]);
    expect(sets.map(({ name, scope_type: type }) => [name.text, type])).toEqual([
      ['WikiReadOnly', 'projects'],
      ['WikiFullAccess', 'projects'],
      ['WikiSecretReader', 'projects'],
      ['WikiAdministrator', 'organization'],
    ]);
    expect(sets[3]).toMatchObject({
      categories: ['Knowledge'],
      includes: [{ text: 'IAMGroupReadOnly' }],
      former_names: [{ text: 'WikiManager' }],
    });
  });

  test('may say as little as its version', () => {
    expect(accepted('version: 1')).toEqual(noDefinitions);
  });

  test('has defaults for what it leaves out', () => {
    const { services, sets } = accepted(withSets('  - {name: WikiReader, scope_type: projects}\n'));
    expect(services[0]?.title).toBe('wiki');
    expect(services[0]?.resources[0]).toMatchObject({ error_resource: { text: 'page' }, localities: ['global'] });
    expect(services[0]?.resources[0]?.conditions).toEqual([]);
    expect(sets[0]).toEqual({
      origin: 'operator',
      name: { text: 'WikiReader', line: 12 },
      scope_type: 'projects',
      categories: [],
      description: '',
      includes: [],
      permissions: [],
      former_names: [],
    });
  });

  test('may be JSON, indented with tabs too', () => {
    const sets = [{ name: 'WikiReader', scope_type: 'projects', permissions: ['iam:ssh_key:read'] }];
    for (const indent of [undefined, 2, '\t'])
      expect(accepted(JSON.stringify({ version: 1, permission_sets: sets }, null, indent)).sets).toHaveLength(1);
    const lines = JSON.stringify({ version: 1, permission_sets: [{ ...sets[0], scope_type: 'project' }] }, null, '\t');
    expect(refusals(lines)).toEqual([
      'FILE:6: permission set `WikiReader`: `scope_type` is `project`; it takes projects or organization',
    ]);
  });

  test('may repeat itself by aliases, within reason', () => {
    const { sets } = accepted(
      withSets(
        [
          '  - {name: WikiReader, scope_type: projects, permissions: &reads ["wiki:page:list", "wiki:page:read"]}',
          '  - {name: WikiVisitor, scope_type: projects, permissions: *reads}',
        ].join('\n'),
      ),
    );
    expect(sets[1]?.permissions).toEqual(sets[0]?.permissions);
  });

  test.each(['wiki:page:read', 'wiki:page:*', 'wiki:*:read', '*:*:*', '*:page:*', 'wiki:page:purge', 'iam:ssh_key:*'])(
    'may grant %s in a set for projects',
    (pattern) => {
      expect(accepted(withLine(`permissions: ["${pattern}"]`)).sets[0]?.permissions).toEqual([
        { text: pattern, line: 14 },
      ]);
    },
  );

  test('may include built-in sets of the same scope type, and sets that include each other in a diamond', () => {
    const text = withSets(`  - {name: WikiTop, scope_type: projects, includes: [WikiLeft, WikiRight]}
  - {name: WikiLeft, scope_type: projects, includes: [WikiBase]}
  - {name: WikiRight, scope_type: projects, includes: [WikiBase, SSHKeysReadOnly]}
  - {name: WikiBase, scope_type: projects, includes: [AllProductsReadOnly]}
`);
    expect(accepted(text).sets).toHaveLength(4);
  });

  test('may let actions require each other, and one of the organization', () => {
    expect(
      accepted(withAction('{name: write, requires: ["wiki:settings:write", "wiki:settings:read"]}')).services,
    ).toHaveLength(1);
    const text = `version: 1
services:
  - name: wiki
    resources:
      - {name: page, scope: project, actions: [{name: read, requires: ["iam:user:read", "iam:decision:check"]}]}
`;
    expect(accepted(text).services).toHaveLength(1);
  });
});

describe('the page about catalogue files', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/catalogue.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, kind, text]) => [kind, text ?? ''] as const,
  );
  const [example, wrong, said] = blocks;

  test('has an example that is accepted', () => {
    expect(blocks.map(([kind]) => kind)).toEqual(['yaml', 'yaml', '']);
    expect(accepted(example?.[1] ?? '').sets.map(({ name }) => name.text)).toEqual([
      'WikiReader',
      'WikiEditor',
      'WikiAdministrator',
    ]);
  });

  test('shows what a wrong file is told, word for word', () => {
    expect(refusals(wrong?.[1] ?? '')).toEqual(said?.[1]?.trimEnd().split('\n'));
  });
});
