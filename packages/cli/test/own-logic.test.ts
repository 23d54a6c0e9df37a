import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { organization, project, type Reply, type Request, scw } from './support/cli.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const iam = '/iam/v1alpha1';
const rules = [
  { id: 'r1', permission_set_names: ['A'], condition: '1 == 1', project_ids: ['p'] },
  { id: 'r2', permission_set_names: ['B', 'A'], condition: '', organization_id: organization },
];

/** A service with one policy of two rules, three keys and their bearers. */
function service({ method, url, body }: Request): Reply {
  const { pathname, searchParams } = new URL(url, 'http://x');
  if (method === 'PUT') return { body: { rules: body.rules } };
  if (pathname === `${iam}/rules`) {
    // Two pages, so that whoever reads one of them is found out.
    const page = Number(searchParams.get('page'));
    return { body: { rules: rules.slice(page - 1, page), total_count: rules.length } };
  }
  if (pathname === `${iam}/policies`) return { body: { policies: [{ id: 'P', name: 'readers' }], total_count: 1 } };
  if (pathname === `${iam}/policies/P`) return { body: { id: 'P', name: 'readers', no_principal: true } };
  if (pathname.startsWith(`${iam}/api-keys/`)) {
    const name = pathname.split('/').at(-1);
    return { body: { access_key: name, ...(name === 'OF-APP' ? { application_id: 'APP' } : { user_id: name }) } };
  }
  if (pathname.startsWith(`${iam}/users/`)) return { body: { type: pathname.endsWith('OWNER') ? 'owner' : 'member' } };
  return { body: {} };
}

const reply = (request: Request) => service(request);

describe('iam rule create', () => {
  it('sends the old rules, conditions and all, and the new one last', async () => {
    const line = 'iam rule create P permission-set-names.0=C project-ids.0=p condition=2==2';
    const { code, stdout, requests } = await scw(`${line} -o json`, { reply });
    expect(code).toBe(0);
    const put = requests.at(-1)!;
    expect([put.method, put.url]).toEqual(['PUT', `${iam}/rules`]);
    expect(put.body).toEqual({
      policy_id: 'P',
      rules: [
        { permission_set_names: ['A'], condition: '1 == 1', project_ids: ['p'] },
        { permission_set_names: ['B', 'A'], condition: '', organization_id: organization },
        { permission_set_names: ['C'], condition: '2==2', project_ids: ['p'] },
      ],
    });
    expect(JSON.parse(stdout)).toHaveLength(3);
  });

  it('of one rule only sends what was typed', async () => {
    const { requests } = await scw(`iam rule create P permission-set-names=none organization-id=${organization}`, {
      reply,
    });
    expect(requests.at(-1)?.body.rules.at(-1)).toEqual({
      permission_set_names: [],
      condition: '',
      organization_id: organization,
    });
  });

  it('refuses a policy whose rules it cannot set again', async () => {
    const root = (request: Request): Reply =>
      request.method === 'GET' ? { body: { rules: [{ id: 'x', account_root_user_id: 'u' }], total_count: 1 } } : {};
    const { code, requests } = await scw('iam rule create P permission-set-names.0=C', { reply: root });
    expect([code, requests.map(({ method }) => method)]).toEqual([1, ['GET']]);
  });
});

describe('iam rule delete', () => {
  it('sends all rules but one', async () => {
    const { stdout, requests } = await scw('iam rule delete P rule-id=r2', { reply });
    expect(requests.at(-1)?.body.rules).toEqual([
      { permission_set_names: ['A'], condition: '1 == 1', project_ids: ['p'] },
    ]);
    expect(stdout).toMatch(/^ID /);
  });

  it('of a rule that is not there changes nothing', async () => {
    const { code, stderr, requests } = await scw('iam rule delete P rule-id=zzz', { reply });
    expect([code, stderr]).toEqual([1, 'Rule zzz not found for given policy\n']);
    expect(requests.every(({ method }) => method === 'GET')).toBe(true);
    expect((await scw('iam rule delete P', { reply })).stderr).toBe('Rule  not found for given policy\n');
  });
});

describe('iam policy get', () => {
  it('shows the rules of all pages', async () => {
    const { stdout } = await scw('iam policy get P -o json', { reply });
    expect(stdout).toMatch(/,"Rules":\[.*\]\}\n$/);
    expect(JSON.parse(stdout).Rules.map(({ id }: { id: string }) => id)).toEqual(['r1', 'r2']);
  });

  it('has titles for people, and none when there are several', async () => {
    const one = (await scw('iam policy get P', { reply })).stdout;
    expect(one).toMatch(/^Policy:\nID +P\n/);
    expect(one).toMatch(/\n\nRules:\nID +PERMISSION SET NAMES/);
    const two = (await scw('iam policy get P P', { reply })).stdout;
    expect(two).not.toContain('Policy:');
    expect(two.match(/^Rules\.1\.PermissionSetNames\.0 +B$/gm)).toHaveLength(2);
  });
});

