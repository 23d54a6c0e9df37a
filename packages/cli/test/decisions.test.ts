import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { organization, project, type Reply, type Request, scw } from './support/cli.ts';

const iam = '/iam/v1alpha1';
const ada = '0c0ffee0-0000-4000-8000-0000000000ad';
const group = '0c0ffee0-0000-4000-8000-000000000091';
const policy = '0c0ffee0-0000-4000-8000-000000000071';
const set = ['SSHKeysReadOnly'];

const base = {
  decision: 'deny',
  because: 'nothing_grants',
  permission: 'iam:ssh_key:list',
  scope: { type: 'project', id: project, name: 'web' },
  principal_id: ada,
  principal_type: 'user',
  principal_name: 'ada',
  permissions: [{ permission: 'iam:ssh_key:list', held: false }],
  groups: [],
  rules: [],
  changes: [],
};
const rule = {
  permission: 'iam:ssh_key:list',
  policy_id: policy,
  policy_name: 'office',
  rule_id: 'r',
  position: 0,
  permission_set_names: set,
};
const explained =
  (more: object = {}) =>
  (): Reply => ({ body: { ...base, ...more } });
const explain = async (more: object, line = 'iam explain iam:ssh_key:list') =>
  (await scw(line, { reply: explained(more) })).stdout;
const verdict = async (more: object) => (await explain(more)).split('\n')[0];

describe('iam check', () => {
  const decisions =
    (...all: readonly string[]) =>
    (_: Request, count: number): Reply => ({ body: { responses: [{ decision: all[count - 1] }] } });

  it('asks one question about the caller, of the default organization', async () => {
    const { code, stdout, stderr, requests } = await scw('iam check iam:user:list', { reply: decisions('allow') });
    expect([code, stdout, stderr]).toEqual([0, 'allow\n', '']);
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      [
        'POST',
        `${iam}/check-permissions`,
        { permissions: [{ service: 'iam', name: 'user', action: 'list', organization_id: organization }] },
      ],
    ]);
  });

  it('ends with 3 when the answer is no, without a word on standard error', async () => {
    const { code, stdout, stderr } = await scw('iam check iam:user:list', { reply: decisions('deny') });
    expect([code, stdout, stderr]).toEqual([3, 'deny\n', '']);
  });

  it('takes what it does not understand for no', async () => {
    const { code, stdout } = await scw('iam check iam:user:list', { reply: () => ({ body: {} }) });
    expect([code, stdout]).toEqual([3, 'deny\n']);
  });

  it('ends with 1 when it has no answer', async () => {
    const refused = (): Reply => ({ status: 403, body: { type: 'permissions_denied', details: [] } });
    expect((await scw('iam check iam:user:list', { reply: refused })).code).toBe(1);
  });

  it('asks several one after another; one no is enough for 3', async () => {
    const line = 'iam check iam:user:list iam:user:create iam:user:read';
    const { code, stdout, requests } = await scw(line, { reply: decisions('allow', 'deny', 'allow') });
    expect([code, stdout]).toEqual([3, 'allow\ndeny\nallow\n']);
    expect(requests.map(({ body }) => body.permissions[0].action)).toEqual(['list', 'create', 'read']);
    const json = await scw(`${line} -o json`, { reply: decisions('allow', 'deny', 'allow') });
    expect([json.code, json.stdout]).toEqual([3, '[{"decision":"allow"},{"decision":"deny"},{"decision":"allow"}]\n']);
  });

  it('prints the decision for programs', async () => {
    const json = await scw('iam check iam:user:list -o json', { reply: decisions('deny') });
    expect([json.code, json.stdout]).toEqual([3, '{"decision":"deny"}\n']);
    const yaml = await scw('iam check iam:user:list -o yaml', { reply: decisions('allow') });
    expect([yaml.code, yaml.stdout]).toEqual([0, 'decision: allow\n']);
  });

  it('sends who is asked about, where, and all that conditions see', async () => {
    const { requests } = await scw(
      [
        ...['iam', 'check', 'iam:ssh_key:list', `principal-id=${ada}`, `project-id=${project}`, 'request.ip=192.0.2.1'],
        ...['request.user-agent=a b', 'request.time=2030-01-02T03:04:05Z', 'resource.id=x', 'resource.name=laptop'],
        'resource.locality=global',
      ],
      { reply: decisions('allow') },
    );
    expect(requests[0]?.body).toEqual({
      permissions: [{ service: 'iam', name: 'ssh_key', action: 'list', project_id: project }],
      subject: { principal_id: ada },
      request: { ip: '192.0.2.1', user_agent: 'a b', time: '2030-01-02T03:04:05Z' },
      resource: { id: 'x', name: 'laptop', locality: 'global' },
    });
  });

  it('sends an organization that is typed, and both when both are', async () => {
    const other = '0c0ffee0-0000-4000-8000-00000000000c';
    const one = await scw(`iam check a:b:c organization-id=${other}`, { reply: decisions('allow') });
    expect(one.requests[0]?.body.permissions[0]).toMatchObject({ organization_id: other });
    const both = await scw(`iam check a:b:c organization-id=${other} project-id=${project}`, {
      reply: decisions('allow'),
    });
    expect(both.requests[0]?.body.permissions[0]).toMatchObject({ organization_id: other, project_id: project });
  });

  it.each(['list', 'iam:user', 'iam::list', 'iam:user:list:all'])(
    'refuses %s before anything is sent',
    async (word) => {
      const { code, stderr, requests } = await scw(['iam', 'check', word]);
      expect([code, requests.length]).toEqual([1, 0]);
      expect(stderr).toBe(
        `Invalid permission '${word}'\n\nHint:\nA permission is service:resource:action, as in iam:user:list\n`,
      );
    },
  );

  it('wants a permission, and does not take secrets', async () => {
    const none = await scw('iam check');
    expect([none.code, none.stderr]).toEqual([
      1,
      'A positional argument is required for this command\n\nHint:\nTry running: scw iam check <permission>\n',
    ]);
    expect((await scw('iam check a:b:c secret-key=x')).stderr).toMatch(/^Unknown argument 'secret-key'\n/);
    expect((await scw('iam check a:b:c subject.secret-key=x')).code).toBe(1);
  });

  it('tells its exit codes in its help', async () => {
    const { code, stdout } = await scw('iam check -h', { env: { SCW_SECRET_KEY: undefined } });
    expect(code).toBe(0);
    expect(stdout).toContain('The exit code is 0 for allow, 3 for deny and 1 for an error.\n\nUSAGE:\n');
    expect(stdout).toContain('scw iam check <permission ...> [arg=value ...]');
  });

  it('is green or red on a terminal only', async () => {
    const at = (decision: string) => scw('iam check a:b:c', { reply: decisions(decision), terminal: { columns: 80 } });
    expect((await at('allow')).stdout).toBe('\u001b[32mallow\u001b[39m\n');
    expect((await at('deny')).stdout).toBe('\u001b[31mdeny\u001b[39m\n');
  });
});

