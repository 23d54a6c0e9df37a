import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { signingCertificate } from '../../test-support/signing-certificate.ts';
import { callApi, type Json, type ServerProcess } from '../support/server-process.ts';

/** What a walk through the commands works with. */
export interface Walk {
  /** Types a line, words with blanks apart, and gives back the JSON of a line that works. */
  readonly scw: (line: string, ...values: readonly string[]) => Promise<Json>;
  readonly server: ServerProcess;
  /** False: the official command line walks, which has no commands for decisions and loses conditions of rules. */
  readonly isOurs: boolean;
}

const ids = (list: readonly Json[]) => list.map(({ id }) => id);

/** Every command with every argument, on the organization of a first start, which is as before in the end. */
export const commandWalks: Readonly<Record<string, (walk: Walk) => Promise<void>>> = {
  async projects({ scw, server }: Walk) {
    const organization = server.organizationId;
    const project = await scw(
      'account project create',
      'name=web',
      'description=The site',
      `organization-id=${organization}`,
    );
    expect(project).toMatchObject({ name: 'web', description: 'The site', organization_id: organization });
    const id = `project-id=${project.id}`;
    expect(await scw('account project update', id, 'name=site', 'description=')).toMatchObject({
      name: 'site',
      description: '',
    });
    expect(await scw('account project get', id)).toMatchObject({ id: project.id, name: 'site' });
    expect((await scw('account project get')).id).toBe(organization);
    const found = await scw(
      'account project list',
      ...['name=site', 'order-by=name_desc', `project-ids.0=${project.id}`, `organization-id=${organization}`],
    );
    expect(ids(found)).toEqual([project.id]);
    expect(await scw('account project delete', id)).toEqual({
      message: 'project has been successfully deleted.',
      details: '',
    });
  },

  async users({ scw, server }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const invited = await scw('iam user create', 'email=guest@example.org', 'tags.0=guest', organization);
    expect(invited).toMatchObject({ email: 'guest@example.org', status: 'invitation_pending', type: 'member' });
    const member = await scw(
      'iam user create',
      ...['member.email=ada@example.org', 'member.username=ada', 'member.password=correct horse battery', 'tags.0=a'],
      ...['member.send-password-email=false', 'member.send-welcome-email=false', 'member.first-name=Ada'],
      ...['member.last-name=Lovelace', 'member.phone-number=+33123456789', 'member.locale=en_US', organization],
    );
    expect(member).toMatchObject({ username: 'ada', first_name: 'Ada', last_name: 'Lovelace', tags: ['a'] });
    const changed = await scw(
      `iam user update ${member.id}`,
      ...['tags.0=b', 'tags.1=c', 'email=ada@example.com', 'first-name=A', 'last-name=L', 'phone-number=+33987654321'],
      'locale=fr_FR',
    );
    expect(changed).toMatchObject({ email: 'ada@example.com', first_name: 'A', locale: 'fr_FR', tags: ['b', 'c'] });
    expect((await scw(`iam user update-username ${member.id} username=countess`)).username).toBe('countess');
    await scw(`iam user update-password ${member.id}`, 'password=another long password');
    expect((await scw(`iam user lock ${member.id}`)).locked).toBe(true);
    expect((await scw(`iam user unlock user-id=${member.id}`)).locked).toBe(false);
    const found = await scw(
      'iam user list',
      ...['order-by=username_desc', `user-ids.0=${member.id}`, 'mfa=false', 'tag=b', 'type=member', organization],
      ...['page-size=1', 'page=1'],
    );
    expect(ids(found)).toEqual([member.id]);
    expect((await scw(`iam user get ${member.id}`)).username).toBe('countess');
    expect(await scw(`iam user delete ${member.id} ${invited.id}`)).toHaveLength(2);
    expect(ids(await scw('iam user list type=owner'))).toHaveLength(1);
  },

  async applications({ scw, server }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const made = await scw(
      'iam application create',
      'name=ci',
      'description=Builds',
      'tags.0=a',
      'tags.1=b',
      organization,
    );
    expect(made).toMatchObject({ name: 'ci', description: 'Builds', tags: ['a', 'b'], nb_api_keys: 0 });
    const changed = await scw(`iam application update ${made.id}`, 'name=cd', 'description=', 'tags=none');
    expect(changed).toMatchObject({ name: 'cd', description: '', tags: [] });
    await scw(`iam application update ${made.id} tags.0=c`);
    const found = await scw(
      'iam application list',
      ...['order-by=name_asc', 'name=cd', 'editable=true', `application-ids.0=${made.id}`, 'tag=c', organization],
      ...['page-size=1', 'page=9'],
    );
    expect(ids(found)).toEqual([made.id]);
    expect(await scw(`iam application get ${made.id}`)).toEqual(found[0]);
    await scw(`iam application delete ${made.id}`);
  },

  async groups({ scw, server }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const application = (await scw('iam application create name=member')).id;
    const user = (await scw('iam user create member.username=grace member.email=grace@example.org')).id;
    const group = await scw('iam group create', 'name=ops', 'description=On call', 'tags.0=a', organization);
    expect(group).toMatchObject({ name: 'ops', description: 'On call', user_ids: [], application_ids: [] });
    expect((await scw(`iam group add-member ${group.id} user-id=${user}`)).user_ids).toEqual([user]);
    expect((await scw(`iam group add-member ${group.id} application-id=${application}`)).application_ids).toEqual([
      application,
    ]);
    expect((await scw(`iam group remove-member ${group.id} user-id=${user}`)).user_ids).toEqual([]);
    expect((await scw(`iam group remove-member ${group.id} application-id=${application}`)).application_ids).toEqual(
      [],
    );
    const members = [`group-id=${group.id}`, `user-ids.0=${user}`, `application-ids.0=${application}`];
    const both = { user_ids: [user], application_ids: [application] };
    expect(await scw('iam group add-members', ...members)).toMatchObject(both);
    expect(await scw('iam group set-members', ...members)).toMatchObject(both);
    expect(await scw(`iam group update ${group.id}`, 'name=sre', 'description=x', 'tags.0=b')).toMatchObject({
      name: 'sre',
      description: 'x',
      tags: ['b'],
    });
    const found = await scw(
      'iam group list',
      ...['order-by=updated_at_desc', 'name=sre', `application-ids.0=${application}`, `user-ids.0=${user}`],
      ...[`group-ids.0=${group.id}`, 'tag=b', organization, 'page-size=10', 'page=1'],
    );
    expect(ids(found)).toEqual([group.id]);
    expect(await scw(`iam group get ${group.id}`)).toEqual(found[0]);
    await scw(`iam group delete ${group.id}`);
    await scw(`iam user delete ${user}`);
    await scw(`iam application delete ${application}`);
  },

  async 'policies and rules'({ scw, server, isOurs }: Walk) {
    const organization = server.organizationId;
    const project = (await scw('account project create name=policies')).id;
    const application = (await scw('iam application create name=reader')).id;
    const group = (await scw('iam group create name=readers')).id;
    const user = (await scw('iam user create member.username=linus member.email=linus@example.org')).id;
    const policy = await scw(
      'iam policy create',
      ...[
        'name=readers',
        'description=Who reads',
        'tags.0=a',
        `application-id=${application}`,
        `organization-id=${organization}`,
      ],
      ...['rules.0.permission-set-names.0=ObjectStorageReadOnly', `rules.0.project-ids.0=${project}`],
      ...['rules.0.condition=request.user_agent == "x"', 'rules.1.permission-set-names.0=IAMReadOnly'],
      `rules.1.organization-id=${organization}`,
    );
    expect(policy).toMatchObject({ name: 'readers', application_id: application, tags: ['a'] });
    const shown = await scw(`iam policy get ${policy.id}`);
    expect(shown.nb_rules).toBe(2);
    expect(shown.Rules).toMatchObject([
      {
        condition: 'request.user_agent == "x"',
        project_ids: [project],
        permission_set_names: ['ObjectStorageReadOnly'],
      },
      { condition: '', organization_id: organization, permission_set_names: ['IAMReadOnly'] },
    ]);
    for (const principal of [`user-id=${user}`, `group-id=${group}`]) {
      const other = await scw('iam policy create', principal);
      expect(other.name).toMatch(/^cli-pol-/);
      await scw(`iam policy delete ${other.id}`);
    }
    await scw(`iam policy delete ${(await scw('iam policy create no-principal=true')).id}`);
    await scw(`iam policy update ${policy.id}`, 'no-principal=true', 'name=nobody', 'description=d', 'tags.0=b');
    for (const principal of [`user-id=${user}`, `group-id=${group}`, `application-id=${application}`]) {
      const [name, id] = principal.split('=');
      expect((await scw(`iam policy update ${policy.id} ${principal}`))[name!.replaceAll('-', '_')]).toBe(id);
    }
    const found = await scw(
      'iam policy list',
      ...[
        'order-by=policy_name_desc',
        'editable=true',
        `application-ids.0=${application}`,
        'policy-name=nobody',
        'tag=b',
      ],
      ...[
        `policy-ids.0=${policy.id}`,
        `organization-id=${organization}`,
        'page-size=3',
        'page=1',
        'no-principal=false',
      ],
    );
    expect(ids(found)).toEqual([policy.id]);
    expect(await scw(`iam policy list user-ids.0=${user}`)).toEqual([]);
    expect(await scw(`iam policy list group-ids.0=${group}`)).toEqual([]);
    const clone = await scw(`iam policy clone policy-id=${policy.id}`);
    expect(clone.id).not.toBe(policy.id);

    const added = await scw(
      `iam rule create ${clone.id}`,
      ...['permission-set-names.0=VPCReadOnly', `project-ids.0=${project}`, 'condition=1 == 1'],
    );
    expect(added).toHaveLength(3);
    // The official one wipes the conditions of the other rules.
    if (isOurs) expect(added[0].condition).toBe('request.user_agent == "x"');
    await scw(
      `iam rule create ${clone.id}`,
      'permission-set-names.0=ProjectReadOnly',
      `organization-id=${organization}`,
    );
    const rules = await scw(`iam rule list ${clone.id} page-size=1 page=1`);
    expect(rules).toHaveLength(4);
    expect(await scw(`iam rule delete ${clone.id} rule-id=${rules[3].id}`)).toHaveLength(3);
    const set = await scw(
      `iam rule update ${clone.id}`,
      ...['rules.0.permission-set-names.0=VPCReadOnly', 'rules.0.condition=2 == 2', `rules.0.project-ids.0=${project}`],
      ...['rules.1.permission-set-names.0=IAMReadOnly', `rules.1.organization-id=${organization}`],
    );
    expect(set.rules.map(({ condition }: Json) => condition)).toEqual(['2 == 2', '']);
    await scw(`iam policy delete ${policy.id} ${clone.id}`);
    await scw(`iam user delete ${user}`);
    await scw(`iam group delete ${group}`);
    await scw(`iam application delete ${application}`);
    await scw(`account project delete project-id=${project}`);
  },

  async 'API keys'({ scw, server }: Walk) {
    const owner = (await scw('iam user list type=owner'))[0].id;
    const organization = `organization-id=${server.organizationId}`;
    const application = (await scw('iam application create name=keys')).id;
    const key = await scw(
      'iam api-key create',
      ...[
        `application-id=${application}`,
        'expires-at=+30d',
        `default-project-id=${server.organizationId}`,
        'description=for a test',
      ],
    );
    expect(key).toMatchObject({ application_id: application, description: 'for a test' });
    expect(key.secret_key).toMatch(/^[0-9a-f-]{36}$/);
    const own = await scw('iam api-key create', `user-id=${owner}`);
    const { expires_at } = await scw(`iam api-key update ${own.access_key} expires-at=2040-01-02T03:04:05Z`);
    expect(expires_at).toBe('2040-01-02T03:04:05Z');
    const name = key.access_key;
    const changed = await scw(
      `iam api-key update ${name}`,
      ...['description=changed', `default-project-id=${server.organizationId}`],
    );
    expect(changed).toMatchObject({ description: 'changed', default_project_id: server.organizationId });
    expect(await scw(`iam api-key get ${name} with-policies=true`)).toMatchObject({
      APIKey: { access_key: name, secret_key: null },
      entity_type: 'application',
      policies: {},
    });
    const found = await scw(
      'iam api-key list',
      ...[
        'order-by=access_key_desc',
        'editable=true',
        'expired=false',
        'description=changed',
        `bearer-id=${application}`,
      ],
      ...['bearer-type=application', `access-keys.0=${name}`, organization, 'page-size=2', 'page=1'],
    );
    expect(found.map(({ access_key }: Json) => access_key)).toEqual([name]);
    expect(await scw(`iam api-key list application-id=${application}`)).toEqual(found);
    expect(await scw(`iam api-key list access-key=${name}`)).toEqual(found);
    expect(await scw(`iam api-key list user-id=${owner}`)).toHaveLength(2);
    expect(await scw(`iam api-key delete ${name} ${own.access_key}`)).toHaveLength(2);
    await scw(`iam application delete ${application}`);
  },

  async 'SSH keys'({ scw, server, isOurs }: Walk) {
    const file = join(server.data, 'id_test');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', file]);
    const project = `project-id=${server.organizationId}`;
    const key = await scw('iam ssh-key create', 'name=laptop', `public-key=@${file}.pub`, project);
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-E', 'md5', '-f', `${file}.pub`], { encoding: 'utf8' });
    expect(fingerprint).toContain(key.fingerprint.split(' ')[1]);
    expect(await scw(`iam ssh-key update ${key.id} name=desk disabled=true`)).toMatchObject({
      name: 'desk',
      disabled: true,
    });
    const found = await scw(
      'iam ssh-key list',
      ...['order-by=name_desc', 'name=desk', project, 'disabled=true', `organization-id=${server.organizationId}`],
      ...['page-size=5', 'page=1'],
    );
    expect(ids(found)).toEqual([key.id]);
    expect(await scw(`iam ssh-key get ${key.id}`)).toEqual(found[0]);
    await scw(`iam ssh-key delete ${key.id}`);

    const home = join(server.data, '.ssh');
    mkdirSync(home, { recursive: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'id_ed25519')]);
    expect(await scw('iam ssh-key init')).toEqual({
      message: 'Key ~/.ssh/id_ed25519.pub successfully added',
      details: '',
    });
    // The official one compares the comments too, which the service does not keep.
    if (isOurs) expect(await scw('iam ssh-key init')).toBe(null);
  },

  async 'session tokens'({ scw, server }: Walk) {
    const owner = (await scw('iam user list type=owner'))[0].id;
    const { status, body } = await callApi(server, 'POST', '/iam/v1alpha1/jwts', { user_id: owner });
    expect(status).toBe(200);
    const { jti } = body.jwt;
    const list = `iam jwt list ${owner} order-by=created_at_desc expired=false page-size=1 page=1`;
    expect((await scw(list)).map((one: Json) => one.jti)).toEqual([jti]);
    expect((await scw(`iam jwt get ${jti}`)).audience_id).toBe(owner);
    await scw(`iam jwt delete ${jti}`);
    expect(await scw(list)).toEqual([]);
  },

  async logs({ scw, server, isOurs }: Walk) {
    const application = (await scw('iam application create name=logged')).id;
    const found = await scw(
      'iam log list',
      ...[
        'order-by=created_at_desc',
        'created-after=-1h',
        'created-before=+1h',
        'action=created',
        'resource-type=application',
      ],
      ...[`search=${application}`, `organization-id=${server.organizationId}`, 'page-size=7', 'page=1'],
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      resource_id: application,
      user_agent: expect.stringContaining(isOurs ? 'bailiwick-cli/' : 'scaleway-cli/'),
    });
    expect(await scw(`iam log get ${found[0].id}`)).toEqual(found[0]);
  },

  async 'permission sets and security settings'({ scw, server, isOurs }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const sets = await scw('iam permission-set list', 'order-by=name_asc', organization, 'page-size=100', 'page=1');
    expect(sets.filter(({ name }: Json) => name !== 'IAMDecisionPoint')).toHaveLength(202);
    const changed = await scw(
      'iam security-settings update',
      ...['enforce-password-renewal=true', 'grace-period-duration=240h', 'login-attempts-before-locked=5'],
      ...['max-login-session-duration=12h', 'max-api-key-expiration-duration=8760h'],
      ...(isOurs ? ['no-escalation=false', 'enforce-mfa=false'] : []),
      organization,
    );
    expect(changed).toEqual({
      enforce_password_renewal: true,
      grace_period_duration: '864000.000000000s',
      login_attempts_before_locked: 5,
      max_login_session_duration: '43200.000000000s',
      max_api_key_expiration_duration: '31536000.000000000s',
    });
    expect(await scw('iam security-settings get', organization)).toEqual(changed);
  },

  async 'sign-in by an identity provider'({ scw, server }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const saml = await scw('iam organization enable-saml', organization);
    expect(saml).toMatchObject({ status: 'missing_certificate', entity_id: '', single_sign_on_url: '' });
    const idp = { entity_id: 'https://idp.example.org', single_sign_on_url: 'https://idp.example.org/sso' };
    const named = [`entity-id=${idp.entity_id}`, `single-sign-on-url=${idp.single_sign_on_url}`];
    expect(await scw(`iam saml update ${saml.id}`, ...named)).toEqual({ ...saml, ...idp });
    const certificate = await scw(
      `iam saml-certificates add ${saml.id} type=signing`,
      `content=${signingCertificate.content}`,
    );
    expect(certificate).toMatchObject({ type: 'signing', origin: 'identity_provider' });
    const listed = await scw(`iam saml-certificates list ${saml.id}`);
    expect(listed).toMatchObject({ certificates: [{ id: certificate.id, content: certificate.content }] });
    expect(await scw('iam organization get-saml', organization)).toEqual({ ...saml, ...idp, status: 'valid' });
    expect((await scw(`iam saml-certificates delete ${certificate.id}`)).message).toBe(
      'saml-certificates has been successfully deleted.',
    );
    expect((await scw(`iam saml delete ${saml.id}`)).message).toBe('saml has been successfully deleted.');
  },

  async 'provisioning by a directory'({ scw, server }: Walk) {
    const organization = `organization-id=${server.organizationId}`;
    const scim = await scw('iam organization enable-scim', organization);
    expect(await scw('iam organization get-scim', organization)).toEqual(scim);
    const { token, bearer_token } = await scw(`iam scim-tokens create scim-id=${scim.id}`);
    expect(bearer_token).toMatch(/^[\w=]{48}\.[\w-]{72}$/);
    expect(await scw(`iam scim-tokens list ${scim.id} order-by=created_at_desc page-size=1 page=1`)).toEqual([token]);
    expect((await scw(`iam scim-tokens delete token-id=${token.id}`)).message).toBe(
      'scim-tokens has been successfully deleted.',
    );
    expect((await scw(`iam scim delete ${scim.id}`)).message).toBe('scim has been successfully deleted.');
  },
};

