import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Outcome, organization, type Reply, type Request, scw } from './support/cli.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const iam = '/iam/v1alpha1';
const id = (last: number) => `0c0ffee0-0000-4000-8000-0000000001${String(last).padStart(2, '0')}`;

interface Service {
  readonly users?: readonly object[];
  readonly projects?: readonly object[];
  readonly applications?: readonly object[];
  readonly groups?: readonly object[];
  readonly policies?: readonly object[];
  /** What the API key tells of its bearer; without it nobody may ask. */
  readonly caller?: object | null;
  readonly rules?: Readonly<Record<string, readonly object[]>>;
  /** Answers changes; `{}` when left out. */
  readonly change?: (request: Request) => Reply;
}

/** A service that leaves out whatever may be absent. */
function service({ change, rules = {}, caller = { user_id: id(1) }, ...lists }: Service): (request: Request) => Reply {
  return (request) => {
    if (request.method !== 'GET') return change?.(request) ?? { body: { id: id(99) } };
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    const name = pathname.split('/').at(-1) ?? '';
    const page = (items: readonly object[]) => ({ body: { [name]: items, total_count: items.length } });
    if (name === 'rules') return page(rules[searchParams.get('policy_id') ?? ''] ?? []);
    if (name === 'permission-sets') {
      const sets = [
        { name: 'IAMReadOnly', scope_type: 'organization' },
        { name: 'ObjectStorageReadOnly', scope_type: 'projects' },
      ];
      return { body: { permission_sets: sets, total_count: sets.length } };
    }
    if (pathname.startsWith(`${iam}/api-keys/`)) return caller === null ? { status: 403 } : { body: caller };
    if (name === 'projects') return page(lists.projects ?? [{ id: organization, name: 'default' }]);
    if (name === 'users') return page(lists.users ?? [{ id: id(1), email: 'owner@example.org', type: 'owner' }]);
    return page(lists[name as 'applications' | 'groups' | 'policies'] ?? []);
  };
}

const apply = (file: string, about: Service = {}, more: readonly string[] = ['--yes']): Promise<Outcome> =>
  scw(['iam', 'apply', '-f', '-', ...more], { stdin: file, reply: service(about) });
const changes = ({ requests }: Outcome) =>
  requests.filter(({ method }) => method !== 'GET').map(({ method, url, body }) => [`${method} ${url}`, body]);
const exported = async (about: Service) => {
  const outcome = await scw('iam export -o json', { reply: service(about) });
  return { ...outcome, file: JSON.parse(outcome.stdout) };
};

