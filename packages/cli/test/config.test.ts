import { chmodSync, lstatSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keys } from '../src/client/settings.ts';
import { ownCommands } from '../src/own/table.ts';
import { organization, scw, secretKey } from './support/cli.ts';
import { createHome } from './support/home.ts';

const masked = '6f0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
const other = '7a0c0000-0000-4000-8000-00000000000f';
const mine = `# My services
access_key: SCWEXAMPLEEXAMPLE000 # of the robot
secret_key: ${secretKey}
my_own_key: [1, 2]

# Elsewhere
profiles:
  staging:
    # slow
    secret_key: ${other}
    note: keep
`;

describe('config set', () => {
  it('makes the file, which nobody else may read', async () => {
    const home = createHome();
    const { code, stdout, stderr } = await home.run('config set api-url=http://127.0.0.1:8080 insecure=true');
    expect([code, stdout, stderr]).toEqual([0, '✅ Configuration updated.\n', '']);
    expect(home.read()).toBe('api_url: http://127.0.0.1:8080\ninsecure: true\n');
    expect([home.mode(home.path), home.mode(dirname(home.path))]).toEqual(['600', '700']);
  });

  it('keeps comments, unknown keys and everything that was not typed', async () => {
    const home = createHome();
    home.write(mine);
    await home.run('config set access-key=SCWFROMFILE000000000');
    expect(home.read()).toBe(mine.replace('SCWEXAMPLEEXAMPLE000', 'SCWFROMFILE000000000'));
    await home.run('-p staging config set api-url=http://x');
    expect(home.read()).toContain('    note: keep\n    api_url: http://x\n');
    expect(home.read()).toContain('    # slow\n');
  });

  it('makes a profile where there is none, and one that is a reference a profile of its own', async () => {
    const home = createHome();
    await home.run('-p first config set api-url=http://x');
    expect(home.read()).toBe('profiles:\n  first:\n    api_url: http://x\n');
    home.write('profiles:\n  a: &same\n    api_url: http://x\n  b: *same\n  1: {}\n');
    await home.run('-p b config set api-url=http://y');
    await home.run('-p 1 config set api-url=http://z');
    expect((await home.run('config profile list -o json')).stdout).toMatch(
      /"name":"1".*"http:\/\/z".*"name":"a".*"http:\/\/x".*"name":"b".*"http:\/\/y"/,
    );
  });

  it('takes names as the file spells them', async () => {
    const home = createHome();
    await home.run('config set default_region=nl-ams api_url=http://x_y/a_b');
    expect(home.read()).toBe('api_url: http://x_y/a_b\ndefault_region: nl-ams\n');
  });

  it.each([
    ['access-key=x', "Invalid access key format 'x', expected SCWXXXXXXXXXXXXXXXXX format\n"],
    ['secret-key=tell-nobody', 'Invalid secret key format, expected a UUID'],
    ['secret-key=tell-nobody secret-key=tell-nobody', "Cannot unmarshal arg 'secret-key': duplicate argument\n"],
    ['api-url=http://x/', "Invalid API url 'http://x/' it should not have a trailing slash\n"],
    ['api-url', "Invalid API url ''\n"],
    ['default-organization-id=x', "Invalid organization ID format 'x'"],
    ['insecure=yes', "Invalid value for 'insecure' argument: invalid boolean value\n"],
    ['default-region=x', "Invalid value 'x' for arg 'default-region'\n"],
    ['colour=red', "Unknown argument 'colour'\n"],
  ])('refuses %s and writes nothing', async (words, error) => {
    const home = createHome();
    const { code, stderr } = await home.run(`config set ${words}`);
    expect([code, stderr.slice(0, error.length), home.read()]).toEqual([1, error, null]);
    expect(stderr).not.toContain('tell-nobody');
  });

  it('says that nothing was typed', async () => {
    const home = createHome();
    const { code, stdout } = await home.run('config set');
    expect([code, stdout, home.read()]).toEqual([0, '✅ Nothing changed: no setting was typed.\n', null]);
  });

  it('knows every key of a profile', () => {
    const set = ownCommands.find(({ own }) => own === 'config.set');
    expect(set?.arguments.map(({ name }) => name.replaceAll('-', '_')).toSorted()).toEqual(keys.toSorted());
  });

  it('follows a link, leaves nothing beside the file, and tells when it may not write', async () => {
    const home = createHome();
    const path = home.write(mine);
    renameSync(path, join(home.folder, 'real.yaml'));
    symlinkSync(join(home.folder, 'real.yaml'), path);
    await home.run('config set api-url=http://x');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['config.yaml']);
    expect(readdirSync(home.folder).toSorted()).toEqual(['.config', 'real.yaml']);
    const { code, stderr } = await home.run(['-c', join(path, 'config.yaml'), 'config', 'set', 'api-url=http://x']);
    expect([code, stderr]).toEqual([
      1,
      `Cannot change config file ${path}/config.yaml: a folder of its path is a file\n`,
    ]);
  });
});

