import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { organization } from './support/cli.ts';
import { ask, breaks, completions, lists } from './support/completion.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

describe('without a call', () => {
  const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['scw ia', ['iam']],
    ['scw acc', ['account']],
    ['scw iam us', ['user']],
    ['scw iam API', ['api-key']],
    ['scw iam user ', [...'create delete get list lock unlock update update-password update-username'.split(' ')]],
    ['scw iam user list-', []],
    ['scw iam nothing ', []],
    ['scw nothing ', []],
    ['scw autocomplete ', ['install', 'script']],
    ['scw help iam rule ', ['create', 'delete', 'list', 'update']],
    ['scw help iam rule create ', []],
    ['scw help d', ['date']],
    // Names of arguments
    ['scw iam group create ', ['name=', 'description=', 'tags.0=', 'organization-id=']],
    ['scw iam group create name=x ', ['description=', 'tags.0=', 'organization-id=']],
    ['scw iam group create ta', ['tags.0=']],
    ['scw iam group create tags.0=a tags.1=b ta', ['tags.2=']],
    ['scw iam group update x tags=none ', ['name=', 'description=']],
    ['scw iam group update x tags=', ['tags=none']],
    ['scw iam group create tags=', []],
    ['scw iam policy create rules.', [0].flatMap(rule)],
    ['scw iam policy create rules.0.permission-set-names.0=A rules.', [...rule(0, 1), ...rule(1)].toSorted()],
    ['scw iam policy create rules.0.condition=x rules.0.c', []],
    ['scw iam policy create rules.0.condition=x rules.1.c', ['rules.1.condition=']],
    [
      'scw iam user create mem',
      'email send-password-email send-welcome-email username password first-name last-name phone-number locale'
        .split(' ')
        .map((name) => `member.${name}=`),
    ],
    ['scw iam user create member={} mem', []],
    ['scw iam api-key list page', []],
    ['scw iam api-key list access-key', ['access-keys.0=']],
    ['scw iam rule create x per', ['permission-set-names.0=']],
    ['scw iam group update x ', ['name=', 'description=', 'tags.0=']],
    ['scw iam group update de', ['description=']],
    // Their values
    ['scw iam user list mfa=', ['mfa=true', 'mfa=false']],
    ['scw iam user list mfa=t', ['mfa=true']],
    ['scw iam user list order-by=user', ['order-by=username_asc', 'order-by=username_desc']],
    ['scw iam user list order-by=LOGIN', ['order-by=last_login_asc', 'order-by=last_login_desc']],
    ['scw iam group create name=', []],
    ['scw iam group create nothing=', []],
    ['scw iam log list created-after=', []],
    ['scw autocomplete script shell=', ['shell=bash', 'shell=zsh', 'shell=fish']],
    ['scw config get default-r', ['default-region']],
    ['scw config get key=default-r', ['key=default-region']],
    ['scw config unset access-key a', ['api-url']],
    // Flags
    ['scw iam user list --', ['--config', '--debug', '--output', '--profile', '--help', '--list-sub-commands']],
    ['scw iam user list --f', []],
    ['scw iam apply --f', ['--file']],
    ['scw iam apply --y', ['--yes']],
    [
      'scw iam apply -',
      '-f --file --prune -y --yes -c --config -D --debug -o --output -p --profile -h --help --list-sub-commands'.split(
        ' ',
      ),
    ],
    ['scw iam user list -- -', []],
    ['scw -o ', ['human', 'wide', 'json', 'json=pretty', 'yaml', 'csv', 'template=']],
    ['scw -o json=', ['json=pretty']],
    ['scw iam user list --output y', ['yaml']],
    ['scw iam user list --output=y', ['--output=yaml']],
    ['scw -oy', ['-oyaml']],
    ['scw -o=y', ['-o=yaml']],
    ['scw -D -o json iam us', ['user']],
    ['scw --output=json iam us', ['user']],
    // Quotes
    [`scw 'iam' "us`, ['user']],
    [`scw iam user list 'order-by=username_a`, ['order-by=username_asc']],
    ['scw iam\\ x us', []],
    ['scw', []],
    ['SCW_PROFILE=x scw iam us', ['user']],
  ];

  /** Arguments of a rule. @param name the next index of the names of permission sets */
  function rule(index: number, name = 0): readonly string[] {
    return [`permission-set-names.${name}`, 'condition', 'project-ids.0', 'organization-id'].map(
      (argument) => `rules.${index}.${argument}=`,
    );
  }

  for (const [line, words] of cases) {
    it(`\`${line}\` goes on with ${words.join(', ') || 'nothing'}`, async () => {
      const { requests } = await ask(['fish', '--', line]);
      expect(requests).toEqual([]);
      expect((await completions(line)).toSorted()).toEqual(words.toSorted());
    });
  }

  it('leaves paths to the shell', async () => {
    for (const line of [
      'scw -c ',
      'scw --config=x',
      'scw iam apply -f ',
      'scw iam apply --file=',
      'scw config import ',
    ]) {
      expect(await ask(['bash', '--', line, breaks]), line).toMatchObject({ kind: 'files', words: [] });
    }
  });

  it('names files where the shell would take more than the path for it', async () => {
    const folder = temporaryFolder('scw-files');
    mkdirSync(join(folder, 'keys'));
    for (const name of ['keys/one.pub', 'keys/.two.pub', 'key word']) writeFileSync(join(folder, name), '');
    const head = `public-key=@${folder}/`;
    const bash = async (line: string) => (await ask(['bash', '--', line, breaks])).words;
    expect(await bash(`scw iam ssh-key create ${head}`)).toEqual([`@${folder}/key\\ word `, `@${folder}/keys/`]);
    expect(await bash(`scw iam ssh-key create ${head}keys/`)).toEqual([`@${folder}/keys/one.pub `]);
    expect(await bash(`scw iam ssh-key create ${head}keys/.`)).toEqual([`@${folder}/keys/.two.pub `]);
    expect(await bash(`scw iam ssh-key create ${head}nowhere/`)).toEqual([]);
    expect(await completions(`scw iam apply --file=${folder}/key`)).toEqual([
      `--file=${folder}/key word`,
      `--file=${folder}/keys/`,
    ]);
    expect((await ask(['zsh', '--', `scw iam ssh-key create ${head}x`])).words).toEqual(['12']);
  });

  it('knows what words and arguments are for', async () => {
    expect((await ask(['fish', '--', 'scw iam us'])).words).toEqual(['user\tThe owner and the members']);
    expect((await ask(['fish', '--', 'scw iam user update-p'])).words[0]).toMatch(/^update-password\t\w+/);
    expect((await ask(['fish', '--', 'scw iam group create desc'])).words[0]).toMatch(/^description=\t\w+/);
    expect((await ask(['fish', '--', 'scw --prof'])).words[0]).toMatch(/^--profile\t\w+/);
  });
});

