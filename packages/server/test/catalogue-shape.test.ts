import { describe, expect, test } from 'vitest';
import { refusals, wikiService, withLine, withSets } from './support/catalogue-files.ts';

describe('a catalogue file is refused', () => {
  test.each([
    ['', 'FILE:1: catalogue: the file is empty; it begins with `version: 1`'],
    ['# nothing yet\n', 'FILE:1: catalogue: the file is empty; it begins with `version: 1`'],
    [
      '[]',
      'FILE:1: catalogue: it is a list; write a map with version, services, permission_sets and built_in_products',
    ],
    [
      'wiki',
      'FILE:1: catalogue: it is a text; write a map with version, services, permission_sets and built_in_products',
    ],
    ['services: []', 'FILE:1: catalogue: `version` is missing; give it the value 1'],
    ['\nversion: 2', 'FILE:2: catalogue: the version of the format is 1; write `version: 1`'],
    ['version: "1"', 'FILE:1: catalogue: the version of the format is 1; write `version: 1`'],
    [
      'version: 1\nservice: []',
      'FILE:2: catalogue: `service` is no member of it; it takes version, services, permission_sets and built_in_products',
    ],
    [
      'version: 1\nservices:',
      'FILE:2: catalogue: `services` takes a list, not nothing; write `services: []` for an empty one',
    ],
    [
      'version: 1\n"a\\nb": 1',
      'FILE:2: catalogue: `a\\nb` is no member of it; it takes version, services, permission_sets and built_in_products',
    ],
    ['version: 1\n1: 2', 'FILE:2: catalogue: the name of a member must be a text; put it in quotes'],
    ['version: 1\n---\nversion: 1', 'FILE:2: catalogue: a second document begins; a catalogue is one'],
    ['version: 1\nservices: []\nversion: 1', 'FILE:3: catalogue: `version` is given twice; leave one of them out'],
    ['{"version": 1,\n"version": 1}', 'FILE:2: catalogue: `version` is given twice; leave one of them out'],
    [
      'version: 1\nservices: *wiki',
      'FILE:2: catalogue: the alias `*wiki` has no anchor before it; write the value out',
    ],
    ['version: !number 1', 'FILE:1: catalogue: the YAML is broken: unresolved tag: !number'],
    [
      'version: 1\nservices: [\n',
      'FILE:3: catalogue: the YAML is broken: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['version: 1\n\tservices: []', 'FILE:2: catalogue: the YAML is broken: tabs are not allowed as indentation'],
  ])('when its text is %j', (text, sentence) => {
    expect(refusals(text)[0]).toBe(sentence);
  });

  const shapes: readonly (readonly [string, string])[] = [
    [
      '  - WikiReader',
      'FILE:12: permission set 1: it is a text; write a map with name, scope_type, categories, description, includes, permissions and former_names',
    ],
    ['  - {scope_type: projects}', 'FILE:12: permission set 1: `name` is missing; give one, such as `WikiReader`'],
    [
      '  - {name: WikiReader}',
      'FILE:12: permission set `WikiReader`: `scope_type` is missing; give it `projects` or `organization`',
    ],
    [
      '  - {name: 7, scope_type: projects}',
      'FILE:12: permission set 1: `name` takes a text, not a number; put it in quotes',
    ],
    [
      '  - {name: WikiReader, scope_type: projects, includes: WikiBase}',
      'FILE:12: permission set `WikiReader`: `includes` takes a list, not a text; write `includes: []` for an empty one',
    ],
    [
      '  - {name: WikiReader, scope_type: projects, permissions: [{wiki: read}]}',
      'FILE:12: permission set `WikiReader`: `permissions` takes a text, not a map; write one',
    ],
    [
      '  - {name: WikiReader, scope_type: projects, description: }',
      'FILE:12: permission set `WikiReader`: `description` takes a text, not nothing; write one',
    ],
    [
      '  - name: WikiReader\n    scope_type: projects\n\n    include: []',
      'FILE:15: permission set `WikiReader`: `include` is no member of it; it takes name, scope_type, categories, description, includes, permissions and former_names',
    ],
  ];
  test.each(shapes)('when a permission set is %j', (set, sentence) => {
    expect(refusals(withSets(`${set}\n`))).toEqual([sentence]);
  });

  test.each([
    ['- {name: blog}', 'FILE:3: service `blog`: `resources` is missing; give it a list'],
    ['- {name: iam, resources: []}', 'FILE:3: service `iam`: the name belongs to a built-in service; choose another'],
    [
      '- {name: account, resources: []}',
      'FILE:3: service `account`: the name belongs to a built-in service; choose another',
    ],
    [
      '- {name: Wiki, resources: []}',
      'FILE:3: service `Wiki`: `Wiki` is no name here: the name of a service has 2 to 40 small letters, digits and hyphens, the first of them a letter',
    ],
    [
      '- {name: "*", resources: []}',
      'FILE:3: service `*`: `*` is no name here: the name of a service has 2 to 40 small letters, digits and hyphens, the first of them a letter',
    ],
    [
      '- {name: wiki, resources: []}\n  - {name: wiki, resources: []}',
      'FILE:4: service `wiki`: the name is given twice; give this one another',
    ],
    [
      '- {name: wiki, resources: [{scope: project, actions: []}]}',
      'FILE:3: resource 1 of `wiki`: `name` is missing; give one in the singular, such as `page`',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: projects, actions: []}]}',
      'FILE:3: resource `wiki:page`: `scope` is `projects`; it takes project or organization',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: self, actions: []}]}',
      'FILE:3: resource `wiki:page`: `scope` is `self`; it takes project or organization',
    ],
    [
      '- {name: wiki, resources: [{name: self_page, scope: project, actions: []}]}',
      'FILE:3: resource `wiki:self_page`: names that begin with `self_` are kept for what users may do to themselves; choose another',
    ],
    [
      '- {name: wiki, resources: [{name: pa-ge, scope: project, actions: []}]}',
      'FILE:3: resource `wiki:pa-ge`: `pa-ge` is no name here: the name has 1 to 63 small letters, digits and underscores, the first of them a letter',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [], error_resource: ""}]}',
      'FILE:3: resource `wiki:page`: `` is no name here: the name has 1 to 63 small letters, digits and underscores, the first of them a letter',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [], conditions: [Id]}]}',
      'FILE:3: resource `wiki:page`: `Id` is no name here: the name has 1 to 63 small letters, digits and underscores, the first of them a letter',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [], localities: [paris]}]}',
      'FILE:3: resource `wiki:page`: `localities` is `paris`; it takes global, region or zone',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: []}, {name: page, scope: project, actions: []}]}',
      'FILE:3: resource `wiki:page`: the name is given twice; give this one another',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [read, read]}]}',
      'FILE:3: action `wiki:page:read`: the name is given twice; give this one another',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: ["*"]}]}',
      'FILE:3: action `wiki:page:*`: `*` is no name here: the name has 1 to 63 small letters, digits and underscores, the first of them a letter',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [7]}]}',
      'FILE:3: resource `wiki:page`: an action is a text or a map with a `name`, not a number',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [{privileged: true}]}]}',
      'FILE:3: action 1 of `wiki:page`: `name` is missing; give one, such as `publish`',
    ],
    [
      '- {name: wiki, resources: [{name: page, scope: project, actions: [{name: purge, privileged: "yes"}]}]}',
      'FILE:3: action `wiki:page:purge`: `privileged` takes true or false, not a text',
    ],
  ])('when a service is %j', (service, sentence) => {
    expect(refusals(`version: 1\nservices:\n  ${service}\n`)).toEqual([sentence]);
  });
});