describe('config get and unset', () => {
  it('work on the profile itself, the secret masked', async () => {
    const home = createHome();
    home.write(mine);
    const get = async (words: string) => (await home.run(`config get ${words}`)).stdout;
    expect(await get('access-key')).toBe('SCWEXAMPLEEXAMPLE000\n');
    expect(await get('access_key')).toBe('SCWEXAMPLEEXAMPLE000\n');
    expect(await get('-p staging access-key')).toBe('-\n');
    expect(await get('-p staging access-key -o json')).toBe('null\n');
    expect(await get('secret-key')).toBe(`${masked}\n`);
    expect(await get('key=secret_key -o json')).toBe(`"${masked}"\n`);
    expect(await get('secret-key show-secret=true')).toBe(`${secretKey}\n`);
    expect(await get('access-key api-url -o json')).toBe('["SCWEXAMPLEEXAMPLE000",null]\n');
    expect((await home.run('config unset secret_key')).stdout).toBe('✅ Setting secret-key removed.\n');
    expect((await home.run('config unset secret-key')).stdout).toBe('✅ Nothing changed: secret-key was not set.\n');
    expect(home.read()).toBe(mine.replace(`secret_key: ${secretKey}\n`, ''));
    expect((await home.run('config unset secret-key -p staging')).code).toBe(0);
    expect(home.read()).not.toContain(other);
  });

  it('refuse what is not there', async () => {
    const home = createHome();
    expect((await home.run('config get api-url')).stderr).toBe(
      `Cannot read config file ${home.path}: no such file or directory\n`,
    );
    home.write(mine);
    expect((await home.run('config get api-url -p none')).stderr).toBe('Given profile none does not exist\n');
    expect((await home.run('config unset api-url -p none')).code).toBe(1);
    expect((await home.run('config get colour')).stderr).toContain("Accepted values for 'key' are [access-key ");
    expect((await home.run('config get')).stderr).toContain('A positional argument is required');
  });
});