describe('iam explain', () => {
  it('asks as it is typed', async () => {
    const line = `iam explain iam:ssh_key:list principal-id=${ada} project-id=${project} request.ip=10.0.0.1`;
    const { code, requests } = await scw(line, { reply: explained() });
    expect(code).toBe(0);
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      [
        'POST',
        `${iam}/explain`,
        {
          permission: 'iam:ssh_key:list',
          project_id: project,
          subject: { principal_id: ada },
          request: { ip: '10.0.0.1' },
        },
      ],
    ]);
    const own = await scw('iam explain iam:user:list', { reply: explained() });
    expect(own.requests[0]?.body).toEqual({ permission: 'iam:user:list', organization_id: organization });
  });

  it('says it in a sentence, then what is needed, the groups, the rules and what would change it', async () => {
    const text = await explain({
      groups: [
        { id: group, name: 'Readers' },
        { id: 'x', name: 'All Users' },
      ],
      rules: [
        {
          ...rule,
          outcome: 'condition_false',
          clause: 'request.ip == "192.0.2.1"',
          values: { 'request.ip': '10.0.0.1' },
        },
        { ...rule, policy_name: 'far', position: 1, outcome: 'other_scope', projects: [{ id: 'p', name: 'shop' }] },
        {
          ...rule,
          policy_name: 'readers',
          group_id: group,
          outcome: 'no_permission',
          permission_set_names: ['IAMReadOnly'],
        },
      ],
      changes: [
        {
          edits: [
            {
              kind: 'add_to_group',
              principal_id: ada,
              group_id: group,
              group_name: 'Editors',
              command: 'scw iam group add-member G user-id=U',
            },
          ],
        },
        {
          edits: [
            { kind: 'unlock_user', principal_id: ada, command: 'scw iam user unlock U' },
            {
              kind: 'drop_condition',
              policy_id: policy,
              policy_name: 'office',
              rule_id: 'r',
              position: 0,
              command: '',
            },
          ],
        },
      ],
    });
    expect(
      text,
    ).toBe(`ada may not use iam:ssh_key:list in the project web, because the only rule that would grant it has a condition that is not met.

Needed:
iam:ssh_key:list  missing

Groups:
Readers
All Users

Rules:
POLICY   RULE     THROUGH  RESULT               WHY
office   rules.0  -        condition is false   request.ip == "192.0.2.1", where request.ip is 10.0.0.1
far      rules.1  -        not here             only in shop
readers  rules.0  Readers  not this permission  IAMReadOnly

To change this:
- add ada to the group Editors
    scw iam group add-member G user-id=U
- unlock ada
    scw iam user unlock U
  and drop the condition of rules.0 of the policy office
`);
  });

  it('leaves out what there is nothing to say about', async () => {
    expect(await explain({})).toBe(`ada may not use iam:ssh_key:list in the project web, because no rule grants it.

Needed:
iam:ssh_key:list  missing
`);
    expect(await explain({ because: 'scope_mismatch', rules: [{ ...rule, outcome: 'grants' }] })).toBe(
      'ada may not use iam:ssh_key:list in the project web, because it is a permission on the organization and not on a project.\n',
    );
  });

  const grants = { ...rule, outcome: 'grants' };
  const permission = 'iam:ssh_key:list';
  const asked = { type: 'organization', id: organization, name: 'Acme' };
  it.each([
    [
      { because: 'owner', decision: 'allow', scope: asked },
      'may use iam:ssh_key:list in the organization Acme, because the owner of the organization may do everything',
    ],
    [{ because: 'self', decision: 'allow' }, 'because every user may do that to itself'],
    [{ because: 'rule', decision: 'allow', rules: [grants] }, 'because the policy office grants it'],
    [
      {
        because: 'rule',
        decision: 'allow',
        rules: [{ ...grants, group_id: group }],
        groups: [{ id: group, name: 'Readers' }],
      },
      'because the policy office of the group Readers grants it',
    ],
    [
      {
        because: 'rule',
        decision: 'allow',
        rules: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...grants, policy_id: id, policy_name: id })),
      },
      'because the policies a, b, c and 2 more grant it',
    ],
    [{ because: 'unknown_permission' }, 'because there is no such permission'],
    [{ because: 'foreign_scope' }, 'because there is no such project'],
    [{ because: 'foreign_scope', scope: asked }, 'because there is no such organization'],
    [{ because: 'expired' }, 'because the credential has expired'],
    [{ because: 'locked' }, 'because it is locked'],
    [{ because: 'not_self' }, 'because this is only for users, each to itself'],
    [
      { rules: [1, 2].map((position) => ({ ...rule, position, outcome: 'condition_error', clause: 'x' })) },
      'because the rules that would grant it have conditions that are not met',
    ],
    [
      {
        permissions: [
          { permission, held: true },
          { permission: 'registry:image:read', held: false },
        ],
      },
      'because it also needs registry:image:read',
    ],
  ])('has a reason for %j', async (more, reason) => {
    expect(await verdict(more)).toContain(`${reason}.`);
  });

  it('calls an application by its kind, and whoever has no name by its id', async () => {
    expect(await verdict({ principal_type: 'application', principal_name: 'ci' })).toMatch(
      /^The application ci may not/,
    );
    expect(
      await verdict({ because: 'unknown_principal', principal_type: 'unknown', principal_name: '', scope: asked }),
    ).toBe(
      `${ada} may not use iam:ssh_key:list in the organization Acme, because there is no such user or application.`,
    );
    expect(await verdict({ scope: { ...base.scope, name: '' } })).toContain(`in the project ${project},`);
  });

  it('tells for which permission a rule was looked at when several are needed', async () => {
    const text = await explain({
      permissions: [
        { permission, held: true },
        { permission: 'a:b:c', held: false },
      ],
      rules: [grants, { ...rule, permission: 'a:b:c', outcome: 'other_scope', projects: [] }],
    });
    expect(text).toContain(`iam:ssh_key:list  held
a:b:c             missing

Rules:
POLICY  RULE     THROUGH  PERMISSION        RESULT    WHY
office  rules.0  -        iam:ssh_key:list  grants    SSHKeysReadOnly
office  rules.0  -        a:b:c             not here  in no project
`);
  });

  it('shows a few of many rules without the permission, for programs all', async () => {
    const many = Array.from({ length: 25 }, (_, position) => ({ ...rule, position, outcome: 'no_permission' }));
    const text = await explain({ rules: [...many, grants] });
    expect(text).toMatch(/\noffice +rules\.9 .*\noffice +rules\.0 +- +grants .*\nand 15 more without the permission\n/);
    expect(JSON.parse(await explain({ rules: many }, 'iam explain a:b:c -o json')).rules).toHaveLength(25);
  });

  it('says of what a clause reads which is not given', async () => {
    const text = await explain({
      rules: [
        {
          ...rule,
          outcome: 'condition_error',
          clause: 'resource.properties.level > 3 && resource.name == "x"',
          values: { 'resource.properties.level': 2, 'resource.name': null },
        },
      ],
    });
    expect(text).toContain(
      'condition fails  resource.properties.level > 3 && resource.name == "x", where resource.properties.level is 2 and resource.name is not given\n',
    );
  });

  it('words every kind of change', async () => {
    const place = { policy_id: policy, policy_name: 'office', rule_id: 'r', position: 2, command: '' };
    const kinds = [
      [{ kind: 'lock_user' }, 'lock ada'],
      [{ kind: 'renew_credential' }, 'use a credential that has not expired'],
      [{ kind: 'remove_from_group', group_id: 'g', group_name: 'Readers' }, 'take ada out of the group Readers'],
      [{ kind: 'attach_policy', ...place }, 'attach the policy office to ada'],
      [{ kind: 'detach_policy', ...place }, 'detach the policy office from everybody'],
      [{ kind: 'remove_rule', ...place }, 'remove rules.2 of the policy office'],
      [
        { kind: 'add_permission_set', ...place, permission_set_name: 'VPCReadOnly' },
        'add VPCReadOnly to rules.2 of the policy office',
      ],
      [
        { kind: 'add_project', ...place, project_id: project, project_name: 'web' },
        'add the project web to rules.2 of the policy office',
      ],
      [{ kind: 'widen_to_organization', ...place }, 'let rules.2 of the policy office grant in the whole organization'],
      [
        { kind: 'create_policy', permission_set_name: 'VPCReadOnly', project_id: project, project_name: '' },
        `give ada a policy with VPCReadOnly in the project ${project}`,
      ],
      [
        { kind: 'create_policy', permission_set_name: 'IAMReadOnly', organization_id: organization },
        'give ada a policy with IAMReadOnly in the organization',
      ],
    ] as const;
    const text = await explain({ changes: kinds.map(([edit]) => ({ edits: [edit] })) });
    expect(text.split('To change this:\n')[1]).toBe(kinds.map(([, words]) => `- ${words}\n`).join(''));
  });

  it('prints the whole answer for programs, in the order of the contract', async () => {
    const values = { 'request.ip': null };
    const failed = { ...rule, outcome: 'condition_error', clause: 'request.ip == "x"', values };
    const answer = { surprise: 1, ...base, rules: [failed] };
    const shuffled = Object.fromEntries(Object.entries(answer).toReversed());
    const reply = (): Reply => ({ body: shuffled });
    const json = await scw('iam explain a:b:c -o json', { reply });
    expect(json.stdout).toBe(`${JSON.stringify({ ...base, rules: [failed] })}\n`);
    expect(parse((await scw('iam explain a:b:c -o yaml', { reply })).stdout)).toEqual({ ...base, rules: [failed] });
  });

  it('is coloured on a terminal only, is never cut there, and shows terminal commands', async () => {
    const reply = explained({ principal_name: 'a\u001b[2J', rules: [grants] });
    const { stdout } = await scw('iam explain a:b:c', { reply, terminal: { columns: 20 } });
    const plain = (await scw('iam explain a:b:c', { reply })).stdout;
    const sentence = plain.slice(0, plain.indexOf('\n'));
    expect(sentence).toMatch(/^a\\u001b\[2J may not /);
    expect(stdout).toContain(`\u001b[31m${sentence}\u001b[39m\n`);
    expect(stripVTControlCharacters(stdout)).toBe(plain);
    expect(plain).not.toContain('\u001b');
  });
});

