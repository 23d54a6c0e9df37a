import type { OwnCommand } from '../../src/own/command.ts';
import { organization, project, type Reply, type Request, secretKey } from './cli.ts';
import { logOf, logService } from './log-service.ts';
import { idOf } from './samples.ts';
import type { Scene } from './scene.ts';

const configuration = `# kept
access_key: SCWEXAMPLEEXAMPLE000
secret_key: ${secretKey}
api_url: https://iam.example.org
default_organization_id: ${organization}
default_project_id: ${project}
active_profile: staging
profiles:
  staging:
    api_url: https://iam.staging.example.org
    default_region: nl-ams
  東京-日本語:
    api_url: https://tokyo.example.org
`;
const path = '.config/scw/config.yaml';
const aliasPath = '.config/scw/cli.yaml';
const files = { [path]: configuration };
const aliases = {
  [aliasPath]:
    'alias:\n  aliases:\n    ipl: [iam, policy, list]\n    ul: [iam, user, list, "order-by=name_asc"]\n    全部: [iam, log, list]\n',
};
/** The file alone is in force. */
const env = {
  SCW_API_URL: undefined,
  SCW_ACCESS_KEY: undefined,
  SCW_SECRET_KEY: undefined,
  SCW_DEFAULT_ORGANIZATION_ID: undefined,
  SCW_DEFAULT_PROJECT_ID: undefined,
  SHELL: '/bin/bash',
};
const broken = { [path]: 'access_key: [\n' };

const organizationFile = `version: 1
applications:
  - name: robot
    tags: [night]
groups:
  - name: night-watch
    applications: [robot]
policies:
  - name: readers
    group: night-watch
    rules:
      - permission_sets: [IAMReadOnly]
        scope: organization
`;
const withOrganization = { 'organization.yaml': organizationFile };
const faults = { 'organization.yaml': 'version: 2\nprojcts: []\n' };

type Lists = Readonly<Record<string, readonly object[]>>;

/** A service that holds the default project, its owner and these things, and takes every change. */
const serviceWith =
  (things: Lists = {}) =>
  ({ method, url }: Request): Reply => {
    if (method !== 'GET') return { body: { id: idOf(7) } };
    const name = url.split('?')[0]!.split('/').at(-1)!;
    if (name.startsWith('SCW')) return { body: { user_id: idOf(1) } };
    const lists: Lists = {
      projects: [{ id: organization, name: 'default' }],
      users: [{ id: idOf(1), username: 'owner', type: 'owner' }],
      'permission-sets': [{ name: 'IAMReadOnly', scope_type: 'organization' }],
      ...things,
    };
    const found = lists[name] ?? [];
    return { body: { [name.replaceAll('-', '_')]: found, total_count: found.length } };
  };
const emptyService = serviceWith();
const rules = [{ id: idOf(5), permission_set_names: ['IAMReadOnly'], organization_id: organization }];
const usedService = serviceWith({
  applications: [{ id: idOf(2), name: 'robot', description: 'Works at night', tags: ['night'] }],
  groups: [{ id: idOf(3), name: '夜番 with a long name', user_ids: [idOf(1)], application_ids: [idOf(2)] }],
  policies: [{ id: idOf(4), name: 'readers', group_id: idOf(3), tags: [] }],
  rules,
});
const refused = (): Reply => ({
  status: 403,
  body: { type: 'permissions_denied', details: [{ resource: 'user', action: 'read' }] },
});
const init = [
  `secret-key=${secretKey}`,
  'access-key=SCWEXAMPLEEXAMPLE000',
  `organization-id=${organization}`,
  'with-ssh-key=false',
  'install-autocomplete=false',
];
/** The address is that of the service. */
const { SCW_API_URL: _served, ...initEnv } = env;

