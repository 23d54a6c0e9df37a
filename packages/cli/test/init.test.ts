import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { organization, project, type Reply, type Request, scw, secretKey } from './support/cli.ts';
import { createHome } from './support/home.ts';
import { onTerminal } from './support/pseudo-terminal.ts';

const access = 'SCWEXAMPLEEXAMPLE000';
const otherProject = '0c0ffee0-0000-4000-8000-00000000000c';
const keys = `secret-key=${secretKey} access-key=${access} organization-id=${organization}`;
const quiet = 'with-ssh-key=false install-autocomplete=false';

/** A service that knows the key and two projects. */
const service = ({ url }: Pick<Request, 'url'>): Reply => {
  if (url.startsWith('/iam/v1alpha1/api-keys/')) return { body: { default_project_id: project } };
  if (!url.startsWith('/account/v3/projects')) return { status: 404 };
  const projects = [
    { id: otherProject, name: 'other' },
    { id: project, name: 'mine' },
  ];
  return { body: { projects, total_count: 2 } };
};

describe('a question at a terminal', () => {
  const install = (typed: string) => {
    const home = createHome();
    return onTerminal(['autocomplete', 'install', 'shell=bash'], { HOME: home.folder }, [['Add them? [Y/n]', typed]]);
  };

  it('is answered yes by the return key, and no by Ctrl-D', async () => {
    expect((await install('\r')).code).toBe(0);
    const { code, screen } = await install('\u0004');
    expect([code, screen]).toEqual([1, expect.stringMatching(/\[Y\/n\] \r\n.*Installation of completion canceled/)]);
  });
});

describe('init without a terminal', () => {
  it('takes everything from its arguments and asks the API at the new address for the project', async () => {
    const home = createHome();
    const { code, stdout, stderr, requests } = await scw(`init ${keys} ${quiet}`, {
      reply: service,
      env: { HOME: home.folder },
    });
    expect([code, stdout, stderr]).toEqual([0, '✅ Initialization completed.\n', '']);
    expect(requests.map(({ url, headers }) => [url, headers['x-auth-token']])).toEqual([
      [`/iam/v1alpha1/api-keys/${access}`, secretKey],
    ]);
    expect(parse(home.read()!)).toEqual({
      access_key: access,
      secret_key: secretKey,
      api_url: expect.stringMatching(/^http:\/\/127/),
      default_organization_id: organization,
      default_project_id: project,
      default_region: 'fr-par',
      default_zone: 'fr-par-1',
    });
    expect(home.mode(home.path)).toBe('600');
  });

  it('takes a line of standard input for each missing answer, and says what is wrong with one', async () => {
    const home = createHome();
    const stdin = ['ftp://x', 'http://127.0.0.1:1', 'tell-nobody', secretKey, access, organization, 'perhaps', 'n', ''];
    const { code, stdout, stderr } = await home.run('init with-ssh-key=false', { stdin: stdin.join('\n') });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('✅ Initialization completed.\n  The API did not answer'),
    ]);
    expect(stderr.split('\n')).toEqual([
      "invalid API url 'ftp://x'",
      expect.stringContaining('invalid secret key format'),
      'Set up completion in your shell? The answer is yes or no.',
      '',
    ]);
    expect(parse(home.read()!)).toMatchObject({ api_url: 'http://127.0.0.1:1', default_project_id: organization });
  });

  it('keeps what it does not ask for', async () => {
    const home = createHome();
    const before = `# Mine\napi_url: http://127.0.0.1:1\nsend_telemetry: false\ndefault_region: nl-ams\ncolour: red\nsecret_key: old\n`;
    home.write(before);
    await home.run(`init ${keys} ${quiet} project-id=${project}`);
    expect(home.read()).toContain('# Mine\n');
    expect(parse(home.read()!)).toMatchObject({
      api_url: 'http://127.0.0.1:1',
      send_telemetry: false,
      default_region: 'nl-ams',
      default_zone: 'fr-par-1',
      colour: 'red',
      secret_key: secretKey,
    });
    await home.run(`init ${keys} ${quiet} project-id=${project} region=fr-par send-telemetry=true`);
    expect(parse(home.read()!)).toMatchObject({ send_telemetry: true, default_region: 'fr-par' });
  });

  it('sets up the profile that is named; a new file begins with it', async () => {
    const home = createHome();
    const line = `init ${keys} ${quiet} project-id=${project} api-url=http://127.0.0.1:1`;
    await home.run(`${line} -p staging`);
    expect(parse(home.read()!)).toMatchObject({
      active_profile: 'staging',
      profiles: { staging: { access_key: access } },
    });
    await home.run(`${line} -p second`);
    expect(parse(home.read()!)).toMatchObject({
      active_profile: 'staging',
      profiles: { second: { access_key: access } },
    });
  });

  it.each([
    ['', 'API address is required'],
    ['api-url=http://x', 'Secret key is required'],
    [`api-url=http://x secret-key=${secretKey}`, 'Access key is required'],
    [`api-url=http://x secret-key=${secretKey} access-key=${access}`, 'Organization ID is required'],
    [`${keys} api-url=http://x/`, "Invalid API url 'http://x/' it should not have a trailing slash"],
    ['api-url=http://x secret-key=tell-nobody', 'Invalid secret key format'],
    [`${keys} api-url=http://x project-id=x`, "Invalid project-id 'x'"],
  ])('refuses what is incomplete or wrong before it writes: %s', async (words, error) => {
    const home = createHome();
    const { code, stderr } = await home.run(`init ${words}`.trim());
    expect([code, stderr.slice(0, error.length), home.read()]).toEqual([1, error, null]);
    expect(stderr).not.toContain('tell-nobody');
  });

  it('what fails afterwards is a detail of the success', async () => {
    const home = createHome();
    const line = `init ${keys} project-id=${project} api-url=http://127.0.0.1:1 install-autocomplete=false`;
    const { code, stdout } = await home.run(`${line} -o json`);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        message: 'initialization completed.',
        details: 'Except for SSH key: could not find an SSH key at ~/.ssh/id_rsa.pub',
      },
    ]);
    expect((await home.run(line)).stdout).toMatch(/^✅ .*\n {2}Except for SSH key: /);
  });

  it('adds the SSH key of the home folder, with the next line as the answer', async () => {
    const run = async (stdin: string) => {
      const home = createHome();
      mkdirSync(join(home.folder, '.ssh'));
      writeFileSync(join(home.folder, '.ssh/id_ed25519.pub'), 'ssh-ed25519 AAAA me\n');
      return await scw(`init ${keys} project-id=${project}`, { stdin, env: { HOME: home.folder } });
    };
    const no = await run('n\nn\n');
    expect([no.code, no.stdout]).toEqual([
      0,
      expect.stringContaining('Except for SSH key: installation of SSH key canceled'),
    ]);
    const yes = await run('n\ny\n');
    expect(yes.stdout).toBe('✅ Initialization completed.\n');
    expect(yes.requests.at(-1)?.body).toMatchObject({ public_key: 'ssh-ed25519 AAAA me\n', project_id: project });
  });

  it('-D shows no secret', async () => {
    const home = createHome();
    const { stderr } = await scw(`-D init ${keys} ${quiet}`, { reply: service, env: { HOME: home.folder } });
    expect(stderr).toContain('x-auth-token: 6f0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx');
    expect(stderr).not.toContain(secretKey);
  });
});