describe('config dump and info', () => {
  it('mask secrets in every format unless told otherwise', async () => {
    const home = createHome();
    home.write(`${mine}# secret_key: ${other}\n`);
    for (const command of ['config dump', 'config info', 'info', 'config dump -p staging', 'info -p staging -D']) {
      for (const format of ['human', 'json', 'json=pretty', 'yaml']) {
        const { code, stdout, stderr } = await home.run(`${command} -o ${format}`);
        expect([code, stdout + stderr]).not.toContain(secretKey);
        expect(stdout + stderr).not.toContain(other);
        expect(stdout).toContain('-xxxx-xxxx-xxxx-xxxxxxxxxxxx');
      }
      expect((await home.run(`${command} show-secret=true`)).stdout).toMatch(/-4000-8000-0000000000/);
    }
  });

  it('dump is the file, also for programs', async () => {
    const home = createHome();
    home.write(mine);
    const expected = { ...parse(mine), secret_key: masked };
    expected.profiles.staging.secret_key = '7a0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
    expect(parse((await home.run('config dump')).stdout)).toEqual(expected);
    expect(parse((await home.run('config dump -o yaml')).stdout)).toEqual(expected);
    expect(JSON.parse((await home.run('config dump -o json')).stdout)).toEqual(expected);
  });

  it('info merges, and names what the environment beats on standard error', async () => {
    const home = createHome();
    home.write(mine);
    const { stdout, stderr } = await home.run('config info -p staging -o json', {
      env: { SCW_ACCESS_KEY: 'SCWFROMENV0000000000', SCW_API_URL: 'http://e' },
    });
    expect(JSON.parse(stdout)).toEqual({
      ConfigPath: home.path,
      ProfileName: 'staging',
      Profile: {
        access_key: 'SCWFROMENV0000000000',
        secret_key: '7a0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
        api_url: 'http://e',
      },
    });
    expect(stderr).toBe('The environment beats the file for access_key (SCW_ACCESS_KEY).\n');
  });
});

describe('info', () => {
  it('tells where each setting comes from', async () => {
    const home = createHome();
    home.write(`active_profile: staging\n${mine}`);
    const { stdout } = await home.run('info -o json', { env: { SCW_API_URL: 'http://e' } });
    const { build_info, settings } = JSON.parse(stdout);
    expect(Object.keys(build_info)).toEqual(['runtime', 'os', 'arch', 'version']);
    expect(settings).toEqual([
      { key: 'config_path', value: home.path, origin: 'default' },
      { key: 'profile', value: 'staging', origin: 'active_profile in config file' },
      { key: 'api_url', value: 'http://e', origin: 'env (SCW_API_URL)' },
      { key: 'default_region', value: '', origin: '' },
      { key: 'default_zone', value: '', origin: '' },
      { key: 'default_organization_id', value: '', origin: '' },
      { key: 'default_project_id', value: '', origin: '' },
      { key: 'access_key', value: 'SCWEXAMPLEEXAMPLE000', origin: 'default profile' },
      { key: 'secret_key', value: '7a0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx', origin: 'profile (staging)' },
    ]);
    const flags = await home.run(['info', '-c', home.path, '-p', 'default']);
    expect(flags.stdout).toMatch(/^Build Info:\n(?:\w+ .*\n){4}\nSettings:\nKEY +VALUE +ORIGIN\n/);
    expect(flags.stdout).toMatch(/config_path +\S+ +flag --config\/-c\nprofile +default +flag --profile\/-p\n/);
    const env = { SCW_CONFIG_PATH: home.path, SCW_PROFILE: 'staging' };
    expect((await home.run('info', { env })).stdout).toMatch(
      /env \(SCW_CONFIG_PATH\)\nprofile +staging +env \(SCW_PROFILE\)/,
    );
  });

  it('works where nothing is configured', async () => {
    const { code, stdout } = await createHome().run('info');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/profile +default +default\n/)]);
  });

  it('refuses a profile that is not there', async () => {
    expect((await createHome().run('info -p none')).stderr).toBe('Given profile none does not exist\n');
  });
});