/** A service at which somebody signs in elsewhere, after being asked so many times. */
function signInService(times = 0): (request: Request) => Reply {
  let asked = 0;
  return ({ method, url }) => {
    switch (`${method} ${url.split('/').at(-1)}`) {
      case 'POST devices': {
        const page = 'https://iam.example.org/auth/device';
        const codes = { device_code: 'd', user_code: 'BCDF-GHJK', interval: 5 };
        return { body: { ...codes, verification_uri: page, verification_uri_complete: `${page}?code=BCDF-GHJK` } };
      }
      case 'POST redeem-device':
        asked += 1;
        if (asked <= times) return { body: { status: 'pending' } };
        return { body: { token: 't', renew_token: 'r', jwt: { audience_id: idOf(1) } } };
      case 'POST api-keys':
        return { body: { access_key: 'SCWEXAMPLEEXAMPLE001', secret_key: secretKey, default_project_id: project } };
      case `GET ${idOf(1)}`:
        return { body: { id: idOf(1), username: 'ada', organization_id: organization } };
      default:
        return { body: {} };
    }
  };
}

const log = logOf(17);
const rightLog = await logService(log);
const bentLog = await logService({ ...log, entries: log.entries.toSpliced(4, 1) });

/** What stands behind a command, in every format, and what else it may meet. */
interface Play extends Omit<Scene, 'about'> {
  /** Shown for people, as JSON and as YAML. */
  readonly errors?: readonly Scene[];
  /** Shown as they are. */
  readonly more?: readonly Scene[];
}