// `script` of other systems takes other flags.
describe.skipIf(process.platform !== 'linux')('init on a terminal', () => {
  const server = createServer((request, response) => {
    const { status = 200, body } = service({ url: request.url ?? '' });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  let address = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('asks, explains wrong answers, lets choose the project, and never shows the secret', async () => {
    const home = createHome();
    home.write(`# Mine\nsecret_key: 7a0c0000-0000-4000-8000-00000000000f\naccess_key: SCWFROMFILE000000000\n`);
    const { code, screen } = await onTerminal(['init', 'with-ssh-key=false'], { HOME: home.folder }, [
      ['Override it?', '\r'],
      ['Address of the API', 'nonsense\r'],
      ["invalid API url 'nonsense'", `\u0015${address}\r`],
      ['Secret key', 'tell-nobody\r'],
      ['invalid secret key format', `${secretKey}\r`],
      ['Access key', `${access}\r`],
      ['Organization ID', `${organization}\r`],
      ['mine', 'k\r'],
      ['Set up completion', 'n'],
    ]);
    expect([code, screen]).toEqual([0, expect.stringContaining('Initialization completed.')]);
    expect(screen).toContain('7a0c0000-xxxx-xxxx-xxxx-xxxxxxxxxxxx');
    for (const secret of [secretKey, 'tell-nobody', '7a0c0000-0000']) expect(screen).not.toContain(secret);
    expect(home.read()).toMatch(/^# Mine\n/);
    expect(parse(home.read()!)).toMatchObject({
      api_url: address,
      secret_key: secretKey,
      access_key: access,
      default_organization_id: organization,
      default_project_id: otherProject,
    });
  });

  it('no to the first question changes nothing', async () => {
    const home = createHome();
    home.write('api_url: http://x\n');
    const { code, screen } = await onTerminal(['init'], { HOME: home.folder }, [['Override it?', 'n']]);
    expect([code, home.read()]).toEqual([1, 'api_url: http://x\n']);
    expect(screen).toContain('Initialization canceled');
  });

  it('Ctrl-C ends with 130 and writes nothing', async () => {
    const home = createHome();
    const { code } = await onTerminal(['init', `api-url=${address}`], { HOME: home.folder }, [
      ['Secret key', '6f0\u0003'],
    ]);
    expect([code, home.read()]).toEqual([130, null]);
  });

  it('Ctrl-D at a question is the same, without a word of the insides', async () => {
    const home = createHome();
    const { code, screen } = await onTerminal(['init', `api-url=${address}`], { HOME: home.folder }, [
      ['Secret key', '\u0004'],
    ]);
    expect([code, home.read()]).toEqual([130, null]);
    expect(screen).not.toMatch(/await|file:\/\//);
  });

  it('asks nothing where the questions would go elsewhere, so that no answer is shown', async () => {
    const home = createHome();
    const log = join(home.folder, 'log');
    const { code } = await onTerminal(['init', `api-url=${address}`], { HOME: home.folder, NO_COLOR: '1' }, [], log);
    expect([code, readFileSync(log, 'utf8'), home.read()]).toEqual([1, 'Secret key is required\n', null]);
  });
});