describe('iam api-key get', () => {
  it('shows the bearer and the permission sets of its policies', async () => {
    const { stdout, requests } = await scw('iam api-key get MEMBER -o json', { reply });
    expect(JSON.parse(stdout)).toMatchObject({
      APIKey: { access_key: 'MEMBER', user_id: 'MEMBER' },
      entity_type: 'member',
      policies: { 'readers (P)': ['A', 'B', 'A'] },
    });
    expect(requests.find(({ url }) => url.startsWith(`${iam}/policies?`))?.url).toBe(
      `${iam}/policies?order_by=policy_name_asc&organization_id=${organization}&page=1&user_ids=MEMBER`,
    );
    const people = (await scw('iam api-key get MEMBER', { reply })).stdout;
    expect(people).toMatch(/^Entity Type:\nmember\n\nApi Key:\nAccessKey +MEMBER\n/);
    expect(people).toMatch(/\n\nPolicies:\nreaders \(P\) {2}A A B\n$/);
  });

  it('an application is not asked for, its policies are', async () => {
    const { stdout, requests } = await scw('iam api-key get OF-APP -o json', { reply });
    expect(JSON.parse(stdout).entity_type).toBe('application');
    expect(requests.some(({ url }) => url.includes('/users/'))).toBe(false);
    expect(requests.some(({ url }) => url.includes('application_ids=APP'))).toBe(true);
  });

  it('the owner needs no policies, and they are not asked for in vain', async () => {
    const owner = await scw('iam api-key get OWNER -o json', { reply });
    expect(JSON.parse(owner.stdout)).toMatchObject({
      entity_type: 'owner (owner has all permissions over the organization)',
      policies: null,
    });
    expect(owner.requests).toHaveLength(2);
    const without = await scw('iam api-key get MEMBER with-policies=false', { reply });
    expect(without.requests).toHaveLength(2);
    expect(without.stdout).not.toContain('Policies:');
  });
});

describe('iam ssh-key init', () => {
  const publicKey = 'ssh-ed25519 AAAA me\n';
  const home = () => {
    const folder = temporaryFolder('scw-home');
    mkdirSync(join(folder, '.ssh'));
    writeFileSync(join(folder, '.ssh/id_ed25519.pub'), publicKey);
    return folder;
  };
  const none = (): Reply => ({ body: { ssh_keys: [], total_count: 0 } });

  it.each([undefined, '\n', 'y\n'])('adds the key of the home folder when the answer is %j', async (stdin) => {
    const setting = { reply: none, env: { HOME: home() }, ...(stdin !== undefined && { stdin }) };
    const { code, stdout, requests } = await scw('iam ssh-key init with-ssh-key=true', setting);
    expect([code, stdout]).toEqual([0, '✅ Key ~/.ssh/id_ed25519.pub successfully added.\n']);
    expect(requests[0]?.url).toBe(`${iam}/ssh-keys?page=1`);
    expect(requests.at(-1)?.body).toEqual({
      name: expect.stringMatching(/^key-[a-z]+-[a-z]+$/),
      public_key: publicKey,
      project_id: project,
    });
  });

  it('does nothing when the answer is no', async () => {
    const { code, stderr, requests } = await scw('iam ssh-key init', {
      reply: none,
      env: { HOME: home() },
      stdin: 'n\n',
    });
    expect([code, requests.length]).toEqual([1, 1]);
    expect(stderr).toMatch(
      /^Installation of SSH key canceled\n\nHint:\nAdd it later with: scw iam ssh-key create public-key=@/,
    );
  });

  it('does nothing when the key is there', async () => {
    const there = (): Reply => ({ body: { ssh_keys: [{ public_key: 'ssh-ed25519 AAAA' }], total_count: 1 } });
    const env = { HOME: home() };
    expect((await scw('iam ssh-key init', { reply: there, env })).stdout).toBe('-\n');
    expect((await scw('iam ssh-key init -o json', { reply: there, env })).stdout).toBe('null\n');
  });

  it('fails when there is no key', async () => {
    const { code, stderr } = await scw('iam ssh-key init', { reply: none });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Could not find an SSH key at ~\/\.ssh\/id_rsa\.pub\n\nHint:\n/);
  });
});