describe('iam condition evaluate', () => {
  const line = ['iam', 'condition', 'evaluate', 'condition=request.ip == "192.0.2.1" && true', 'request.ip=192.0.2.7'];

  it('tells in a word what it comes to, and what each part has to do with it', async () => {
    const clauses = [
      { clause: 'request.ip == "192.0.2.1"', verdict: 'false', decisive: true, values: { 'request.ip': '192.0.2.7' } },
      { clause: 'true', verdict: 'true', decisive: false, values: {} },
    ];
    const reply = (): Reply => ({ body: { valid: true, problems: [], verdict: 'false', clauses } });
    const { code, stdout, requests } = await scw(line, { reply });
    expect([code, stdout]).toEqual([
      0,
      `false

Parts:
false  request.ip == "192.0.2.1"  request.ip is 192.0.2.7
true   true
`,
    ]);
    const { method, url, body } = requests[0]!;
    expect([method, url, body]).toEqual([
      'POST',
      `${iam}/evaluate-condition`,
      { condition: 'request.ip == "192.0.2.1" && true', request: { ip: '192.0.2.7' } },
    ]);
  });

  it('tells what is wrong, and where', async () => {
    const problems = [{ kind: 'meaning', message: '`a` is not known', line: 1, column: 3 }];
    const reply = (): Reply => ({ body: { valid: false, problems, clauses: [] } });
    expect((await scw(line, { reply })).stdout).toBe('wrong\n\nProblems:\nline 1, column 3  `a` is not known\n');
    expect(JSON.parse((await scw([...line, '-o', 'json'], { reply })).stdout)).toEqual({
      valid: false,
      problems,
      clauses: [],
    });
  });
});