describe('config profile', () => {
  const two = `active_profile: b\nprofiles:\n  b:\n    api_url: http://b\n    secret_key: ${secretKey}\n  a: {}\n`;

  it('lists named profiles by name, without keys', async () => {
    const home = createHome();
    home.write(two);
    const { stdout } = await home.run('config profile list');
    expect(stdout).toMatch(/^NAME +DEFAULT ZONE .* API URL\na +- .*\nb +- .*http:\/\/b\n$/);
    expect((await home.run('config profile list -o json')).stdout).not.toContain(secretKey);
    expect((await createHome().run('config profile list')).code).toBe(1);
  });

  it('activates one that is there; default is the root', async () => {
    const home = createHome();
    home.write(two);
    expect((await home.run('config profile activate a')).stdout).toBe('✅ Profile a activated.\n');
    expect(home.read()).toMatch(/^active_profile: a\n/);
    expect((await home.run('config profile activate none')).stderr).toBe('No profile named none\n');
    await home.run('config profile activate default');
    expect(home.read()).not.toContain('active_profile');
  });

  it('one that is deleted is no longer active', async () => {
    const home = createHome();
    home.write(two);
    expect((await home.run('config profile delete b')).stdout).toBe('✅ Profile b deleted.\n');
    expect(home.read()).toBe('profiles:\n  a: {}\n');
    expect((await home.run('config info')).code).toBe(0);
    expect((await home.run('config profile delete b')).stderr).toBe('No profile named b\n');
    expect((await home.run('config profile delete default')).stderr).toContain('cannot be deleted');
  });
});

describe('config import', () => {
  it('lays root over root and profiles over profiles', async () => {
    const home = createHome();
    home.write(mine);
    const file = join(home.folder, 'other.yaml');
    const more =
      'active_profile: new\napi_url: http://o\nprofiles:\n  new:\n    api_url: http://n\n  staging:\n    api_url: http://s\n';
    writeFileSync(file, more, { mode: 0o600 });
    const { code, stdout } = await home.run(['config', 'import', file, '-p', 'staging']);
    expect([code, stdout]).toEqual([0, '✅ Configuration imported.\n']);
    const expected = parse(mine);
    expected.api_url = 'http://o';
    expected.profiles.staging.api_url = 'http://s';
    expected.profiles.new = { api_url: 'http://n' };
    expect(parse(home.read()!)).toEqual(expected);
    expect(home.read()).toContain('# of the robot');
  });

  it('fills an empty place, and takes nothing from a file that is wrong', async () => {
    const home = createHome();
    const file = join(home.folder, 'other.yaml');
    writeFileSync(file, 'profiles:\n  p:\n    api_url: http://n\n', { mode: 0o600 });
    await home.run(['config', 'import', file]);
    expect(home.read()).toBe('profiles:\n  p:\n    api_url: http://n\n');
    for (const content of ['api_url: x\n', 'a: [', 'profiles: []\n', 'profiles:\n  p: x\n']) {
      writeFileSync(file, content);
      expect((await home.run(['config', 'import', file])).code).toBe(1);
    }
    expect((await home.run('config import /nowhere')).stderr).toBe(
      'Cannot read config file /nowhere: no such file or directory\n',
    );
    expect(home.read()).toBe('profiles:\n  p:\n    api_url: http://n\n');
  });
});

describe('config validate', () => {
  it.each([
    ['secret_key: tell-nobody\naccess_key: SCWEXAMPLEEXAMPLE000\n', 'Invalid secret key format', 'default'],
    ['profiles:\n  a: {}\n  b:\n    api_url: x\n', "Invalid API url 'x'", 'b'],
    ['profiles:\n  a:\n    insecure: perhaps\n', "Invalid insecure 'perhaps', expected true or false", 'a'],
    ['profiles:\n  a: text\n', 'Profile a is no map of keys and values', 'a'],
    [`secret_key: ${secretKey}\n`, 'Access key cannot be empty', 'default'],
  ])('tells the first error of %j and its profile', async (content, error, profile) => {
    const home = createHome();
    home.write(content);
    const { code, stderr } = await home.run('config validate');
    expect([code, stderr.slice(0, error.length)]).toEqual([1, error]);
    expect(stderr).toContain(`profile ${profile} of ${home.path}`);
    expect(stderr).not.toContain('tell-nobody');
  });

  it('refuses an active profile that is not there, and files that are none', async () => {
    const home = createHome();
    for (const content of ['active_profile: none\n', 'profiles: [a]\n', '- a\n', 'a: &a [*a]\n', 'a: *b\n']) {
      home.write(content);
      const { code, stderr } = await home.run('config validate');
      expect([content, code, stderr]).toEqual([content, 1, expect.stringMatching(/^[A-Z].*\n(?:\nHint:\n.*\n)?$/)]);
    }
  });

  it('is content with a good one', async () => {
    const home = createHome();
    home.write(mine);
    expect((await home.run('config validate')).stdout).toBe('✅ Configuration is valid.\n');
    expect((await home.run('config validate -o json')).stdout).toBe(
      '{"message":"configuration is valid.","details":""}\n',
    );
  });
});

