import { type OperationId, operations } from '@bailiwick/contract';
import { entryText, hashLeaf } from '@bailiwick/contract/log-tree';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { signingCertificate } from '../../../test-support/signing-certificate.ts';
import { oneTimePasswordAt } from '../src/second-factors/one-time-passwords.ts';
import { auditEntries, historyOf } from './support/audit.ts';
import { SoftAuthenticator } from './support/authenticator.ts';
import { createApplication, createGroup, createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { expectRefused, forbidden, invalid, taken, unauthenticated, unknown } from './support/refusals.ts';
import { type CallOptions, type Json, serverOn } from './support/server.ts';
import { codeRequest } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const nobody = '6f0c0000-0000-4000-8000-000000000001';
const shown = ['api_key', 'user', 'application', 'group', 'policy'];
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';

for (const database of databases()) {
  describe(`what changes leave in the log on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let owner: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      owner = server.organization.ownerId;
    });

    const logsOf = async (query: string): Promise<Json[]> =>
      (await server.call('GET', `${iam}/logs?page_size=100&${query}`)).body.logs;

    /** A change succeeds, makes the next revision and leaves one entry, which the log shows if it is about an IAM object. */
    const change = async (
      id: OperationId,
      path: string,
      body: Json,
      resourceId: string | ((answer: Json) => string),
      session?: string,
    ): Promise<Json> => {
      const { method, audit } = operations.find((operation) => operation.id === id)!;
      const [before, logs] = [await auditEntries(server), (await server.call('GET', `${iam}/logs`)).body.total_count];
      const headers = { 'user-agent': `client of ${id}` };
      const credential = session === undefined ? { headers: {} } : withSession(session);
      const options = { ...credential, headers: { ...credential.headers, ...headers } };
      const answer = await server.call(method, path, { ...options, ...(body !== undefined && { body }) });
      expect([200, 204], `${id}: ${answer.text}`).toContain(answer.status);
      const after = await auditEntries(server);
      expect(after.slice(0, -1), id).toEqual(before);
      const entry = after.at(-1)!;
      const resource = typeof resourceId === 'string' ? resourceId : resourceId(answer.body);
      expect(entry).toEqual({
        organization_id: organization,
        revision: before.at(-1)!.revision + 1,
        id: entry.id,
        created_at: entry.created_at,
        operation: id,
        action: audit!.action,
        resource_type: audit!.resource,
        resource_id: resource,
        bearer_type: 'user',
        bearer_id: owner,
        ip: '127.0.0.1',
        user_agent: headers['user-agent'],
        request_id: answer.headers['x-request-id'],
        reason: '',
        leaf_hash: hashLeaf(entryText(entry)).toString('hex'),
      });
      expect(answer.headers['x-bailiwick-revision']).toBe(String(entry.revision));
      const isShown = shown.includes(entry.resource_type);
      expect((await server.call('GET', `${iam}/logs`)).body.total_count, id).toBe(logs + Number(isShown));
      const [log] = await logsOf(`order_by=created_at_desc&search=${resource}`);
      const { revision, operation, bearer_type, request_id, reason, leaf_hash, ...fields } = entry;
      if (isShown) expect(log).toEqual({ ...fields, created_at: log.created_at });
      else expect(log?.id).not.toBe(entry.id);
      return answer.body;
    };

    it('every change that the API knows leaves exactly one entry with its author, address and client', async () => {
      const tried = new Set<OperationId>();
      const make = (
        id: OperationId,
        path: string,
        body?: Json,
        resource: Parameters<typeof change>[3] = ({ id }) => id,
        session?: string,
      ) => {
        tried.add(id);
        return change(id, path, body, resource, session);
      };
      const account = '/account/v3/projects';
      const project = await make('projects.create', account, { name: 'p' });
      await make('projects.update', `${account}/${project.id}`, { name: 'q' }, project.id);
      const sshKey = await make('sshKeys.create', `${iam}/ssh-keys`, { public_key: publicKey, project_id: project.id });
      await make('sshKeys.update', `${iam}/ssh-keys/${sshKey.id}`, { disabled: true }, sshKey.id);
      await make('sshKeys.delete', `${iam}/ssh-keys/${sshKey.id}`, undefined, sshKey.id);

      const member = { username: 'ada', email: 'ada@example.org' };
      const user = await make('users.create', `${iam}/users`, { member });
      const userPath = `${iam}/users/${user.id}`;
      await make('users.update', userPath, { first_name: 'Ada' }, user.id);
      await make('users.updateUsername', `${userPath}/update-username`, { username: 'lovelace' }, user.id);
      await make('users.updatePassword', `${userPath}/update-password`, { password: 'open sesame street' }, user.id);
      await make('users.lock', `${userPath}/lock`, {}, user.id);
      await make('users.unlock', `${userPath}/unlock`, {}, user.id);

      const application = await make('applications.create', `${iam}/applications`, { name: 'web' });
      const applicationPath = `${iam}/applications/${application.id}`;
      await make('applications.update', applicationPath, { name: 'api' }, application.id);

      const group = await make('groups.create', `${iam}/groups`, { name: 'ops' });
      const groupPath = `${iam}/groups/${group.id}`;
      await make('groups.update', groupPath, { description: 'operators' }, group.id);
      await make('groups.setMembers', `${groupPath}/members`, { user_ids: [user.id], application_ids: [] }, group.id);
      await make('groups.addMember', `${groupPath}/add-member`, { application_id: application.id }, group.id);
      await make('groups.addMembers', `${groupPath}/add-members`, { user_ids: [owner, user.id] }, group.id);
      await make('groups.removeMember', `${groupPath}/remove-member`, { user_id: user.id }, group.id);

      const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: organization }];
      const policy = await make('policies.create', `${iam}/policies`, { name: 'read', rules, group_id: group.id });
      await make('policies.update', `${iam}/policies/${policy.id}`, { tags: ['a'] }, policy.id);
      await make('rules.set', `${iam}/rules`, { policy_id: policy.id, rules: [...rules, ...rules] }, policy.id);
      const clone = await make('policies.clone', `${iam}/policies/${policy.id}/clone`, {});
      await make('policies.delete', `${iam}/policies/${clone.id}`, undefined, clone.id);

      const accessKey = ({ access_key }: Json) => access_key;
      const body = { application_id: application.id, default_project_id: project.id };
      const key = await make('apiKeys.create', `${iam}/api-keys`, body, accessKey);
      const keyPath = `${iam}/api-keys/${key.access_key}`;
      await make('apiKeys.update', keyPath, { description: 'of the web' }, key.access_key);
      await make('apiKeys.delete', keyPath, undefined, key.access_key);

      const { jwt, token } = await make('jwts.create', `${iam}/jwts`, { user_id: owner }, ({ jwt }) => jwt.jti);

      const ownerPath = `${iam}/users/${owner}`;
      const { secret } = await make('mfaOtp.create', `${ownerPath}/mfa-otp`, {}, owner);
      const one_time_password = oneTimePasswordAt(secret, server.clock.now());
      await make('mfaOtp.validate', `${ownerPath}/validate-mfa-otp`, { one_time_password }, owner);
      await make('mfaOtp.delete', `${ownerPath}/mfa-otp`, undefined, owner);
      const start = `${ownerPath}/start-webauthn-registration?origin=https://iam.example.org`;
      const registration = await make('webauthn.startRegistration', start, undefined, owner);
      const answer = new SoftAuthenticator().register(registration);
      const finish = `${ownerPath}/finish-webauthn-registration`;
      const { authenticator_id } = await make('webauthn.finishRegistration', finish, answer, owner);
      const authenticator = `${iam}/webauthn-authenticator/${authenticator_id}`;
      await make('webauthn.update', authenticator, { authenticator_name: 'blue one' }, owner);
      await make('webauthn.delete', authenticator, undefined, owner);

      const session = await createSession(server, user.id, await keyFor(server, { user_id: user.id }));
      const initiate = `${iam}/users/${user.id}/initiate-connection`;
      const made = await server.call('POST', initiate, { ...withSession(session.token), body: {} });
      const connect = (id: OperationId, rest: string, body: Json) =>
        make(id, `${ownerPath}/${rest}`, body, owner, token);
      await connect('connections.join', 'join-connection', { token: made.body.token });
      await connect('connections.remove', 'remove-connection', { target_user_id: user.id });
      await connect('connections.initiate', 'initiate-connection', {});
      await make('jwts.delete', `${iam}/jwts/${jwt.jti}`, undefined, jwt.jti);

      await make('signInGrants.createCode', '/auth/v1/codes', codeRequest, owner);
      const device = async (): Promise<string> => {
        const { body } = await server.call('POST', '/auth/v1/devices', { key: null, body: {} });
        return `/auth/v1/devices/${body.user_code}`;
      };
      await make('signInGrants.approveDevice', `${await device()}/approve`, undefined, owner);
      await make('signInGrants.refuseDevice', `${await device()}/refuse`, undefined, owner);

      const organizationPath = `${iam}/organizations/${organization}`;
      await make('organizations.setAlias', `${organizationPath}/alias`, { alias: 'acme' }, organization);
      await make('organizations.updateLoginMethods', `${organizationPath}/login-methods`, {}, organization);
      await make('securitySettings.update', `${organizationPath}/security-settings`, {}, organization);

      const saml = await make('saml.enable', `${organizationPath}/saml`, {});
      const samlPath = `${iam}/saml/${saml.id}`;
      await make('saml.update', samlPath, { entity_id: 'https://idp.example.org' }, saml.id);
      const certificate = await make('samlCertificates.add', `${samlPath}/certificates`, signingCertificate);
      const certificatePath = `${iam}/saml-certificates/${certificate.id}`;
      await make('samlCertificates.delete', certificatePath, undefined, certificate.id);
      await make('saml.delete', samlPath, undefined, saml.id);
      const scim = await make('scim.enable', `${organizationPath}/scim`, {});
      const tokens = `${iam}/scim/${scim.id}/tokens`;
      const { token: scimToken } = await make('scimTokens.create', tokens, undefined, ({ token }) => token.id);
      await make('scimTokens.delete', `${iam}/scim-tokens/${scimToken.id}`, undefined, scimToken.id);
      await make('scim.delete', `${iam}/scim/${scim.id}`, undefined, scim.id);

      await make('groups.delete', groupPath, undefined, group.id);
      await make('applications.delete', applicationPath, undefined, application.id);
      await make('users.delete', userPath, undefined, user.id);
      await make('projects.delete', `${account}/${project.id}`, undefined, project.id);
      expect([...tried].toSorted()).toEqual(
        operations
          // Those of directories: scim-access.test.ts.
          .filter(({ audit, access }) => audit !== undefined && access.kind !== 'scim')
          .map(({ id }) => id)
          .toSorted(),
      );
    });

    it('rules show as an updated policy and memberships as an updated group', async () => {
      const [group, application] = [await createGroup(server), await createApplication(server)];
      const groupPath = `${iam}/groups/${group.id}`;
      await server.call('POST', `${groupPath}/add-member`, { body: { application_id: application.id } });
      await server.call('POST', `${groupPath}/remove-member`, { body: { application_id: application.id } });
      const { body: policy } = await server.call('POST', `${iam}/policies`, { body: { name: 'p' } });
      await server.call('PUT', `${iam}/rules`, { body: { policy_id: policy.id, rules: [] } });
      const told = async (id: string) =>
        (await logsOf(`search=${id}`)).map(({ resource_type, action }) => `${resource_type} ${action}`);
      expect(await told(group.id)).toEqual(['group created', 'group updated', 'group updated']);
      expect(await told(policy.id)).toEqual(['policy created', 'policy updated']);
      expect(await told(application.id)).toEqual(['application created']);
    });

    it('a change that fails leaves neither an entry nor a revision, wherever it fails', async () => {
      const group = await createGroup(server, { name: 'held' });
      const application = await createApplication(server);
      const key = await keyFor(server, { application_id: application.id });
      const members = { user_ids: [owner, nobody], application_ids: [] };
      const invalidName = invalid(['name', 'constraint', 'value length must be at least 1 runes']);
      const held = taken('group', group.id, 'a group is called "held" already: choose another name');
      const applications = `${iam}/applications`;
      const options = (body: Json, more: CallOptions = {}): CallOptions => ({ body, ...more });
      await expectRefused(server, ['POST', applications, options({ name: '' })], invalidName);
      await expectRefused(
        server,
        ['POST', applications, options({ name: 'a' }, { key: nobody })],
        unauthenticated('api_key', 'not_found'),
      );
      await expectRefused(
        server,
        ['POST', applications, options({ name: 'a' }, { key })],
        forbidden(['create', 'application']),
      );
      await expectRefused(server, ['DELETE', `${applications}/${nobody}`], unknown('application', nobody));
      await expectRefused(server, ['POST', `${iam}/groups`, options({ name: 'held' })], held);
      await expectRefused(
        server,
        ['PUT', `${iam}/groups/${group.id}/members`, options(members)],
        unknown('user', nobody),
      );
      const before = await historyOf(server);
      const next = await server.call('PATCH', `${iam}/groups/${group.id}`, { body: {} });
      expect(next.headers['x-bailiwick-revision']).toBe(String(before.revision + 1));
    });

    it('reading leaves nothing, and its answers tell no revision', async () => {
      const before = await historyOf(server);
      for (const path of ['users', 'logs', `users/${owner}`, `organizations/${organization}`]) {
        const answer = await server.call('GET', `${iam}/${path}`);
        expect([answer.status, answer.headers['x-bailiwick-revision']]).toEqual([200, undefined]);
      }
      expect(await historyOf(server)).toEqual(before);
    });

    it('the entries of a user and by a user outlive it', async () => {
      const { id } = await createMember(server);
      const key = await keyFor(server, { user_id: id });
      await server.call('PATCH', `${iam}/users/${id}`, { key, body: { first_name: 'Ada' } });
      const before = await logsOf(`search=${id}`);
      await server.call('DELETE', `${iam}/users/${id}`);
      const after = await logsOf(`search=${id}`);
      expect(after.slice(0, -1)).toEqual(before);
      const told = after.map(({ action, bearer_id, resource_id }) => [action, bearer_id, resource_id]);
      expect(told).toEqual([
        ['created', owner, id],
        ['updated', id, id],
        ['deleted', owner, id],
      ]);
      expect((await server.call('GET', `${iam}/logs/${after[1].id}`)).body).toEqual(after[1]);
    });

    it('a deleted application shows once: its keys go with it', async () => {
      const { id } = await createApplication(server);
      const { body: key } = await server.call('POST', `${iam}/api-keys`, { body: { application_id: id } });
      const before = await historyOf(server);
      await server.call('DELETE', `${iam}/applications/${id}`);
      const after = await historyOf(server);
      expect([after.revision, after.entries]).toEqual([before.revision + 1, before.entries + 1]);
      expect((await logsOf(`search=${key.access_key}`)).map(({ action }) => action)).toEqual(['created']);
    });

    it('a client is kept by its first 255 characters, and one without a name by none', async () => {
      const agents = { [`${'u'.repeat(255)}x`]: 'u'.repeat(255), '': '' };
      for (const [sent, kept] of Object.entries(agents)) {
        const headers = { 'user-agent': sent };
        const { body } = await server.call('POST', `${iam}/applications`, { headers, body: { name: 'web' } });
        expect((await logsOf(`search=${body.id}`))[0].user_agent).toBe(kept);
      }
    });

    it('what an organization is born with is the work of the platform', async () => {
      const other = await server.anotherOrganization();
      const { body } = await server.call('GET', `${iam}/logs?page_size=100`, { key: other.secretKey });
      expect(body.total_count).toBe(10);
      const authors = body.logs.map(({ bearer_id, ip, user_agent, action }: Json) => [
        bearer_id,
        ip,
        user_agent,
        action,
      ]);
      expect(authors).toEqual(Array(10).fill(['', '', '', 'created']));
      expect(body.logs.map(({ resource_type }: Json) => resource_type)).toEqual([
        'user',
        ...['group', 'group'],
        ...Array(3).fill(['group', 'policy']).flat(),
        'api_key',
      ]);
    });
  });
}