describe('a file that is wrong', () => {
  const faultsOf = async (file: string) => {
    const { code, stderr, stdout, requests } = await apply(file);
    expect([code, stdout, requests]).toEqual([1, '', []]);
    return stderr;
  };

  it('is refused with all its faults and their lines, before anything is sent', async () => {
    const file = [
      'version: 2',
      'projcts: []',
      'applications:',
      '  - name: "a\\tb"',
      '    tag: x',
      '  - name: ok',
      '    tags: 7',
      '  - name: ok',
      `    description: ${'x'.repeat(201)}`,
      'groups:',
      '  - {name: team, users: [{nme: x}, 7]}',
      'policies:',
      '  - name: p',
      '    user: a',
      '    application: b',
      '    rules:',
      '      - permission_sets: [A]',
      '      - permission_sets: [A]',
      '        scope: organization',
      '        projects: []',
    ];
    expect(await faultsOf(file.join('\n'))).toBe(
      [
        'Standard input has 13 faults; nothing was changed',
        '',
        'Details:',
        '- line 1: version: must be 1',
        '- line 2: projcts: is no known key',
        '- line 4: applications[0].name: may hold letters, digits, _ ( ) . - and blanks between them',
        '- line 5: applications[0].tag: is no known key',
        '- line 7: applications[1].tags: must be a list',
        '- line 8: applications[2].name: is the name of applications[1] too',
        '- line 9: applications[2].description: must have at most 200 characters',
        '- line 11: groups[0].users[0].id: is missing',
        '- line 11: groups[0].users[0].nme: is no known key',
        '- line 11: groups[0].users[1]: must be a text or a map of keys and values',
        '- line 13: policies[0]: has user and application: a policy is attached to one of them',
        '- line 17: policies[0].rules[0]: must have either projects, or scope: organization',
        '- line 18: policies[0].rules[1]: must have either projects, or scope: organization',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['no YAML', 'version: 1\ngroups: [', /line \d: a sign is missing here or above/],
    ['a key twice', 'version: 1\nversion: 1', /line 2: the key is there twice/],
    ['empty', '', /is empty/],
    ['a text', 'hello', /must be a map/],
    ['two documents', 'version: 1\n---\nversion: 1', /line 2: a second document begins with ---/],
    ['nested without end', `${'['.repeat(20_000)}`, /fault/],
    ['a text where a number belongs', "version: '1'", /line 1: version: must be 1\n$/],
    ['a list where a number belongs', 'version: [1]', /line 1: version: must be 1\n$/],
    ['a reference to nothing', 'version: 1\ngroups: *x', /the reference \*x has no anchor &x before it/],
    [
      'a name of other letters',
      'version: 1\nprojects: [{name: ü}]',
      /projects\[0\].name: may hold letters, digits, \. _ - and/,
    ],
    [
      'a tag of other letters',
      'version: 1\ngroups: [{name: x, tags: [ü]}]',
      /tags\[0\]: may hold letters, digits, \. _ - \//,
    ],
    ['merging', 'version: 1\nx: &x {name: a}\ngroups:\n  - <<: *x', /x: is no known key/],
  ])('is refused when it is %s', async (_name, file, message) => {
    expect(await faultsOf(file)).toMatch(message);
  });

  it('may not grow by repeating what it repeats', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(10).fill(inner).join(', ')}]`;
    });
    expect(await faultsOf(`version: 1\n${levels.join('\n')}`)).toMatch(/its references \(\*name\) repeat more than/);
  });

  it('that is a folder is told', async () => {
    const { code, stderr } = await scw(['iam', 'apply', '-f', import.meta.dirname]);
    expect([code, stderr]).toEqual([1, `Cannot read ${import.meta.dirname}: it is a folder\n\nHint:\nName a file.\n`]);
  });

  it('that is not there is told', async () => {
    const { code, stderr, requests } = await scw('iam apply -f /nowhere/file.yaml');
    expect([code, stderr, requests]).toEqual([1, 'Cannot read /nowhere/file.yaml: no such file or directory\n', []]);
    expect((await scw('iam apply')).stderr).toContain('no file is given'.replace('n', 'N'));
  });
});

describe('a plan', () => {
  const file = `
version: 1
applications:
  - name: new
    tags: [b, a]
  - name: old
    description: now
policies:
  - name: p
    application: new
    rules:
      - permission_sets: [ObjectStorageReadOnly]
        projects: [default]
        condition: 1 == 1
`;
  const about: Service = {
    applications: [
      { id: id(2), name: 'old', description: 'then' },
      { id: id(3), name: 'gone\u001b[31m', nb_api_keys: 2 },
      { id: id(4), name: 'platform', managed: true },
    ],
    groups: [{ id: id(5), name: 'team' }],
  };

  it('is shown whole, with what is deleted and what stays, and no name speaks to the terminal', async () => {
    const { code, stdout, stderr } = await apply(file, about, ['--prune']);
    expect([code, stdout]).toEqual([
      1,
      [
        '+ application new',
        '    tags:',
        '      + a',
        '      + b',
        '~ application old',
        '    description: "then" → "now"',
        '+ policy p',
        '    attached_to: "application new"',
        '    rules:',
        '      + ObjectStorageReadOnly in default if 1 == 1',
        '- application gone\\u001b[31m with its 2 API keys',
        '',
        'Plan: 2 to create, 1 to change, 1 to delete.',
        'Not in the file: 1 application. They cannot be deleted and stay.',
        '',
      ].join('\n'),
    ]);
    expect(stderr).toContain('Nothing was changed: there is nobody to say yes');
  });

  it('is coloured at a terminal', async () => {
    const words = ['iam', 'apply', '-f', '-', '--prune'];
    const { stdout } = await scw(words, { stdin: file, reply: service(about), terminal: { columns: 80 } });
    expect(stdout).toContain('\u001b[32m+ application new\u001b[39m\n');
    expect(stdout).toContain('\u001b[34m~ application old\u001b[39m\n');
    expect(stdout).toContain('\u001b[31m- application gone');
  });

  it('sends what differs and nothing else, in the order of what needs what', async () => {
    const outcome = await apply(file, about, ['--yes', '--prune']);
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    const [first, second, ...rest] = changes(outcome);
    expect([first, second].toSorted()).toEqual(
      [
        [`PATCH ${iam}/applications/${id(2)}`, { description: 'now' }],
        [`POST ${iam}/applications`, { name: 'new', description: '', tags: ['b', 'a'], organization_id: organization }],
      ].toSorted(),
    );
    const rules = [
      { permission_set_names: ['ObjectStorageReadOnly'], condition: '1 == 1', project_ids: [organization] },
    ];
    expect(rest).toEqual([
      [
        `POST ${iam}/policies`,
        { name: 'p', description: '', tags: [], application_id: id(99), rules, organization_id: organization },
      ],
      [`DELETE ${iam}/applications/${id(3)}`, undefined],
    ]);
  });

  it('says so when the organization was changed by somebody else meanwhile', async () => {
    const body = { type: 'not_found', resource: 'application', resource_id: id(2) };
    const change = ({ method }: Request): Reply =>
      method === 'PATCH' ? { status: 404, body } : { body: { id: id(9) } };
    const { code, stdout, stderr } = await apply(file, { ...about, change }, ['--yes', '-o', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stderr).details).toContain('somebody else changed the organization meanwhile');
    expect(JSON.parse(stdout).changes.find(({ name }: { name: string }) => name === 'p').outcome).toBe('left');
  });

  it('is made anew when a name that it wants to give has come meanwhile', async () => {
    let lists = 0;
    const reply = service(about);
    const { code, requests } = await scw(['iam', 'apply', '-f', '-', '--yes'], {
      stdin: file,
      reply: (request) => {
        if (!request.url.startsWith(`${iam}/applications?`)) return reply(request);
        lists += 1;
        const late = lists < 2 ? [] : [{ id: id(8), name: 'new', tags: ['a', 'b'] }];
        const applications = [...(about.applications ?? []), ...late];
        return { body: { applications, total_count: applications.length } };
      },
    });
    expect(code).toBe(0);
    const made = requests.filter(({ method }) => method === 'POST');
    expect(made.map(({ url, body }) => [url, body.application_id])).toEqual([[`${iam}/policies`, id(8)]]);
  });
});

describe('the own access of whoever applies', () => {
  const ada = { id: id(2), username: 'ada', type: 'member' };
  const caller = { user_id: ada.id };
  const everybody = { id: id(3), name: 'All Users', all_users: true, editable: false, managed: true };
  const team = { id: id(4), name: 'team', user_ids: [ada.id] };
  const about = { users: [ada], groups: [everybody, team], caller };
  const policy = (principal: object) => ({ id: id(5), name: 'p', description: 'old', ...principal });
  const isHeldBack = async (file: string, service: Service) => {
    const outcome = await apply(file, service, ['--yes', '--prune']);
    if (outcome.code === 0) return false;
    expect([outcome.code, outcome.stderr, changes(outcome)]).toEqual([
      1,
      expect.stringContaining('own-access=true'),
      [],
    ]);
    expect((await apply(file, service, ['--yes', '--prune', 'own-access=true'])).code).toBe(0);
    return true;
  };

  it.each([
    ['its own', { user_id: id(2) }],
    ['of its group', { group_id: id(4) }],
    ['of everybody', { group_id: id(3) }],
  ])('may come from a policy %s', async (_name, principal) => {
    const service = { ...about, policies: [policy(principal)] };
    expect(await isHeldBack('version: 1\npolicies: []', service)).toBe(true);
    expect(await isHeldBack('version: 1\npolicies: [{name: p, description: old}]', service)).toBe(true);
  });

  it('is not touched by a name, or by what others have', async () => {
    const mine = { ...about, policies: [policy({ user_id: ada.id })] };
    expect(await isHeldBack('version: 1\npolicies: [{name: p, user: ada, description: new}]', mine)).toBe(false);
    const theirs = { ...about, policies: [policy({ application_id: id(6) })] };
    expect(await isHeldBack('version: 1\npolicies: []', theirs)).toBe(false);
    const owner = { ...mine, users: [{ ...ada, type: 'owner' }] };
    expect(await isHeldBack('version: 1\npolicies: []', owner)).toBe(false);
  });

  it('may come from a membership', async () => {
    expect(await isHeldBack('version: 1\ngroups: []', about)).toBe(true);
    expect(await isHeldBack('version: 1\ngroups: [{name: team}]', about)).toBe(true);
    expect(await isHeldBack('version: 1\ngroups: [{name: team, tags: [x], users: [ada]}]', about)).toBe(false);
  });

  it('may come from anything where nobody tells who that is', async () => {
    const unknown = { ...about, caller: null, policies: [policy({ application_id: id(6) })] };
    expect(await isHeldBack('version: 1\npolicies: []', unknown)).toBe(true);
  });
});

describe('what no file can say', () => {
  const account: Service = {
    policies: [
      { id: id(6), name: 'account', no_principal: true },
      { id: id(7), name: 'plain', no_principal: true },
    ],
    rules: { [id(6)]: [{ permission_set_names: ['IAMReadOnly'], account_root_user_id: id(1) }] },
  };

  it('is left out of the export and said, in the file too', async () => {
    const { stderr, file } = await exported(account);
    expect(stderr).toBe('Left out: the policy account, with a rule on the account of the owner.\n');
    expect(file.policies).toEqual([{ name: 'plain' }]);
    const { stdout } = await scw('iam export', { reply: service(account) });
    expect(stdout).toContain('# Left out: the policy account, with a rule on the account of the owner\n');
  });

  it('is never pruned', async () => {
    const outcome = await apply('version: 1\npolicies: []', account, ['--yes', '--prune']);
    expect(changes(outcome)).toEqual([[`DELETE ${iam}/policies/${id(7)}`, undefined]]);
    expect(outcome.stdout).toContain('Not in the file: 1 policy.');
  });
});

describe('iam export', () => {
  it('reads a service that leaves out what it may, and ids stand for what no list shows', async () => {
    const { code, file } = await exported({
      users: [
        { id: id(1), email: 'owner@example.org', type: 'owner' },
        { id: id(2), username: 'ada' },
      ],
      projects: [
        { id: organization, name: 'prod' },
        { id: id(3), name: 'leaving', status: 'deleting' },
      ],
      groups: [{ id: id(4), name: 'team', user_ids: [id(2), id(1), id(77)] }],
      policies: [{ id: id(5), name: 'p', group_id: id(4), tags: null }],
      rules: { [id(5)]: [{ permission_set_names: ['B', 'A'], project_ids: [organization, id(3)] }] },
    });
    expect(code).toBe(0);
    expect(file).toEqual({
      version: 1,
      projects: [{ name: 'prod', default: true }],
      applications: [],
      groups: [{ name: 'team', users: [{ id: id(77) }, 'ada', 'owner@example.org'] }],
      policies: [
        { name: 'p', group: 'team', rules: [{ permission_sets: ['A', 'B'], projects: [{ id: id(3) }, 'prod'] }] },
      ],
    });
  });

  it('writes a file in one moment and says how much is in it', async () => {
    const path = join(temporaryFolder('scw-export'), 'organization.yaml');
    const reply = service({ applications: [{ id: id(2), name: 'yes', description: '# no comment' }] });
    const { code, stdout } = await scw(['iam', 'export', '--file', path], { reply });
    expect([code, stdout]).toEqual([
      0,
      `✅ The file ${path} holds 1 project, 1 application, 0 groups and 0 policies.\n`,
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readFileSync(path, 'utf8')).toBe(
      [
        '# An organization, for: scw iam apply -f FILE',
        '',
        'version: 1',
        '',
        'projects:',
        '  - name: default',
        '    default: true',
        '',
        'applications:',
        '  - name: "yes"',
        '    description: "# no comment"',
        '',
        'groups: []',
        '',
        'policies: []',
        '',
      ].join('\n'),
    );
    const nowhere = await scw('iam export --file /nowhere/x.yaml', { reply });
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('Cannot write /nowhere/x.yaml')]);
  });
});