describe('config reset, destroy and edit', () => {
  it('empty and delete the file in force, also one that is broken', async () => {
    const home = createHome();
    const elsewhere = join(home.folder, 'elsewhere.yaml');
    writeFileSync(elsewhere, 'a: [', { mode: 0o644 });
    home.write(mine);
    expect((await home.run(['config', 'reset', '-c', elsewhere])).stdout).toBe('✅ Configuration emptied.\n');
    expect((await home.run(['config', 'dump', '-c', elsewhere, '-o', 'json'])).stdout).toBe('{}\n');
    expect(home.mode(elsewhere)).toBe('600');
    expect((await home.run(['config', 'destroy', '-c', elsewhere])).stdout).toBe('✅ Configuration file deleted.\n');
    expect((await home.run(['config', 'destroy', '-c', elsewhere])).stderr).toBe(
      `Cannot remove ${elsewhere}: no such file or directory\n`,
    );
    expect((await home.run(['config', 'reset', '-c', elsewhere])).code).toBe(1);
    expect(home.read()).toBe(mine);
  });

  it('edit starts VISUAL, else EDITOR, and checks what comes out of it', async () => {
    const home = createHome();
    const editor = join(home.folder, 'my editor');
    writeFileSync(editor, '#!/bin/sh\necho "$1" > "$2"\n');
    chmodSync(editor, 0o755);
    const env = { VISUAL: `'${editor}' 'api_url: http://x'`, EDITOR: 'false' };
    expect((await home.run('config edit', { env })).stdout).toBe('✅ Configuration edited.\n');
    expect([home.read(), home.mode(home.path)]).toEqual(['api_url: http://x\n', '600']);
    const wrong = await home.run('config edit', { env: { EDITOR: `'${editor}' 'api_url: x'` } });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Mend it with: scw config edit')]);
    const failed = await home.run('config edit', { env: { EDITOR: 'false' } });
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("editor 'false' ended with exit code 1")]);
  });
});

it('without a home folder the commands say what to set', async () => {
  const { code, stderr } = await createHome().run('config set api-url=http://x', { env: { HOME: undefined } });
  expect([code, stderr]).toEqual([1, expect.stringContaining('set HOME or SCW_CONFIG_PATH, or use -c')]);
});

it('a line that is proposed does not repeat a password', async () => {
  const { stderr } = await scw('iam user update-password password=tell-nobody');
  expect(stderr).toContain('Try running: scw iam user update-password <user-id> password=…');
  expect(stderr).not.toContain('tell-nobody');
});

it('what is set is what calls use', async () => {
  const home = createHome();
  await home.run(`config set access-key=SCWEXAMPLEEXAMPLE000 secret-key=${secretKey}`);
  await home.run(`config set default-organization-id=${organization}`);
  const { requests } = await scw('iam policy list', {
    env: {
      HOME: home.folder,
      SCW_ACCESS_KEY: undefined,
      SCW_SECRET_KEY: undefined,
      SCW_DEFAULT_ORGANIZATION_ID: undefined,
    },
  });
  expect(requests[0]?.headers['x-auth-token']).toBe(secretKey);
  expect(requests[0]?.url).toContain(`organization_id=${organization}`);
});
