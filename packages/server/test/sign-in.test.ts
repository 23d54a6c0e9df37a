import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { hashesComputed } from '../src/users/passwords.ts';
import { auditEntries } from './support/audit.ts';
import { createMember, withSession } from './support/bearers.ts';
import { lastMail, mailsOf } from './support/mail.ts';
import { invalid, refusalOf, unauthenticated } from './support/refusals.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, refused, signInOn, unknownAttempt } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`sign-in on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const itself = (id: string, token: string) => server.call('GET', `${iam}/users/${id}`, withSession(token));

    it('a member signs in with organization, username and password, and the session is its own', async () => {
      const { id, username } = await auth.member();
      const started = await auth.done('start', { organization: server.organization.organizationId, username });
      expect(started).toEqual({
        attempt: expect.stringMatching(/^bwsi_/),
        expires_at: expect.any(String),
        methods: ['password', 'code'],
      });
      const done = await auth.done('password', { attempt: started.attempt, password });
      expect(Object.keys(done)).toEqual(['status', 'jwt', 'token', 'renew_token']);
      expect(done).toMatchObject({ status: 'signed_in', jwt: { audience_id: id, issuer_id: id, ip: '127.0.0.1' } });
      const answer = await itself(id, done.token);
      expect([answer.status, answer.body.last_login_at]).toEqual([200, done.jwt.created_at]);
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'signIn.password', resource_type: 'jwt', resource_id: done.jwt.jti, action: 'created' },
        ...{ bearer_type: 'user', bearer_id: id, ip: '127.0.0.1', user_agent: 'tests', reason: '' },
      });
    });

    it('an alias stands for the organization, in any case; so do capitals in the username for small letters', async () => {
      const alias = `${iam}/organizations/${server.organization.organizationId}/alias`;
      expect((await server.call('PUT', alias, { body: { alias: 'acme' } })).status).toBe(200);
      await auth.member({ username: 'Grace' });
      for (const organization of ['acme', 'ACME', server.organization.organizationId.toUpperCase()]) {
        const { attempt } = await auth.done('start', { organization, username: 'gRACE' });
        expect((await auth.done('password', { attempt, password })).status).toBe('signed_in');
      }
    });

    it('the owner signs in with its address, with or without the organization', async () => {
      const { ownerId, organizationId: organization } = server.organization;
      for (const names of [{}, { organization: '' }, { organization }]) {
        const { attempt } = await auth.done('start', { ...names, username: 'Owner@example.org' });
        expect((await auth.done('password', { attempt, password })).jwt.audience_id).toBe(ownerId);
      }
    });

    it('a code of six digits goes to the address, works once and for ten minutes', async () => {
      const { id, username, email } = await auth.member();
      const { attempt, code } = await auth.sendCode(await auth.begin(username));
      expect(code).toMatch(/^[0-9]{6}$/);
      expect(await lastMail(server)).toMatchObject({ kind: 'code', to: email, locale: 'en_US' });
      expect((await auth.done('code', { attempt, code })).jwt.audience_id).toBe(id);
      expect(refusalOf(await auth.call('code', { attempt, code }))).toEqual(unknownAttempt);
      const late = await auth.sendCode(await auth.begin(username));
      server.clock.advance(601);
      expect(refusalOf(await auth.call('code', late))).toEqual(unauthenticated('unknown_method', 'expired'));
    });

    it('a code counts only with the attempt it was sent for, and a newer one takes its place', async () => {
      const [ada, eve] = [await auth.member(), await auth.member()];
      const first = await auth.sendCode(await auth.begin(ada.username));
      const other = await auth.sendCode(await auth.begin(eve.username));
      expect(refusalOf(await auth.call('code', { attempt: other.attempt, code: first.code }))).toEqual(refused);
      const second = await auth.sendCode(first.attempt);
      expect(refusalOf(await auth.call('code', first))).toEqual(unknownAttempt);
      expect((await auth.done('code', second)).status).toBe('signed_in');
    });

    it('names that nobody has, wrong proofs, locked users and ways that are off are refused in the same words', async () => {
      const known = await auth.member();
      const without = await createMember(server);
      const locked = await auth.member();
      await server.call('POST', `${iam}/users/${locked.id}/lock`, { body: {} });
      const organization = server.organization.organizationId;
      const tries: readonly (readonly [Json, string])[] = [
        [{ organization, username: known.username }, 'wrong password'],
        [{ organization, username: without.username }, password],
        [{ organization, username: locked.username }, password],
        [{ organization, username: 'nobody-at-all' }, password],
        [{ organization: 'no-such-place', username: known.username }, password],
        [{ organization: '6f0c0000-0000-4000-8000-000000000001', username: known.username }, password],
        [{ username: 'nobody@example.org' }, password],
        [{ username: known.username }, password],
      ];
      for (const [names, shown] of tries) {
        const started = await auth.done('start', names);
        expect(Object.keys(started)).toEqual(['attempt', 'expires_at', 'methods']);
        expect(started.methods).toEqual(['password', 'code']);
        const before = hashesComputed();
        const answer = await auth.call('password', { attempt: started.attempt, password: shown });
        expect(refusalOf(answer), JSON.stringify(names)).toEqual(refused);
        expect(hashesComputed() - before).toBe(1);
        const again = await auth.done('start', names);
        const sent = await auth.done('send-code', { attempt: again.attempt });
        expect(Object.keys(sent)).toEqual(['attempt', 'expires_at']);
        const { status, text } = await auth.call('recover', names);
        expect([status, text]).toEqual([204, '']);
      }
      const reasons = (await auditEntries(server)).filter(({ resource_type }) => resource_type === 'sign_in');
      expect(
        reasons.slice(-4).map(({ reason, resource_id, bearer_type }) => [reason, resource_id, bearer_type]),
      ).toEqual([
        ['invalid_password', known.id, 'platform'],
        ['invalid_password', without.id, 'platform'],
        ['locked', locked.id, 'platform'],
        ['unknown_user', '', 'platform'],
      ]);
      // Mail goes only to those who can use it.
      const codes = (await mailsOf(server)).filter(({ kind }) => kind !== 'locked');
      const addresses = codes.map(({ to }) => to);
      expect(addresses).toContain(known.email);
      expect(addresses).not.toContain(locked.email);
    });

    it('a failure is in no list of changes, a success neither', async () => {
      const count = async () => (await server.call('GET', `${iam}/logs`)).body.total_count;
      const { username } = await auth.member();
      const before = await count();
      await auth.call('password', { attempt: await auth.begin(username), password: 'wrong password' });
      await auth.signIn(username);
      expect(await count()).toBe(before);
    });

    it('members use the ways that are on, the owner any', async () => {
      const methods = `${iam}/organizations/${server.organization.organizationId}/login-methods`;
      const set = (body: Json) => server.call('PATCH', methods, { body });
      const { username } = await auth.member();
      await set({ login_password_enabled: false });
      expect(
        (await auth.done('start', { organization: server.organization.organizationId, username })).methods,
      ).toEqual(['code']);
      expect(refusalOf(await auth.call('password', { attempt: await auth.begin(username), password }))).toEqual(
        refused,
      );
      expect((await auditEntries(server)).at(-1)?.reason).toBe('login_method_disabled');
      const owner = await auth.begin('owner@example.org');
      expect((await auth.done('password', { attempt: owner, password })).status).toBe('signed_in');
      await set({ login_password_enabled: true, login_magic_code_enabled: false });
      const mails = (await mailsOf(server)).length;
      const { attempt } = await auth.done('send-code', { attempt: await auth.begin(username) });
      expect((await mailsOf(server)).length).toBe(mails);
      expect(refusalOf(await auth.call('code', { attempt, code: '000000' }))).toEqual(refused);
      await set({ login_magic_code_enabled: true });
    });

    it('so many failures one after another lock a member, end its sessions and are told to it', async () => {
      const { id, username, email } = await auth.member();
      const { token } = await auth.signIn(username);
      for (let tries = 1; tries <= 9; tries += 1)
        await auth.call('password', { attempt: await auth.begin(username), password: `wrong password ${tries}` });
      // A success begins the count anew.
      await auth.signIn(username);
      for (let tries = 1; tries <= 10; tries += 1) {
        expect((await auth.userRow(id)).locked).toBe(0);
        await auth.call('password', { attempt: await auth.begin(username), password: `wrong password ${tries}` });
      }
      expect((await server.call('GET', `${iam}/users/${id}`)).body.locked).toBe(true);
      expect((await itself(id, token)).status).toBe(401);
      expect(await lastMail(server)).toMatchObject({ kind: 'locked', to: email });
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'users.lock', resource_type: 'user', resource_id: id, bearer_type: 'platform' },
        reason: 'too_many_failed_sign_ins',
      });
      const right = await auth.call('password', { attempt: await auth.begin(username), password });
      expect(refusalOf(right)).toEqual(refused);
      await server.call('POST', `${iam}/users/${id}/unlock`, { body: {} });
      await auth.call('password', { attempt: await auth.begin(username), password: 'wrong again and again' });
      expect((await auth.signIn(username)).status).toBe('signed_in');
    });

    it('wrong codes and wrong second factors count too, and the password does not take them back', async () => {
      const { id, username } = await auth.member();
      const settings = `${iam}/organizations/${server.organization.organizationId}/security-settings`;
      await server.call('PATCH', settings, { body: { login_attempts_before_locked: 4 } });
      const { attempt, code } = await auth.sendCode(await auth.begin(username));
      const wrong = code === '000000' ? '000001' : '000000';
      for (let tries = 0; tries < 2; tries += 1)
        expect(refusalOf(await auth.call('code', { attempt, code: wrong }))).toEqual(refused);
      await setUpOneTimePasswords(server, id);
      for (let tries = 0; tries < 2; tries += 1) {
        const step = await auth.signIn(username);
        expect(step).toEqual({
          status: 'second_factor_needed',
          attempt: expect.stringMatching(/^bwsi_/),
          second_factors: ['one_time_password'],
        });
        const answer = await auth.call('second-factor', { attempt: step.attempt, one_time_password: '000000' });
        expect(refusalOf(answer)).toEqual(refused);
      }
      const entries = await auditEntries(server);
      expect(entries.slice(-2).map(({ reason }) => reason)).toEqual(['invalid_mfa', 'too_many_failed_sign_ins']);
      expect((await auth.userRow(id)).locked).toBe(1);
      await server.call('PATCH', settings, { body: { login_attempts_before_locked: 10 } });
    });

    it('five wrong proofs end an attempt', async () => {
      const { username } = await auth.member();
      for (const name of [username, 'nobody-at-all']) {
        const attempt = await auth.begin(name);
        for (let tries = 0; tries < 5; tries += 1)
          expect(refusalOf(await auth.call('password', { attempt, password: 'wrong password' }))).toEqual(refused);
        expect(refusalOf(await auth.call('password', { attempt, password }))).toEqual(unknownAttempt);
      }
    });

    it('the owner is never locked: whoever tries too often waits, for known and unknown names alike', async () => {
      for (const username of ['owner@example.org', 'stranger@example.org']) {
        await auth.forgetTries();
        for (let tries = 0; tries < 30; tries += 1) {
          const attempt = await auth.begin(username);
          expect(refusalOf(await auth.call('password', { attempt, password: 'wrong password' }))).toEqual(refused);
        }
        const { status, headers, body } = await auth.call('password', {
          attempt: await auth.begin(username),
          password,
        });
        expect([status, headers['retry-after'], body.reset_seconds]).toEqual([429, '900', 900]);
      }
      server.clock.advance(901);
      expect((await auth.signIn('owner@example.org')).status).toBe('signed_in');
      expect((await auth.userRow(server.organization.ownerId)).locked).toBe(0);
    });

    it('an address asks so often in a minute, and a name gets so many mails in a quarter of an hour', async () => {
      const { username } = await auth.member();
      for (const name of [username, 'nobody-at-all']) {
        const names = { organization: server.organization.organizationId, username: name };
        const statuses: number[] = [];
        for (let tries = 0; tries < 6; tries += 1) statuses.push((await auth.call('recover', names)).status);
        expect(statuses).toEqual([204, 204, 204, 204, 204, 429]);
      }
      await auth.forgetTries();
      const statuses = await Promise.all(
        Array.from({ length: 210 }, () => auth.call('renew', { renew_token: 'x' }).then(({ status }) => status)),
      );
      expect([
        statuses.filter((status) => status === 401).length,
        statuses.filter((status) => status === 429).length,
      ]).toEqual([200, 10]);
      const { status, headers } = await auth.call('start', { username: 'ada' });
      expect([status, headers['retry-after']]).toEqual([429, '60']);
      server.clock.advance(60);
      expect((await auth.call('start', { username: 'ada' })).status).toBe(200);
    });

    it('what is no input at all is refused by name', async () => {
      const answers = async (step: string, body: Json) => refusalOf(await auth.call(step, body));
      expect(await answers('start', {})).toEqual(invalid(['username', 'required', 'value is required']));
      expect(await answers('password', { attempt: 'x' })).toEqual(
        invalid(['password', 'required', 'value is required']),
      );
      expect(await answers('code', { attempt: 'x', code: '12345' })).toEqual(
        invalid(['code', 'format', 'value does not match regex pattern "^[0-9]{6}$"']),
      );
      for (const step of ['send-code', 'renew', 'set-password', 'second-factor'])
        expect((await auth.call(step, {})).status).toBe(400);
    });
  });
}