const missing: Scene = { about: 'no file', env };
const unreadable: Scene = { about: 'no YAML', files: broken, env };
const plays: Readonly<Record<string, Play>> = {
  'alias.create': {
    words: ['ipl', 'command=iam policy list'],
    more: [{ about: 'replaced', words: ['ipl', 'command=iam group list'], files: aliases, width: 80 }],
    errors: [{ about: 'a flag', words: ['ipl', 'command=iam policy list -o json'] }],
  },
  'alias.delete': {
    words: ['ipl'],
    files: aliases,
    more: [
      { about: 'none of that name', words: ['ipl'], width: 80 },
      { about: 'several', words: ['ipl', 'ul', '-o', 'json'], files: aliases },
    ],
    errors: [{ about: 'no name' }],
  },
  'alias.list': {
    files: aliases,
    more: [
      { about: 'none' },
      { about: 'none', words: ['-o', 'json'] },
      { about: 'none', words: ['-o', 'yaml'] },
      { about: 'one', words: ['alias=ul'], files: aliases, width: 80 },
      { about: 'chosen columns', words: ['-o', 'human=Command,Alias'], files: aliases },
    ],
    errors: [{ about: 'no list', files: { [aliasPath]: 'alias: {aliases: {x: 7}}\n' } }],
  },
  'autocomplete.install': {
    words: ['shell=bash'],
    stdin: 'y\n',
    env,
    more: [
      {
        about: 'there already',
        files: { '.zshrc': 'eval "$(scw autocomplete script shell=zsh 2>/dev/null)"\n' },
        words: ['shell=zsh'],
        width: 80,
      },
      { about: 'no', words: ['shell=fish'], stdin: 'n\n', env, width: 80 },
    ],
    errors: [{ about: 'another shell', words: ['shell=ksh'] }],
  },
  'autocomplete.script': {
    words: ['shell=fish'],
    more: [
      { about: 'the shell of SHELL', env },
      { about: 'zsh', words: ['shell=zsh', 'basename=iam'] },
    ],
    errors: [{ about: 'another shell', words: ['shell=ksh'] }],
  },
  'config.destroy': { files, env, errors: [missing] },
  'config.dump': {
    files,
    env,
    more: [{ about: 'secrets shown', words: ['show-secret=true'], files, env }],
    errors: [missing, unreadable],
  },
  'config.edit': {
    files,
    env: { ...env, EDITOR: 'true' },
    errors: [
      { about: 'the editor fails', files, env: { ...env, EDITOR: 'false' } },
      { about: 'left broken', files: broken, env: { ...env, EDITOR: 'true' } },
    ],
  },
  'config.get': {
    words: ['api-url'],
    files,
    env,
    more: [
      { about: 'a secret', words: ['secret-key', '-p', 'default'], files, env },
      { about: 'not set', words: ['default-zone'], files, env, width: 80 },
      { about: 'not set', words: ['default-zone', '-o', 'json'], files, env },
      { about: 'several', words: ['api-url', 'default-region', '-o', 'json'], files, env },
    ],
    errors: [
      { ...missing, words: ['api-url'] },
      { about: 'an unknown key', words: ['colour'], files, env },
    ],
  },
  'config.import': {
    words: ['other.yaml'],
    files: { ...files, 'other.yaml': 'profiles: {night: {api_url: https://night.example.org}}\n' },
    env,
    errors: [
      { about: 'no such file', words: ['other.yaml'], files, env },
      { about: 'a wrong file', words: ['other.yaml'], files: { ...files, 'other.yaml': 'api_url: nowhere\n' }, env },
    ],
  },
  'config.info': {
    files,
    env,
    more: [
      { about: 'beaten by the environment', files, env: { ...env, SCW_API_URL: 'http://127.0.0.1:8080' }, width: 80 },
      { about: 'no file', env, width: 80 },
    ],
    errors: [{ about: 'no such profile', words: ['-p', 'night'], files, env }],
  },
  'config.profile.activate': {
    words: ['staging'],
    files,
    env,
    errors: [
      { ...missing, words: ['staging'] },
      { about: 'no such profile', words: ['night'], files, env },
    ],
  },
  'config.profile.delete': {
    words: ['staging'],
    files,
    env,
    more: [{ about: 'several, one of them not there', words: ['staging', 'night'], files, env, width: 80 }],
    errors: [
      { about: 'the root', words: ['default'], files, env },
      { about: 'no such profile', words: ['night'], files, env },
    ],
  },
  'config.profile.list': {
    files,
    env,
    more: [
      { about: 'none', files: { [path]: '' }, env },
      { about: 'none', words: ['-o', 'json'], files: { [path]: '' }, env },
      { about: 'chosen columns', words: ['-o', 'human=Name,APIURL'], files, env },
    ],
    errors: [missing],
  },
  'config.reset': { files, env, errors: [missing] },
  'config.set': {
    words: ['default-region=pl-waw', 'insecure=true'],
    files,
    env,
    more: [
      { about: 'nothing typed', files, env, width: 80 },
      { about: 'no file yet', words: ['api-url=https://iam.example.org'], env, width: 80 },
    ],
    errors: [
      { about: 'a wrong value', words: ['api-url=nowhere'], files, env },
      { about: 'an unknown name', words: ['colour=red'], files, env },
    ],
  },
  'config.unset': {
    words: ['api-url'],
    files,
    env,
    more: [{ about: 'not set', words: ['default-zone'], files, env, width: 80 }],
    errors: [{ ...missing, words: ['api-url'] }],
  },
  'config.validate': {
    files,
    env,
    errors: [missing, unreadable, { about: 'a wrong value', files: { [path]: 'api_url: nowhere\n' }, env }],
  },
  'help.date': {},
  'help.output': {},
  'iam.apply': {
    words: ['-f', 'organization.yaml', '--yes'],
    files: withOrganization,
    reply: emptyService,
    more: [
      {
        about: 'changes and deletions',
        words: ['-f', 'organization.yaml', '--prune', '--yes', 'own-access=true'],
        files: {
          'organization.yaml':
            'version: 1\napplications:\n  - name: robot\n    tags: [day]\ngroups: []\npolicies: []\n',
        },
        reply: usedService,
        width: 80,
      },
      {
        about: 'nobody to ask',
        words: ['-f', 'organization.yaml'],
        files: withOrganization,
        reply: emptyService,
        width: 80,
      },
      {
        about: 'nobody to ask',
        words: ['-f', 'organization.yaml', '-o', 'json'],
        files: withOrganization,
        reply: emptyService,
      },
      {
        about: 'nothing to do',
        words: ['-f', 'organization.yaml', '--yes'],
        files: { 'organization.yaml': 'version: 1\n' },
        reply: emptyService,
        width: 80,
      },
      {
        about: 'nothing to do',
        words: ['-f', 'organization.yaml', '--yes', '-o', 'json'],
        files: { 'organization.yaml': 'version: 1\n' },
        reply: emptyService,
      },
    ],
    errors: [
      { about: 'no file named' },
      { about: 'no such file', words: ['-f', 'organization.yaml'] },
      { about: 'faults', words: ['-f', 'organization.yaml'], files: faults },
      { about: 'no right', words: ['-f', 'organization.yaml'], files: withOrganization, reply: refused },
    ],
  },
  'iam.export': {
    reply: usedService,
    more: [
      { about: 'nothing but what is always there', reply: emptyService },
      { about: 'nothing but what is always there', reply: emptyService, words: ['-o', 'json'] },
      { about: 'things of the platform', rows: 2, width: 80 },
      { about: 'long and wide characters', style: 'difficult', rows: 1, width: 80 },
      { about: 'to a file', words: ['-f', 'organization.yaml'], reply: usedService, width: 80 },
    ],
    errors: [
      { about: 'no right', reply: refused },
      { about: 'no such folder', words: ['-f', 'nowhere/organization.yaml'], reply: usedService },
    ],
  },
  'iam.log.verify': {
    reply: rightLog,
    more: [
      { about: 'an entry is missing', reply: bentLog, width: 80 },
      { about: 'an entry is missing', reply: bentLog, words: ['-o', 'json'] },
    ],
    errors: [
      { about: 'another key than wanted', words: ['key-id=another'], reply: rightLog },
      {
        about: 'a file of something else',
        words: ['state-file=broken.json'],
        files: { 'broken.json': '{}' },
        reply: rightLog,
      },
      { about: 'no right', reply: refused },
    ],
  },
  info: {
    files,
    env,
    more: [
      { about: 'no file', env, width: 80 },
      { about: 'secrets shown', words: ['show-secret=true'], files, env, width: 80 },
      { about: 'from the environment', files, env: { ...env, SCW_API_URL: 'http://127.0.0.1:8080' }, width: 80 },
    ],
    errors: [unreadable],
  },
  init: {
    words: init,
    reply: emptyService,
    env: initEnv,
    more: [
      { about: 'the API refuses', words: init, reply: refused, env: initEnv, width: 80 },
      {
        about: 'answers from standard input',
        words: ['with-ssh-key=false'],
        stdin: `not-a-key\n${secretKey}\nSCWEXAMPLEEXAMPLE000\n${organization}\ny\n\n`,
        reply: emptyService,
        env: initEnv,
        width: 80,
      },
    ],
    errors: [
      { about: 'a wrong key', words: ['access-key=x', 'secret-key=y'], env: initEnv },
      { about: 'no address', words: init, env },
      { about: 'no answers', env: initEnv },
    ],
  },
  login: {
    words: ['device=true'],
    reply: signInService(),
    env: initEnv,
    more: [
      { about: 'approved after a while', words: ['device=true'], reply: signInService(2), env: initEnv, width: 80 },
    ],
    errors: [
      { about: 'no address', words: ['device=true'], env },
      { about: 'a wrong address', words: ['api-url=nowhere'], env },
      { about: 'no such port', words: ['port=70000'], env: initEnv },
      { about: 'no right', words: ['device=true'], reply: refused, env: initEnv },
    ],
  },
  version: {},
};