describe('what stands in files', () => {
  const folder = temporaryFolder('scw-completion');
  const config = join(folder, 'config.yaml');
  const preferences = join(folder, 'cli.yaml');
  writeFileSync(config, 'profiles:\n  staging: {}\n  web site: {}\n', { mode: 0o600 });
  writeFileSync(preferences, 'output: json\nalias:\n  aliases:\n    ipl: [iam, policy, list]\n    ls: [list]\n');
  const env = { SCW_CONFIG_PATH: config, SCW_CLI_CONFIG_PATH: preferences };

  it('profiles are offered where one is named', async () => {
    expect(await completions('scw -p ', { env })).toEqual(['default', 'staging', 'web site']);
    expect(await completions('scw --profile=st', { env })).toEqual(['--profile=staging']);
    expect(await completions('scw config profile delete st', { env })).toEqual(['staging']);
    const elsewhere = { env: { ...env, SCW_CONFIG_PATH: '/nowhere', HOME: folder } };
    expect(await completions(`scw -c ${config} -p st`, elsewhere)).toEqual(['staging']);
    expect(await completions('scw -c ~/config.yaml -p st', elsewhere)).toEqual(['staging']);
  });

  it('aliases are words of the first place, and are understood', async () => {
    expect(await completions('scw ip', { env })).toEqual(['ipl']);
    expect(await completions('scw ipl order-by=policy_name_a', { env })).toEqual(['order-by=policy_name_asc']);
    expect(await completions('scw iam user ls mfa=f', { env })).toEqual(['mfa=false']);
    expect(await completions('scw alias delete ', { env })).toEqual(['ipl', 'ls']);
  });
});