describe('the faults of a catalogue file', () => {
  test('come all at once, in the order of the file', () => {
    const text = `version: 3
services:
  - name: iam
    resources: []
permission_sets:
  - name: wiki
    scope_type: projects
    permissions: ["wiki:page", "iam:user:read"]
`;
    expect(refusals(text).map((sentence) => sentence.split(':', 2)[1])).toEqual(['1', '3', '6', '8', '8']);
  });

  test('are told up to 20, and then counted', () => {
    const lines = refusals(withLine(`permissions:\n${'      - nothing\n'.repeat(33)}`));
    expect(lines).toHaveLength(21);
    expect(lines[19]).toMatch(/^FILE:34: permission set `WikiReader`: `nothing` is not /);
    expect(lines[20]).toBe('FILE: 13 more faults are not shown');
  });

  test('do not bring up what only follows from them', () => {
    const text = wikiService.replace('scope: project', 'scope: projects');
    expect(
      refusals(`${text}permission_sets:
  - {name: WikiReader, scope_type: projects, permissions: ["wiki:page:read"]}
  - {name: WikiWriter, scope_type: project}
  - {name: WikiEditor, scope_type: projects, includes: [WikiWriter]}
`),
    ).toEqual([
      'FILE:6: resource `wiki:page`: `scope` is `projects`; it takes project or organization',
      'FILE:13: permission set `WikiWriter`: `scope_type` is `project`; it takes projects or organization',
    ]);
  });

  test('show what somebody wrote on one line, and not more of it than fits', () => {
    const [sentence = ''] = refusals(withLine(`permissions: ["${'long '.repeat(100)}\\n\\u001b[31m"]`));
    expect(sentence).toBe(
      `FILE:14: permission set \`WikiReader\`: \`${'long '.repeat(16)}…\` is not \`service:resource:action\`, where \`*\` may stand for a whole part`,
    );
  });
});