/**
 * How a command of the program itself is shown.
 *
 * @param template `-o` with a template that fits what it prints
 * @throws Error for one of which nobody has said how
 */
export function ownScenesOf({ own, output }: OwnCommand, template: readonly string[]): readonly Scene[] {
  const play = plays[own];
  if (play === undefined) throw new Error(`test/support/own-scenes.ts does not say how ${own} is shown`);
  const { errors = [], more = [], words = [], ...found } = play;
  const behind = (scene: Partial<Scene>): Scene => ({
    about: 'no terminal',
    ...found,
    ...scene,
    words: [...words, ...(scene.words ?? [])],
  });
  const hasFields = output.shape === 'list' || output.shape === 'object';
  return [
    ...[60, 80, 200].map((width) => behind({ about: `width ${width}`, width })),
    behind({ about: 'width 200, with colours', width: 200, showsColours: true }),
    behind({}),
    ...(hasFields ? [behind({ about: 'width 60', words: ['-o', 'wide'], width: 60 })] : []),
    ...['json', 'json=pretty', 'yaml', ...(hasFields ? ['csv'] : [])].map((format) =>
      behind({ words: ['-o', format] }),
    ),
    behind({ words: template }),
    ...more,
    ...errors.flatMap((scene) =>
      ['human', 'json', 'yaml'].map((format) => ({
        ...scene,
        about: `error: ${scene.about}`,
        words: [...(scene.words ?? []), '-o', format],
      })),
    ),
  ];
}