describe('iam who-can', () => {
  const principals = [
    { type: 'user', id: ada, name: 'ada', because: 'rule' },
    { type: 'application', id: 'b', name: 'ci', because: 'rule' },
    { type: 'user', id: 'c', name: 'owner@example.org', because: 'owner' },
  ];
  const paged = ({ body }: Request): Reply => ({
    body: { principals: principals.slice(body.page - 1, body.page), total_count: principals.length },
  });

  it('lists everybody, all pages of them', async () => {
    const { code, stdout, requests } = await scw(`iam who-can iam:ssh_key:list project-id=${project}`, {
      reply: (request) => paged(request),
    });
    expect([code, stdout]).toEqual([
      0,
      `TYPE         ID                                    NAME               BECAUSE
user         ${ada}  ada                rule
application  b                                     ci                 rule
user         c                                     owner@example.org  owner
`,
    ]);
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual(
      [1, 2, 3].map((page) => [
        'POST',
        `${iam}/who-can`,
        { permission: 'iam:ssh_key:list', project_id: project, page },
      ]),
    );
  });

  it('asks of the default organization, in pages as large as one likes', async () => {
    const { stdout, requests } = await scw('iam who-can iam:user:list page-size=1 page=7 -o json', {
      reply: (request) => paged(request),
    });
    expect(JSON.parse(stdout)).toEqual(principals);
    expect(requests[0]?.body).toEqual({
      permission: 'iam:user:list',
      organization_id: organization,
      page_size: 1,
      page: 1,
    });
    expect(requests).toHaveLength(3);
  });

  it('nobody is a heading row', async () => {
    const { stdout } = await scw('iam who-can a:b:c -o human=Name', { reply: () => ({ body: { principals: [] } }) });
    expect(stdout).toBe('NAME\n');
  });
});

