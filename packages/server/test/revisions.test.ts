import { operations } from '@bailiwick/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { signingCertificate } from '../../../test-support/signing-certificate.ts';
import { oneTimePasswordAt } from '../src/second-factors/one-time-passwords.ts';
import { auditEntries } from './support/audit.ts';
import { SoftAuthenticator } from './support/authenticator.ts';
import { create, createApplication, createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { publicKeys } from './support/public-keys.ts';
import { expectRefused, forbidden, invalid, type Refusal, refusalOf, unauthenticated } from './support/refusals.ts';
import { type CallOptions, type Json, serverOn } from './support/server.ts';
import { codeRequest } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const header = 'x-bailiwick-revision';
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

for (const database of databases()) {
  describe(`revisions on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    /** The revision of an organization in the database. */
    const revisionOf = async (id: string): Promise<number> => {
      const { db } = server.services.storage;
      return (await db.selectFrom('organizations').select('revision').where('id', '=', id).executeTakeFirstOrThrow())
        .revision;
    };
    const revision = () => revisionOf(organization);
    const sets = () => `${iam}/permission-sets?page_size=1&organization_id=${organization}`;
    const atLeast = (value: number | string) => ({ headers: { 'x-bailiwick-at-least': String(value) } });

    it('every operation that changes something answers the revision it made, one more each, and has an audit entry', async () => {
      const { ownerId } = server.organization;
      const done: string[] = [];
      const change = async (id: string, path: string, body?: Json, session?: string): Promise<Json> => {
        const operation = operations.find((each) => each.id === id);
        if (!operation) throw new Error(`there is no ${id}`);
        const before = await revision();
        const credential = session === undefined ? {} : withSession(session);
        const options = { ...credential, ...(body !== undefined && { body }) };
        const answer = await server.call(operation.method, path, options);
        expect([answer.status < 300, answer.headers[header]], `${id}: ${answer.text}`).toEqual([
          true,
          String(before + 1),
        ]);
        expect(await revision()).toBe(before + 1);
        expect((await auditEntries(server)).at(-1)).toMatchObject({ revision: before + 1, operation: id });
        done.push(id);
        return answer.body;
      };
      const [type = '', key = ''] = publicKeys[0] ?? [];

      const application = await change('applications.create', `${iam}/applications`, { name: 'web' });
      await change('applications.update', `${iam}/applications/${application.id}`, {});
      const member = { username: 'ada', email: 'ada@example.org' };
      const user = await change('users.create', `${iam}/users`, { member });
      const itself = `${iam}/users/${user.id}`;
      await change('users.update', itself, { first_name: 'Ada' });
      await change('users.updateUsername', `${itself}/update-username`, { username: 'lovelace' });
      await change('users.updatePassword', `${itself}/update-password`, { password: 'correct horse battery' });
      await change('users.lock', `${itself}/lock`, {});
      await change('users.unlock', `${itself}/unlock`, {});
      const group = await change('groups.create', `${iam}/groups`, { name: 'ops' });
      const grouped = `${iam}/groups/${group.id}`;
      await change('groups.update', grouped, { description: 'on call' });
      await change('groups.setMembers', `${grouped}/members`, { user_ids: [user.id], application_ids: [] });
      await change('groups.addMember', `${grouped}/add-member`, { application_id: application.id });
      await change('groups.addMembers', `${grouped}/add-members`, { user_ids: [ownerId], application_ids: [] });
      await change('groups.removeMember', `${grouped}/remove-member`, { user_id: ownerId });
      const policy = await change('policies.create', `${iam}/policies`, { name: 'readers', group_id: group.id });
      await change('policies.update', `${iam}/policies/${policy.id}`, { tags: ['a'] });
      await change('policies.clone', `${iam}/policies/${policy.id}/clone`, {});
      await change('rules.set', `${iam}/rules`, { policy_id: policy.id, rules: [] });
      const apiKey = await change('apiKeys.create', `${iam}/api-keys`, { application_id: application.id });
      await change('apiKeys.update', `${iam}/api-keys/${apiKey.access_key}`, { description: 'ci' });
      const project = await change('projects.create', '/account/v3/projects', { name: 'web' });
      await change('projects.update', `/account/v3/projects/${project.id}`, { description: 'site' });
      const sshKey = { public_key: `${type} ${key}`, project_id: project.id };
      const ssh = await change('sshKeys.create', `${iam}/ssh-keys`, sshKey);
      await change('sshKeys.update', `${iam}/ssh-keys/${ssh.id}`, { disabled: true });
      const session = await change('jwts.create', `${iam}/jwts`, { user_id: ownerId });
      await change('signInGrants.createCode', '/auth/v1/codes', codeRequest);
      for (const answer of ['approve', 'refuse']) {
        const { body } = await server.call('POST', '/auth/v1/devices', { key: null, body: {} });
        await change(`signInGrants.${answer}Device`, `/auth/v1/devices/${body.user_code}/${answer}`);
      }
      const owner = `${iam}/users/${ownerId}`;
      const { secret } = await change('mfaOtp.create', `${owner}/mfa-otp`, {});
      const one_time_password = oneTimePasswordAt(secret, server.clock.now());
      await change('mfaOtp.validate', `${owner}/validate-mfa-otp`, { one_time_password });
      await change('mfaOtp.delete', `${owner}/mfa-otp`);
      const start = `${owner}/start-webauthn-registration?origin=https://iam.example.org`;
      const registration = new SoftAuthenticator().register(await change('webauthn.startRegistration', start));
      const finish = `${owner}/finish-webauthn-registration`;
      const { authenticator_id } = await change('webauthn.finishRegistration', finish, registration);
      await change('webauthn.update', `${iam}/webauthn-authenticator/${authenticator_id}`, {});
      await change('webauthn.delete', `${iam}/webauthn-authenticator/${authenticator_id}`);
      const others = await createSession(server, user.id, await keyFor(server, { user_id: user.id }));
      const { token } = await change('connections.initiate', `${itself}/initiate-connection`, {}, others.token);
      await change('connections.join', `${owner}/join-connection`, { token }, session.token);
      await change('connections.remove', `${owner}/remove-connection`, { target_user_id: user.id });
      const settings = `${iam}/organizations/${organization}`;
      await change('organizations.setAlias', `${settings}/alias`, { alias: 'acme' });
      await change('organizations.updateLoginMethods', `${settings}/login-methods`, {
        login_magic_code_enabled: false,
      });
      await change('securitySettings.update', `${settings}/security-settings`, {});
      const saml = await change('saml.enable', `${settings}/saml`, {});
      await change('saml.update', `${iam}/saml/${saml.id}`, {});
      const certificates = `${iam}/saml/${saml.id}/certificates`;
      const certificate = await change('samlCertificates.add', certificates, signingCertificate);
      await change('samlCertificates.delete', `${iam}/saml-certificates/${certificate.id}`);
      await change('saml.delete', `${iam}/saml/${saml.id}`);
      const scim = await change('scim.enable', `${settings}/scim`, {});
      const scimToken = await change('scimTokens.create', `${iam}/scim/${scim.id}/tokens`);
      await change('scimTokens.delete', `${iam}/scim-tokens/${scimToken.token.id}`);
      await change('scim.delete', `${iam}/scim/${scim.id}`);
      await change('jwts.delete', `${iam}/jwts/${session.jwt.jti}`);
      await change('sshKeys.delete', `${iam}/ssh-keys/${ssh.id}`);
      await change('projects.delete', `/account/v3/projects/${project.id}`);
      await change('apiKeys.delete', `${iam}/api-keys/${apiKey.access_key}`);
      await change('policies.delete', `${iam}/policies/${policy.id}`);
      await change('groups.delete', grouped);
      await change('users.delete', itself);
      await change('applications.delete', `${iam}/applications/${application.id}`);

      // Those of directories: scim-access.test.ts.
      const changing = operations.filter(({ audit, access }) => audit !== undefined && access.kind !== 'scim');
      expect(done.toSorted()).toEqual(changing.map(({ id }) => id).toSorted());
    });

    it('neither a read nor a refused change makes a revision or tells one', async () => {
      const before = await revision();
      const read = await server.call('GET', `${iam}/applications`);
      const refused = await server.call('POST', `${iam}/groups`, { body: { name: 'Administrators' } });
      const wrong = await server.call('POST', `${iam}/groups`, { body: {} });
      expect([read.status, refused.status, wrong.status]).toEqual([200, 409, 400]);
      for (const { headers } of [read, refused, wrong]) expect(header in headers).toBe(false);
      expect(await revision()).toBe(before);
    });

    it('an organization counts its own changes only', async () => {
      const other = await server.anotherOrganization();
      const before = await revision();
      const foreign = await revisionOf(other.organizationId);
      const answer = await server.call('POST', `${iam}/applications`, { key: other.secretKey, body: { name: 'web' } });
      expect(answer.headers[header]).toBe(String(foreign + 1));
      expect(await revision()).toBe(before);
    });

    it('changes made at once get revisions without a gap, each its own', async () => {
      const before = await revision();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.call('POST', `${iam}/applications`, { body: { name: 'web' } })),
      );
      const made = answers.map(({ headers }) => Number(headers[header]));
      expect(made.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => before + 1 + index));
    });

    it('a request for a revision that is here is answered at once, also for the one just made', async () => {
      const { headers } = await server.call('POST', `${iam}/applications`, { body: { name: 'web' } });
      for (const value of [0, 1, String(headers[header]), '000000000000001'])
        expect((await server.call('GET', sets(), atLeast(value))).status).toBe(200);
    });

    it('a request for the next revision waits for it, and is answered from it', async () => {
      const { id } = await createApplication(server, { name: 'before' });
      const waiting = server.call('GET', `${iam}/applications/${id}`, atLeast((await revision()) + 1));
      const first = await Promise.race([waiting, pause(150)]);
      expect(first).toBe(undefined);
      await server.call('PATCH', `${iam}/applications/${id}`, { body: { name: 'after' } });
      const { status, body } = await waiting;
      expect([status, body.name]).toEqual([200, 'after']);
    });

    it('a change waits too, and is made when the revision is here', async () => {
      const wanted = (await revision()) + 1;
      const waiting = server.call('POST', `${iam}/applications`, { body: { name: 'second' }, ...atLeast(wanted) });
      await pause(100);
      await createApplication(server, { name: 'first' });
      expect((await waiting).headers[header]).toBe(String(wanted + 1));
    });

    it('who waits is asked again who it is: the change it waits for may have ended its key or its rights', async () => {
      const { id } = await createApplication(server);
      const key = await create(server, `${iam}/api-keys`, { application_id: id });
      const deleted = server.call('GET', sets(), { key: key.secret_key, ...atLeast((await revision()) + 1) });
      await pause(100);
      await server.call('DELETE', `${iam}/api-keys/${key.access_key}`);
      expect(refusalOf(await deleted)).toEqual(unauthenticated('api_key', 'not_found'));

      const member = await createMember(server);
      const memberKey = await keyFor(server, { user_id: member.id });
      const itself = `${iam}/users/${member.id}`;
      const locked = server.call('GET', itself, { key: memberKey, ...atLeast((await revision()) + 1) });
      await pause(100);
      await server.call('POST', `${itself}/lock`, { body: {} });
      expect(refusalOf(await locked)).toEqual(forbidden(['read', 'user']));
    });

    it('a revision that does not come is refused after some seconds, and nothing is done', async () => {
      const here = await revision();
      const began = performance.now();
      const answers = await Promise.all([
        server.call('GET', sets(), atLeast(here + 1)),
        server.call('POST', `${iam}/applications`, { body: { name: 'late' }, ...atLeast(here + 1000) }),
        server.call('GET', `${iam}/nothing`, atLeast(here + 2)),
      ]);
      expect(performance.now() - began).toBeGreaterThan(1_000);
      const body = (wanted: number) => ({
        help_message: `revision ${wanted} has not arrived here; this server has ${here}`,
        message: 'service is unavailable',
        type: 'unavailable',
      });
      expect(answers.map(({ text }) => text)).toEqual(
        [here + 1, here + 1000, here + 2].map((w) => JSON.stringify(body(w))),
      );
      for (const { status, headers } of answers) expect([status, headers['retry-after']]).toEqual([503, '1']);
      expect(await revision()).toBe(here);
    });

    it('what is no revision is refused, but not before it is known who asks', async () => {
      for (const value of ['', '-1', '1.5', 'latest', '0x1', '1, 2', '9'.repeat(16)]) {
        const fault = invalid(['x-bailiwick-at-least', 'format', 'value must be a revision number']);
        await expectRefused(server, ['GET', sets(), atLeast(value)], fault);
        const stranger = { key: null, ...atLeast(value) };
        await expectRefused(server, ['GET', sets(), stranger], unauthenticated('api_key', 'invalid_argument'));
      }
    });

    it('what is deleted, locked or ended is dead at the very next request', async () => {
      const dies = async (options: CallOptions, end: readonly [string, string, CallOptions?], refusal: Refusal) => {
        for (let again = 0; again < 3; again += 1)
          expect((await server.call('GET', sets(), options)).status, end[1]).toBe(200);
        expect((await server.call(...end)).status, end[1]).toBeLessThan(300);
        expect(refusalOf(await server.call('GET', sets(), options)), end[1]).toEqual(refusal);
      };
      const unknownKey = unauthenticated('api_key', 'not_found');
      const unknownSession = unauthenticated('jwt', 'not_found');
      const { id } = await createApplication(server);
      const key = await create(server, `${iam}/api-keys`, { application_id: id });
      const other = await keyFor(server, { application_id: id });
      await dies({ key: key.secret_key }, ['DELETE', `${iam}/api-keys/${key.access_key}`], unknownKey);
      await dies({ key: other }, ['DELETE', `${iam}/applications/${id}`], unknownKey);

      const member = await createMember(server);
      const itself = `${iam}/users/${member.id}`;
      const memberKey = await keyFor(server, { user_id: member.id });
      const session = await createSession(server, member.id, memberKey);
      const second = await createSession(server, member.id, memberKey);
      const ending = ['DELETE', `${iam}/jwts/${session.jwt.jti}`, { key: memberKey }] as const;
      await dies(withSession(session.token), ending, unknownSession);
      await dies(withSession(second.token), ['POST', `${itself}/lock`, { body: {} }], unknownSession);
      await expectRefused(server, ['GET', sets(), { key: memberKey }], forbidden());
      await server.call('POST', `${itself}/unlock`, { body: {} });
      await dies({ key: memberKey }, ['DELETE', itself], unknownKey);
    });
  });
}
