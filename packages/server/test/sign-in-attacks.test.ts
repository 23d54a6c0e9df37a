import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { createMember, withSession } from './support/bearers.ts';
import { dumpTables } from './support/dump.ts';
import { lastMail, mailsOf } from './support/mail.ts';
import { refusalOf, unauthenticated } from './support/refusals.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, refused, signInOn, unknownAttempt } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const malformed = unauthenticated('unknown_method', 'invalid_argument');

for (const database of databases()) {
  describe(`attacks on sign-in on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    /** The same request a hundred times at once. */
    const atOnce = async (step: string, body: Json) => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => auth.call(step, body)));
      const count = (...statuses: readonly number[]) =>
        answers.filter(({ status }) => statuses.includes(status)).length;
      return { won: count(200, 204), refused: count(401), limited: count(429), answers };
    };
    const sessionsOf = (id: string) =>
      server.services.storage.db.selectFrom('jwts').selectAll().where('audience_id', '=', id).execute();
    const recoverToken = async (username: string): Promise<string> => {
      await auth.done('recover', { organization: server.organization.organizationId, username });
      const { kind, values } = await lastMail(server);
      expect(kind).toBe('recovery');
      return new URL(values.link ?? '').searchParams.get('token') ?? '';
    };

    it('of a hundred redemptions of one code at once, one wins', async () => {
      const { id, username } = await auth.member();
      const sent = await auth.sendCode(await auth.begin(username));
      const { won, refused, limited } = await atOnce('code', sent);
      expect([won, refused + limited]).toEqual([1, 99]);
      expect(await sessionsOf(id)).toHaveLength(1);
    });

    it('of a hundred uses of one attempt with the right password at once, one wins', async () => {
      const { id, username } = await auth.member();
      const attempt = await auth.begin(username);
      const { won, refused, limited } = await atOnce('password', { attempt, password });
      expect([won, refused + limited]).toEqual([1, 99]);
      expect(await sessionsOf(id)).toHaveLength(1);
    });

    it('of a hundred redemptions of one recovery link at once, one wins', async () => {
      const { id, username } = await auth.member();
      const token = await recoverToken(username);
      const { won, refused } = await atOnce('set-password', { token, password: 'another long password' });
      expect([won, refused]).toEqual([1, 99]);
      const changes = (await auditEntries(server)).filter((entry) => entry.operation === 'signIn.setPassword');
      expect(changes.filter(({ resource_id }) => resource_id === id)).toHaveLength(1);
    });

    it('of a hundred uses of one renew token at once, one wins, and the session ends', async () => {
      const { id, username } = await auth.member();
      const { renew_token } = await auth.signIn(username);
      const { won, refused, answers } = await atOnce('renew', { renew_token });
      expect([won, refused]).toEqual([1, 99]);
      const token = answers.find(({ status }) => status === 200)?.body.token;
      expect((await server.call('GET', `${iam}/users/${id}`, withSession(token))).status).toBe(401);
      expect(await sessionsOf(id)).toEqual([]);
    });

    it('a hundred wrong passwords at once lock the member as ten one after another do', async () => {
      const { id, username } = await auth.member();
      const attempts = await Promise.all(Array.from({ length: 30 }, () => auth.begin(username)));
      await Promise.all(attempts.map((attempt) => auth.call('password', { attempt, password: 'wrong password' })));
      expect((await auth.userRow(id)).locked).toBe(1);
      const locks = (await auditEntries(server)).filter(
        ({ reason, resource_id }) => reason !== '' && resource_id === id,
      );
      expect(locks.filter(({ operation }) => operation === 'users.lock')).toHaveLength(1);
      expect((await mailsOf(server)).filter(({ kind }) => kind === 'locked')).toHaveLength(1);
    });

    it('no step is taken out of order, twice, empty or with what belongs to another step', async () => {
      const { id, username } = await auth.member();
      const first = await auth.begin(username);
      const proofs: Readonly<Record<string, Json>> = {
        password: { password },
        code: { code: '000000' },
        'second-factor': { one_time_password: '000000' },
        webauthn: {},
        'send-code': {},
      };
      const expectOpenOnlyTo = async (attempt: string, ...steps: readonly string[]) => {
        for (const [step, proof] of Object.entries(proofs)) {
          if (steps.includes(step)) continue;
          expect(refusalOf(await auth.call(step, { attempt, ...proof })), step).toEqual(unknownAttempt);
        }
      };
      await expectOpenOnlyTo(first, 'password', 'send-code');
      const sent = await auth.sendCode(first);
      await expectOpenOnlyTo(first);
      await expectOpenOnlyTo(sent.attempt, 'code', 'send-code');
      await setUpOneTimePasswords(server, id);
      const step = await auth.done('code', sent);
      expect(step.status).toBe('second_factor_needed');
      await expectOpenOnlyTo(sent.attempt);
      await expectOpenOnlyTo(step.attempt, 'second-factor');
      for (const token of [step.attempt, sent.attempt, first]) {
        expect(refusalOf(await auth.call('renew', { renew_token: token }))).toEqual(
          unauthenticated('jwt', 'invalid_argument'),
        );
        expect(refusalOf(await auth.call('set-password', { token, password }))).toEqual(malformed);
        const session = await server.call('GET', `${iam}/users/${id}`, withSession(token));
        expect(refusalOf(session)).toEqual(unauthenticated('jwt', 'invalid_argument'));
      }
      for (const attempt of ['', 'bwsi_', 'x', `${step.attempt}x`, step.attempt.toUpperCase(), `${step.attempt} `])
        expect(refusalOf(await auth.call('second-factor', { attempt, one_time_password: '000000' }))).toEqual(
          malformed,
        );
      expect(await sessionsOf(id)).toEqual([]);
    });

    it('a factor that is set up while somebody signs in is asked for', async () => {
      const { id, username } = await auth.member();
      const attempt = await auth.begin(username);
      await setUpOneTimePasswords(server, id);
      expect((await auth.done('password', { attempt, password })).status).toBe('second_factor_needed');
    });

    it('the lock, a new password, a new address and the end of a user end what is under way', async () => {
      const ends: readonly (readonly [string, string, Json])[] = [
        ['POST', '/lock', {}],
        ['POST', '/update-password', { password: 'another long password' }],
        ['PATCH', '', { email: 'new@example.org' }],
        ['DELETE', '', undefined],
      ];
      for (const [method, path, body] of ends) {
        await auth.forgetTries();
        const { id, username } = await auth.member();
        const { renew_token } = await auth.signIn(username);
        const token = await recoverToken(username);
        const sent = await auth.sendCode(await auth.begin(username));
        const attempt = await auth.begin(username);
        expect((await server.call(method, `${iam}/users/${id}${path}`, { body })).status).toBeLessThan(300);
        expect(refusalOf(await auth.call('code', sent)), method + path).toEqual(unknownAttempt);
        expect(refusalOf(await auth.call('password', { attempt, password }))).toEqual(unknownAttempt);
        expect(refusalOf(await auth.call('set-password', { token, password: 'chosen by a thief' }))).toEqual(
          unknownAttempt,
        );
        const renewed = await auth.call('renew', { renew_token });
        // A new address leaves the sessions alone.
        expect(renewed.status, method + path).toBe(method === 'PATCH' ? 200 : 401);
      }
    });

    it('a recovery link works once, for an hour, and only the newest one', async () => {
      const { username } = await auth.member();
      const [old, late] = [await recoverToken(username), await recoverToken(username)];
      expect(refusalOf(await auth.call('set-password', { token: old, password: 'another long password' }))).toEqual(
        unknownAttempt,
      );
      server.clock.advance(3601);
      expect(refusalOf(await auth.call('set-password', { token: late, password: 'another long password' }))).toEqual(
        unauthenticated('unknown_method', 'expired'),
      );
      const { renew_token } = await auth.signIn(username);
      const token = await recoverToken(username);
      await auth.done('set-password', { token, password: 'another long password' });
      expect(refusalOf(await auth.call('set-password', { token, password: 'a third long password' }))).toEqual(
        unknownAttempt,
      );
      expect((await auth.call('renew', { renew_token })).status).toBe(401);
      expect((await auth.signIn(username, 'another long password')).status).toBe('signed_in');
      const before = await auth.call('password', { attempt: await auth.begin(username), password });
      expect(refusalOf(before)).toEqual(refused);
    });

    it('a recovery does not pass the second factor by, nor open a locked member', async () => {
      const { id, username } = await auth.member();
      await setUpOneTimePasswords(server, id);
      const shown = 'another long password';
      await auth.done('set-password', { token: await recoverToken(username), password: shown });
      expect((await auth.signIn(username, shown)).status).toBe('second_factor_needed');
      await server.call('POST', `${iam}/users/${id}/lock`, { body: {} });
      const mails = (await mailsOf(server)).length;
      await auth.done('recover', { organization: server.organization.organizationId, username });
      expect((await mailsOf(server)).length).toBe(mails);
    });

    it('two organizations with the same username are two accounts', async () => {
      const other = await server.anotherOrganization();
      const names = { username: 'twin', email: 'twin@example.org' };
      const here = await auth.member(names);
      const there = await server.call('POST', `${iam}/users`, {
        key: other.secretKey,
        body: { member: { ...names, password: 'another long password' } },
      });
      expect(there.status).toBe(200);
      const attempt = await auth.begin('twin', other.organizationId);
      expect(refusalOf(await auth.call('password', { attempt, password }))).toEqual(refused);
      expect((await auth.done('password', { attempt, password: 'another long password' })).jwt.audience_id).toBe(
        there.body.id,
      );
      expect((await auth.signIn('twin')).jwt.audience_id).toBe(here.id);
      // Both have an owner with this address, so the address alone names neither.
      const anybody = await auth.done('start', { username: 'owner@example.org' });
      const refusal = await auth.call('password', { attempt: anybody.attempt, password });
      expect(refusalOf(refusal)).toEqual(refused);
    });

    it('tokens, codes and passwords stand nowhere in the database', async () => {
      const { username } = await auth.member({ password: 'a canary of a password' });
      const attempt = await auth.begin(username);
      const sent = await auth.sendCode(await auth.begin(username));
      const link = await recoverToken(username);
      const pending = await auth.signIn(username, 'a canary of a password');
      const renewed = await auth.done('renew', { renew_token: pending.renew_token });
      const tables = JSON.stringify(await dumpTables(server.services));
      const secrets = [attempt, sent.attempt, link, pending.renew_token, pending.token, renewed.renew_token];
      for (const secret of [...secrets, 'a canary of a password']) expect(tables.includes(secret)).toBe(false);
      expect(tables.includes(`"${sent.code}"`)).toBe(false);
    });

    it('forwarded headers of strangers and foreign hosts change neither the address nor a link', async () => {
      const { username } = await createMember(server, { password });
      const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example', host: 'evil.example' };
      const body = { organization: server.organization.organizationId, username };
      await server.call('POST', '/auth/v1/recover', { key: null, headers, body });
      expect((await lastMail(server)).values.link).toMatch(/^https:\/\/iam\.example\.org\/auth\/recover\?token=bwrc_/);
      const { body: started } = await server.call('POST', '/auth/v1/start', { key: null, headers, body });
      const signedIn = await server.call('POST', '/auth/v1/password', {
        ...{ key: null, headers, body: { attempt: started.attempt, password } },
      });
      expect(signedIn.body.jwt.ip).toBe('127.0.0.1');
    });
  });
}