describe('iam what-can', () => {
  const permissions = [
    { permission: 'iam:user:list', organization: true, projects: [] },
    {
      permission: 'iam:ssh_key:list',
      organization: false,
      projects: [
        { id: 'p', name: 'web' },
        { id: 'q', name: '' },
      ],
    },
    { permission: 'iam:ssh_key:read', organization: true, projects: [{ id: 'p', name: 'web' }] },
  ];
  const reply = ({ body }: Request): Reply => ({
    body: { permissions: permissions.slice(body.page - 1, body.page), total_count: permissions.length },
  });

  it('lists every permission with where it may be used, all pages', async () => {
    const { code, stdout, requests } = await scw(`iam what-can principal-id=${ada} request.ip=10.0.0.1`, {
      reply: (request) => reply(request),
    });
    expect([code, stdout]).toEqual([
      0,
      `PERMISSION        ORGANIZATION  PROJECTS
iam:user:list     yes           -
iam:ssh_key:list  no            web, q
iam:ssh_key:read  yes           all
`,
    ]);
    expect(requests.map(({ url, body }) => [url, body])).toEqual(
      [1, 2, 3].map((page) => [
        `${iam}/what-can`,
        { subject: { principal_id: ada }, request: { ip: '10.0.0.1' }, page },
      ]),
    );
  });

  it('prints the items for programs, and the columns that are asked for', async () => {
    const json = await scw('iam what-can -o json', { reply: (request) => reply(request) });
    expect(json.stdout).toBe(`${JSON.stringify(permissions)}\n`);
    expect(json.requests[0]?.body).toEqual({ page: 1 });
    const columns = await scw('iam what-can -o human=Permission,Organization', { reply: (request) => reply(request) });
    expect(columns.stdout).toMatch(/^PERMISSION +ORGANIZATION\niam:user:list +true\n/);
  });
});