describe('what the API knows', () => {
  const user = '0c0ffee0-0000-4000-8000-000000000001';
  const robot = '0c0ffee0-0000-4000-8000-000000000002';
  const reply = lists({
    users: [{ id: user, username: 'alice', email: 'alice@example.org' }],
    applications: [{ id: robot, name: 'robot' }],
    groups: [{ id: 'group', name: 'ops' }],
    policies: [
      { id: 'policy-1', name: 'readers' },
      { id: 'policy-2', name: 'writers' },
    ],
    rules: [{ id: 'rule-1', permission_set_names: ['IAMReadOnly', 'IAMManager'] }],
    projects: [{ id: 'project', name: 'web' }],
    'api-keys': [{ access_key: 'SCWALICE000000000000', description: 'laptop' }],
    'ssh-keys': [{ id: 'ssh', name: 'laptop' }],
    'permission-sets': ['IAMManager', 'IAMReadOnly', 'ObjectStorageFullAccess'].map((name) => ({
      id: name.length,
      name,
    })),
  });
  const cases: readonly (readonly [line: string, words: readonly string[], path: string | null])[] = [
    ['scw iam user get ', [user], '/iam/v1alpha1/users'],
    ['scw iam api-key create user-id=', [`user-id=${user}`], '/iam/v1alpha1/users'],
    ['scw iam api-key create user-id=ali', [`user-id=${user}`], '/iam/v1alpha1/users'],
    ['scw iam group add-members group-id=group user-ids.0=', [`user-ids.0=${user}`], '/iam/v1alpha1/users'],
    ['scw iam policy create group-id=', ['group-id=group'], '/iam/v1alpha1/groups'],
    ['scw iam policy create application-id=', [`application-id=${robot}`], '/iam/v1alpha1/applications'],
    ['scw iam policy delete ', ['policy-1', 'policy-2'], '/iam/v1alpha1/policies'],
    ['scw iam policy delete policy-1 ', ['policy-2'], '/iam/v1alpha1/policies'],
    ['scw iam policy delete policy-id=', ['policy-id=policy-1', 'policy-id=policy-2'], '/iam/v1alpha1/policies'],
    ['scw iam policy delete policy-id=policy-1 ', [], null],
    ['scw iam policy list policy-name=', ['policy-name=readers', 'policy-name=writers'], '/iam/v1alpha1/policies'],
    ['scw iam rule delete policy-1 rule-id=', ['rule-id=rule-1'], '/iam/v1alpha1/rules?'],
    ['scw iam rule delete policy-id=policy-1 rule-id=', ['rule-id=rule-1'], '/iam/v1alpha1/rules?'],
    ['scw iam rule delete rule-id=', [], null],
    ['scw iam api-key delete ', ['SCWALICE000000000000'], '/iam/v1alpha1/api-keys'],
    ['scw iam api-key list access-keys.0=', ['access-keys.0=SCWALICE000000000000'], '/iam/v1alpha1/api-keys'],
    ['scw iam ssh-key get lap', ['ssh'], '/iam/v1alpha1/ssh-keys'],
    ['scw account project delete project-id=', ['project-id=project'], '/account/v3/projects'],
    ['scw iam api-key create default-project-id=', ['default-project-id=project'], '/account/v3/projects'],
    ['scw iam check x project-id=', ['project-id=project'], '/account/v3/projects'],
    ['scw iam policy create rules.0.project-ids.0=', ['rules.0.project-ids.0=project'], '/account/v3/projects'],
    ['scw iam what-can principal-id=', [`principal-id=${user}`, `principal-id=${robot}`], '/iam/v1alpha1/applications'],
    ['scw iam jwt list ', [user, 'order-by=', 'expired='], '/iam/v1alpha1/users'],
    ['scw iam jwt get ', [], null],
    ['scw iam group update gr', ['group'], '/iam/v1alpha1/groups'],
    ['scw iam rule create policy-1 cond', [], '/iam/v1alpha1/policies'],
    ['scw iam group create organization-id=', [`organization-id=${organization}`], null],
    ['scw iam check x request.user-agent=', [], null],
  ];

  for (const [line, words, path] of cases) {
    it(`\`${line}\` goes on with ${words.join(', ') || 'nothing'}`, async () => {
      const outcome = await ask(['fish', '--', line], { reply });
      expect(outcome.words.map((word) => word.split('\t')[0])).toEqual(words);
      const urls = outcome.requests.map(({ method, url }) => `${method} ${url}`);
      if (path === null) expect(urls).toEqual([]);
      else expect(urls).toEqual(expect.arrayContaining([expect.stringContaining(`GET ${path}`)]));
    });
  }

  it('shows names beside ids', async () => {
    expect((await ask(['fish', '--', 'scw iam user get '], { reply })).words).toEqual([`${user}\talice`]);
    expect((await ask(['fish', '--', 'scw iam api-key get SCW'], { reply })).words).toEqual([
      'SCWALICE000000000000\tlaptop',
    ]);
  });

  it('permission sets are found by their beginning, else in any case, else by a part', async () => {
    for (const command of ['policy create name=x rules.0.', 'rule create x ', 'rule update x rules.0.']) {
      const named = async (typed: string) => {
        const head = `${command.split(' ').at(-1)}permission-set-names.0=`;
        const found = await completions(`scw iam ${command}permission-set-names.0=${typed}`, { reply });
        return found.map((word) => word.slice(head.length));
      };
      expect(await named('IAM')).toEqual(['IAMManager', 'IAMReadOnly']);
      expect(await named('iamr')).toEqual(['IAMReadOnly']);
      expect(await named('fullaccess')).toEqual(['ObjectStorageFullAccess']);
      expect(await named('nothing')).toEqual([]);
    }
  });

  it('all pages are asked for, up to a bound', async () => {
    const reply = ({ url }: { readonly url: string }) => {
      const page = Number(new URL(url, 'http://x').searchParams.get('page'));
      return { body: { groups: [{ id: `id-${page}`, name: '' }], total_count: 100_000 } };
    };
    const { words, requests } = await ask(['fish', '--', 'scw iam group get '], { reply });
    expect(words).toEqual(Array.from({ length: 10 }, (_, index) => `id-${index + 1}`));
    expect(requests).toHaveLength(10);
    expect(requests[0]!.url).toContain(`organization_id=${organization}`);
    expect(requests[0]!.url).toContain('page_size=100');
  });

  it('the line and the environment say whom to ask', async () => {
    const folder = temporaryFolder('scw-completion');
    const config = join(folder, 'config.yaml');
    const secret = '6f0c0000-0000-4000-8000-00000000000f';
    writeFileSync(config, `profiles:\n  other:\n    access_key: SCWOTHEROTHEROTHER00\n    secret_key: ${secret}\n`, {
      mode: 0o600,
    });
    const env = { SCW_SECRET_KEY: undefined, SCW_ACCESS_KEY: undefined };
    const { requests } = await ask(['fish', '--', `scw -c ${config} -p other iam user get `], { reply, env });
    expect(requests[0]!.headers['x-auth-token']).toBe(secret);
  });
});