/** What the official command line has no commands for. */
export const ownWalks: Readonly<Record<string, (walk: Walk) => Promise<void>>> = {
  async decisions({ scw, server }: Walk) {
    const owner = (await scw('iam user list type=owner'))[0].id;
    const somewhere = [`project-id=${server.organizationId}`];
    const everywhere = [`organization-id=${server.organizationId}`];
    const context = [
      ...['request.ip=192.0.2.1', 'request.user-agent=a browser', 'request.time=+1h', 'resource.id=x'],
      ...['resource.name=laptop', 'resource.locality=global'],
    ];
    const about = `principal-id=${owner}`;
    for (const where of [somewhere, everywhere]) {
      const asked = [...where, ...context];
      expect(await scw('iam check iam:ssh_key:list', about, ...asked)).toEqual({ decision: 'allow' });
      expect(await scw('iam explain iam:ssh_key:list', about, ...asked)).toMatchObject({ because: 'owner' });
      const found = await scw('iam who-can iam:ssh_key:list', ...asked, 'page-size=1', 'page=1');
      expect(found).toMatchObject([{ type: 'user', id: owner, because: 'owner' }]);
    }
    const tried = await scw('iam condition evaluate', 'condition=request.ip == "192.0.2.1"', ...context);
    expect(tried).toMatchObject({ valid: true, verdict: 'true', clauses: [{ values: { 'request.ip': '192.0.2.1' } }] });
    expect((await scw('iam permission-set get IAMReadOnly')).permissions).toContain('iam:policy:list');
    const reach = await scw('iam what-can', about, ...context, 'page-size=50', 'page=1');
    expect(reach).toContainEqual({
      permission: 'iam:ssh_key:list',
      organization: true,
      projects: [{ id: server.organizationId, name: 'default' }],
    });
  },

  async 'what a change of a policy gives and takes'({ scw, server }: Walk) {
    const application = (await scw('iam application create')).id;
    const user = (await scw('iam user create email=preview@example.org')).id;
    const group = (await scw('iam group create')).id;
    await scw(`iam group add-member ${group} user-id=${user}`);
    const rules = [
      ...['rules.0.permission-set-names.0=SSHKeysReadOnly', `rules.0.project-ids.0=${server.organizationId}`],
      ...['rules.0.condition=1 == 1', 'rules.1.permission-set-names.0=IAMReadOnly'],
      `rules.1.organization-id=${server.organizationId}`,
    ];
    const policy = (await scw('iam policy create', `application-id=${application}`, ...rules)).id;
    for (const principal of [`user-id=${user}`, `group-id=${group}`]) {
      const made = await scw('iam policy preview', principal, ...rules);
      expect(made).toMatchObject({ gaining_count: 1, losing_count: 0, changes: [{ principals: [{ id: user }] }] });
      const moved = await scw('iam policy preview', `policy-id=${policy}`, principal);
      expect(moved).toMatchObject({ gaining_count: 1, losing_count: 1 });
    }
    for (const change of ['remove=true', 'no-principal=true']) {
      const lost = await scw('iam policy preview', `policy-id=${policy}`, change);
      expect(lost).toMatchObject({ gaining_count: 0, losing_count: 1, changes: [{ loss_count: 2 }] });
    }
    expect(await scw('iam policy preview', `policy-id=${policy}`, `application-id=${application}`)).toMatchObject({
      changes: [],
    });
  },

  async 'when keys were used'({ scw, server }: Walk) {
    const owner = (await scw('iam user list type=owner'))[0].id;
    const found = await scw(
      'iam api-key list-uses',
      ...['order-by=created_at_desc', `bearer-id=${owner}`, 'bearer-type=user', `access-keys.0=${server.accessKey}`],
      ...[`organization-id=${server.organizationId}`, 'page-size=2', 'page=1'],
    );
    expect(found).toMatchObject([{ access_key: server.accessKey, user_id: owner }]);
  },
};
