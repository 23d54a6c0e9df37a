import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { organization, project, scw, secretKey } from './support/cli.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const line = 'iam policy list -o json';
const without = {
  SCW_ACCESS_KEY: undefined,
  SCW_SECRET_KEY: undefined,
  SCW_DEFAULT_ORGANIZATION_ID: undefined,
  SCW_DEFAULT_PROJECT_ID: undefined,
};

function write(content: string, { mode = 0o600, name = 'config.yaml' } = {}): string {
  const path = join(temporaryFolder('scw-config'), name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const full = `access_key: SCWFROMFILE000000000
secret_key: ${secretKey}
default_organization_id: ${organization}
default_project_id: ${project}
profiles:
  staging:
    secret_key: 6f0c0000-0000-4000-8000-000000000003
`;

describe('the configuration', () => {
  it('comes from the file, a profile laid over its root', async () => {
    const env = { ...without, SCW_CONFIG_PATH: write(full) };
    const plain = await scw('iam policy list', { env });
    expect([plain.code, plain.stderr, plain.requests[0]?.headers['x-auth-token']]).toEqual([0, '', secretKey]);
    for (const [words, more] of [
      ['iam policy list -p staging', {}],
      ['iam policy list', { SCW_PROFILE: 'staging' }],
    ] as const) {
      const { requests } = await scw(words, { env: { ...env, ...more } });
      expect(requests[0]?.headers['x-auth-token']).toBe('6f0c0000-0000-4000-8000-000000000003');
    }
  });

  it('the active profile counts when none is typed', async () => {
    const env = { ...without, SCW_CONFIG_PATH: write(`active_profile: staging\n${full}`) };
    expect((await scw(line, { env })).requests[0]?.headers['x-auth-token']).toMatch(/3$/);
    expect((await scw(`${line} -p default`, { env })).requests[0]?.headers['x-auth-token']).toBe(secretKey);
  });

  it('the environment beats the file, a typed profile too', async () => {
    const other = '6f0c0000-0000-4000-8000-00000000000f';
    const env = { SCW_SECRET_KEY: other, SCW_CONFIG_PATH: write(full) };
    expect((await scw(`${line} -p staging`, { env })).requests[0]?.headers['x-auth-token']).toBe(other);
  });

  it('-c beats SCW_CONFIG_PATH', async () => {
    const env = { ...without, SCW_CONFIG_PATH: '/nowhere' };
    expect((await scw([...line.split(' '), '-c', write(full)], { env })).code).toBe(0);
  });

  it('warns once, on standard error, of a file that others may read', async () => {
    const path = write(full, { mode: 0o644 });
    const { stderr, stdout } = await scw(line, { env: { ...without, SCW_CONFIG_PATH: path } });
    expect(stderr.split('\n').filter((text) => text !== '')).toHaveLength(2);
    expect(stderr).toContain(`chmod 0600 ${path}`);
    expect(stdout).toBe('[]\n');
  });

  it('SCW_INSECURE that is neither true nor false is told of', async () => {
    expect((await scw(line, { env: { SCW_INSECURE: 'perhaps' } })).stderr).toContain("SCW_INSECURE is 'perhaps'");
  });

  it('the User-Agent may be replaced', async () => {
    const agent = (await scw(line)).requests[0]?.headers['user-agent'];
    expect(agent).toMatch(/^bailiwick-sdk\/\S+ \(node\S+; \w+; \w+\) bailiwick-cli\/\S+$/);
    expect((await scw(line, { env: { SCW_USER_AGENT: 'mine/1' } })).requests[0]?.headers['user-agent']).toBe('mine/1');
  });
});

const refused: readonly (readonly [
  title: string,
  env: Record<string, string | undefined>,
  file: string | null,
  error: string,
])[] = [
  ['no credentials', without, null, 'No credentials provided\n'],
  ['an access key alone', { SCW_SECRET_KEY: undefined }, null, 'Secret key is required\n'],
  ['a secret key alone', { SCW_ACCESS_KEY: undefined }, null, 'Access key cannot be empty\n'],
  ['an empty access key', { SCW_ACCESS_KEY: '' }, null, 'Access key cannot be empty\n'],
  [
    'a file that has no access key, whatever the environment has',
    {},
    `secret_key: ${secretKey}\n`,
    'Access key cannot be empty\n',
  ],
  [
    'a bad access key',
    { SCW_ACCESS_KEY: 'X' },
    null,
    "Invalid access key format 'X', expected SCWXXXXXXXXXXXXXXXXX format\n",
  ],
  [
    'a bad secret key, without repeating it',
    { SCW_SECRET_KEY: 'tell-nobody' },
    null,
    'Invalid secret key format, expected a UUID: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n',
  ],
  ['no organization', { SCW_DEFAULT_ORGANIZATION_ID: undefined }, null, 'Organization ID is required\n'],
  [
    'a bad organization',
    { SCW_DEFAULT_ORGANIZATION_ID: 'x' },
    null,
    "Invalid organization ID format 'x', expected a UUID",
  ],
  ['a bad project', { SCW_DEFAULT_PROJECT_ID: 'x' }, null, "Invalid project ID format 'x', expected a UUID"],
  ['a bad region', { SCW_DEFAULT_REGION: 'x' }, null, "Invalid default region format 'x'"],
  ['a bad address', { SCW_API_URL: 'ftp://x' }, null, "Invalid API url 'ftp://x'\n"],
  [
    'an address that ends in a slash',
    { SCW_API_URL: 'http://x/' },
    null,
    "Invalid API url 'http://x/' it should not have a trailing slash\n",
  ],
  ['no address', { SCW_API_URL: undefined }, null, 'No API address is configured\n\nDetails:\nGive it as SCW_API_URL'],
  ['a profile that is not there', { SCW_PROFILE: 'none' }, full, 'Given profile none does not exist\n'],
  ['a profile without a file', { SCW_PROFILE: 'none' }, null, 'Given profile none does not exist\n'],
  ['a file that is no YAML', {}, 'a: [', 'Content of config file '],
  ['a file that is no map', {}, '- a\n', 'Content of config file '],
  ['a key that is no text', {}, 'access_key: [a]\n', 'Content of config file '],
];

describe('is refused before anything is sent:', () => {
  it.each(refused)('%s', async (_title, env, file, error) => {
    const path = file === null ? {} : { SCW_CONFIG_PATH: write(file) };
    const { code, stdout, stderr, requests } = await scw('iam policy list', { env: { ...env, ...path } });
    expect([code, stdout, requests]).toEqual([1, '', []]);
    expect(stderr.slice(0, error.length)).toBe(error);
    expect(stderr).not.toContain('tell-nobody');
  });

  it('credentials come before arguments', async () => {
    expect((await scw('iam user get U foo=bar', { env: without })).stderr).toMatch(/^No credentials provided/);
  });
});

describe('cli.yaml', () => {
  const preferences = (content: string) => ({ SCW_CLI_CONFIG_PATH: write(content, { name: 'cli.yaml' }) });

  it('sets the format, and a typed one beats it', async () => {
    const env = preferences('output: json\n');
    expect((await scw('iam policy list', { env })).stdout).toBe('[]\n');
    expect((await scw('iam policy list -o human=ID', { env })).stdout).toBe('ID\n');
  });

  it('expands aliases wherever they stand', async () => {
    const env = preferences('alias:\n  aliases:\n    ipl: [iam, policy, list]\n    ls: [list]\n');
    expect((await scw('ipl', { env })).requests).toHaveLength(1);
    expect((await scw('iam policy ls', { env })).requests).toHaveLength(1);
    expect((await scw('iam policy list policy-name=ls', { env })).requests[0]?.url).toContain('policy_name=ls');
  });

  it('a wrong one fails', async () => {
    for (const content of ['output: xml\n', 'output: [', '- a\n', 'output: [a]\n', 'alias:\n  aliases:\n    a: b\n']) {
      const { code, requests } = await scw('iam policy list', { env: preferences(content) });
      expect([code, requests]).toEqual([1, []]);
    }
  });
});
