import { existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Reply, scw } from './support/cli.ts';
import { createHome } from './support/home.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

describe('words after a command that takes none', () => {
  it.each([
    'config destroy staging',
    'config reset staging',
    'config destroy foo=bar',
    'config validate foo',
    'config profile list foo',
    'version foo',
  ])('%s is refused, and nothing is done', async (line) => {
    const home = createHome();
    home.write('access_key: SCWEXAMPLEEXAMPLE000\n');
    const { code, stderr } = await home.run(line);
    expect([code, stderr.split('\n')[0]]).toEqual([1, expect.stringMatching(/^Unknown argument '(staging|foo)'$/)]);
    expect(home.read()).toBe('access_key: SCWEXAMPLEEXAMPLE000\n');
  });
});

describe('a switch', () => {
  it.each(['--yes=no', '--yes=', '--prune=flase', '--debug=foo', '-D=foo'])(
    '%s is neither on nor off',
    async (flag) => {
      const { code, stderr, requests } = await scw(['iam', 'apply', '-f', 'x.yaml', flag]);
      expect([code, requests]).toEqual([1, []]);
      expect(stderr).toMatch(/^Invalid argument ".*" for "--(yes|prune|debug)" flag: it takes true or false\n$/);
    },
  );

  it.each(['--debug=false', '--debug=0', '-D=F'])('%s is off', async (flag) => {
    expect((await scw(['iam', 'user', 'get', 'U', flag])).stderr).toBe('');
  });
});

describe('what may be a secret is not repeated', () => {
  const secret = '11111111-2222-4333-8444-555555555555';
  it.each([
    [`iam user update-password x password.foo=${secret}`, {}],
    [`config set secret-key.x=${secret}`, {}],
    [`config set access-key=${secret}`, {}],
    ['iam user list', { SCW_ACCESS_KEY: secret }],
    ['iam user list', { SCW_API_URL: `http://ada:${secret}@127.0.0.1:1` }],
  ])('%s %j', async (line, env) => {
    const { code, stdout, stderr } = await scw(line, { env });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(secret);
  });

  it('a switch that shows secrets is none itself', async () => {
    expect((await scw('config get')).stderr).toContain('show-secret=false');
  });
});

describe('an address', () => {
  it.each(['http://127.0.0.1:1 ', ' http://127.0.0.1:1', 'http://127.0.0.1 :1'])('%j is none', async (url) => {
    const { code, stderr } = await scw('iam user list', { env: { SCW_API_URL: url } });
    expect([code, stderr]).toEqual([1, `Invalid API url '${url}'\n`]);
  });
});

describe('something else in place of the API', () => {
  it('sends calls elsewhere', async () => {
    const reply = (): Reply => ({ status: 301, headers: { location: 'https://iam.example.org/x?y' }, body: '' });
    const { code, stderr } = await scw('iam user get U', { reply });
    expect([code, stderr.split('\n')[0]]).toEqual([1, '301 Moved Permanently']);
    expect(stderr).toContain('The server sends calls on to https://iam.example.org, which are not followed');
  });

  it('is a page for people', async () => {
    const reply = (): Reply => ({ headers: { 'content-type': 'text/html' }, body: '<html>' });
    const { code, stderr } = await scw('iam user get U', { reply });
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'The answer is a web page']);
  });
});

describe('a file to export to', () => {
  const page = (): Reply => ({ body: { total_count: 0 } });
  const exportTo = async (path: string) => {
    const { code, stderr } = await scw(['iam', 'export', '--file', path], { reply: page });
    expect([code, stderr]).toEqual([0, '']);
  };

  it('stays the link that it is, and keeps who may read it', async () => {
    const folder = temporaryFolder();
    const [target, link] = [join(folder, 'target.yaml'), join(folder, 'link.yaml')];
    writeFileSync(target, 'old', { mode: 0o600 });
    symlinkSync('target.yaml', link);
    await exportTo(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([readFileSync(target, 'utf8').includes('version: 1'), statSync(target).mode & 0o777]).toEqual([true, 0o600]);
  });

  it('that is no file is written to', async () => {
    await exportTo('/dev/null');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('in a folder that is not there makes none', async () => {
    const path = join(temporaryFolder(), 'nowhere/x.yaml');
    const { code, stderr } = await scw(['iam', 'export', '--file', path], { reply: page });
    expect([code, stderr]).toEqual([1, `Cannot write ${path}: no such file or directory\n`]);
    expect(existsSync(join(path, '..'))).toBe(false);
  });
});
