import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { oneTimePasswordAt } from '../src/second-factors/one-time-passwords.ts';
import { auditEntries } from './support/audit.ts';
import { keyFor } from './support/bearers.ts';
import { dumpTables } from './support/dump.ts';
import { forbidden, invalid, refusalOf, taken, unknown } from './support/refusals.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { refused, signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const wrong = invalid(['one_time_password', 'constraint', 'the password is wrong, too old, or was used already']);

for (const database of databases()) {
  describe(`second factors on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const member = async () => {
      const { id, username } = await auth.member();
      const key = await keyFor(server, { user_id: id });
      const path = `${iam}/users/${id}`;
      const call = (method: string, rest: string, body?: Json) =>
        server.call(method, `${path}${rest}`, { key, ...(body !== undefined && { body }) });
      return { id, username, key, call, shown: async () => (await call('GET', '')).body };
    };
    const asked = async (username: string): Promise<string> => {
      const step = await auth.signIn(username);
      expect(step.status).toBe('second_factor_needed');
      return step.attempt;
    };
    /** The same request a hundred times at once. @returns how many succeed */
    const wonOf = async (call: (number: number) => Promise<{ readonly status: number }>): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => call(number)));
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      return answers.filter(({ status }) => status === 200 || status === 204).length;
    };

    it('one-time passwords count once the first of them was shown, and are asked for at the next sign-in', async () => {
      const { call, shown, username } = await member();
      const { secret } = (await call('POST', '/mfa-otp', {})).body;
      expect(secret).toMatch(/^[A-Z2-7]{32}$/);
      expect(await shown()).toMatchObject({ mfa: false, two_factor_enabled: false });
      expect((await auth.signIn(username)).status).toBe('signed_in');
      const first = oneTimePasswordAt(secret, server.clock.now());
      const { recovery_codes: codes } = (await call('POST', '/validate-mfa-otp', { one_time_password: first })).body;
      expect(new Set(codes).size).toBe(10);
      for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
      expect(await shown()).toMatchObject({ mfa: true, two_factor_enabled: true });

      const attempt = await asked(username);
      // The first one was used to set it up.
      expect(refusalOf(await auth.call('second-factor', { attempt, one_time_password: first }))).toEqual(refused);
      server.clock.advance(30);
      const second = oneTimePasswordAt(secret, server.clock.now());
      const session = await auth.done('second-factor', { attempt, one_time_password: second });
      expect(session.status).toBe('signed_in');
      const answer = await server.call('GET', `${iam}/users`, {
        key: null,
        headers: { 'x-session-token': session.token },
      });
      expect(refusalOf(answer)).toEqual(forbidden(['list', 'user']));
    });

    it('a recovery code stands for a one-time password once, however it is typed', async () => {
      const { id, username } = await member();
      const { recoveryCodes } = await setUpOneTimePasswords(server, id);
      const [code = '', other = ''] = recoveryCodes;
      const typed = ` ${code.slice(0, 5)}-${code.slice(5).toLowerCase()}`;
      const signedIn = await auth.done('second-factor', { attempt: await asked(username), recovery_code: typed });
      expect(signedIn.status).toBe('signed_in');
      const attempt = await asked(username);
      expect(refusalOf(await auth.call('second-factor', { attempt, recovery_code: code }))).toEqual(refused);
      expect((await auth.done('second-factor', { attempt, recovery_code: other })).status).toBe('signed_in');
    });

    it('a new validation replaces the recovery codes, and an end of the passwords ends them', async () => {
      const { id, call, username, shown } = await member();
      const { recoveryCodes, next } = await setUpOneTimePasswords(server, id);
      const { body } = await call('POST', '/validate-mfa-otp', { one_time_password: next() });
      const attempt = await asked(username);
      const [old, fresh] = [recoveryCodes[0], body.recovery_codes[0]];
      expect(refusalOf(await auth.call('second-factor', { attempt, recovery_code: old }))).toEqual(refused);
      expect((await auth.done('second-factor', { attempt, recovery_code: fresh })).status).toBe('signed_in');
      const waiting = await asked(username);
      expect((await call('DELETE', '/mfa-otp')).status).toBe(204);
      expect(await shown()).toMatchObject({ mfa: false });
      const late = await auth.call('second-factor', { attempt: waiting, recovery_code: body.recovery_codes[1] });
      expect(refusalOf(late)).toEqual(refused);
      expect((await auth.signIn(username)).status).toBe('signed_in');
    });

    it('the secret is shown as an address and a QR code until its first password, and never again', async () => {
      const { id, call, username } = await member();
      expect(refusalOf(await call('GET', '/mfa-otp-address'))).toEqual(unknown('mfa_otp', id));
      const { secret } = (await call('POST', '/mfa-otp', {})).body;
      const { otpauth_uri: uri, qr_code: code } = (await call('GET', '/mfa-otp-address')).body;
      const address = new URL(uri);
      expect([address.protocol, address.host]).toEqual(['otpauth:', 'totp']);
      expect(decodeURIComponent(address.pathname)).toBe(`/another:${username}`);
      expect(Object.fromEntries(address.searchParams)).toMatchObject({ secret, issuer: 'another' });
      expect(code).toMatch(/^<svg /);
      await call('POST', '/validate-mfa-otp', { one_time_password: oneTimePasswordAt(secret, server.clock.now()) });
      expect(refusalOf(await call('GET', '/mfa-otp-address'))).toEqual(unknown('mfa_otp', id));
      expect(refusalOf(await call('POST', '/mfa-otp', {}))).toEqual(
        taken('mfa_otp', id, 'one-time passwords are in force: delete them first'),
      );
    });

    it('a password is refused that is wrong, too old, too new, used or older than the newest that was used', async () => {
      const { call } = await member();
      const { secret } = (await call('POST', '/mfa-otp', {})).body;
      const now = server.clock.now();
      const validate = async (steps: number) =>
        call('POST', '/validate-mfa-otp', { one_time_password: oneTimePasswordAt(secret, now + steps * 30_000_000) });
      for (const steps of [-3, 3]) expect(refusalOf(await validate(steps))).toEqual(wrong);
      expect((await validate(1)).status).toBe(200);
      for (const steps of [1, 0, -1]) expect(refusalOf(await validate(steps))).toEqual(wrong);
      for (const bad of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
        expect((await call('POST', '/validate-mfa-otp', { one_time_password: bad })).status, bad).toBe(400);
    });

    it('who manages users takes them from a member, nobody but the owner from the owner, and nobody sets up another', async () => {
      const { id, shown } = await member();
      const manager = await member();
      const policy = { name: 'managers', user_id: manager.id };
      const organization = { organization_id: server.organization.organizationId };
      const rules = [{ permission_set_names: ['IAMUserManager'], ...organization }];
      await server.call('POST', `${iam}/policies`, { body: { ...policy, rules } });
      await setUpOneTimePasswords(server, id);
      const asManager = (method: string, of: string, rest: string, body?: Json) =>
        server.call(method, `${iam}/users/${of}${rest}`, { key: manager.key, ...(body !== undefined && { body }) });
      expect(refusalOf(await asManager('POST', id, '/mfa-otp', {}))).toEqual(forbidden(['create', 'self_mfa']));
      const stolen = await asManager('POST', id, '/validate-mfa-otp', { one_time_password: '000000' });
      expect(refusalOf(stolen)).toEqual(forbidden(['write', 'self_mfa']));
      expect((await asManager('DELETE', id, '/mfa-otp')).status).toBe(204);
      expect(await shown()).toMatchObject({ mfa: false });
      const { ownerId, secretKey } = server.organization;
      await setUpOneTimePasswords(server, ownerId, secretKey);
      expect((await asManager('DELETE', ownerId, '/mfa-otp')).body).toMatchObject({
        precondition: 'protected_resource',
      });
      expect((await server.call('DELETE', `${iam}/users/${ownerId}/mfa-otp`)).status).toBe(204);
    });

    it('changes of factors are audited with address and client, and nothing kept or told holds a secret', async () => {
      const { id } = await member();
      const { secret, recoveryCodes } = await setUpOneTimePasswords(server, id);
      const entries = (await auditEntries(server)).filter(({ resource_id }) => resource_id === id).slice(-2);
      const from = { ip: '127.0.0.1', user_agent: 'tests', bearer_id: id, resource_id: id };
      expect(entries).toMatchObject([
        { operation: 'mfaOtp.create', resource_type: 'user_mfa', action: 'created', ...from },
        { operation: 'mfaOtp.validate', resource_type: 'user', action: 'updated', ...from },
      ]);
      const kept = JSON.stringify(await dumpTables(server.services));
      for (const shown of [secret, ...recoveryCodes]) expect(kept).not.toContain(shown);
    });

    it('of a hundred redemptions of one one-time password at once, one wins', async () => {
      const { id, username } = await member();
      const passwords = await setUpOneTimePasswords(server, id);
      const attempts: string[] = [];
      for (let number = 0; number < 20; number += 1) attempts.push(await asked(username));
      const shown = passwords.next();
      await auth.forgetTries();
      const won = await wonOf((number) =>
        auth.call('second-factor', { attempt: attempts[number % 20], one_time_password: shown }),
      );
      expect(won).toBe(1);
    });

    it('of a hundred redemptions of one recovery code at once, one wins', async () => {
      const { id, username } = await member();
      const { recoveryCodes } = await setUpOneTimePasswords(server, id);
      const attempts: string[] = [];
      for (let number = 0; number < 20; number += 1) attempts.push(await asked(username));
      await auth.forgetTries();
      const won = await wonOf((number) =>
        auth.call('second-factor', { attempt: attempts[number % 20], recovery_code: recoveryCodes[0] }),
      );
      expect(won).toBe(1);
    });

    it('of a hundred validations with one password at once, one wins', async () => {
      const { call } = await member();
      const { secret } = (await call('POST', '/mfa-otp', {})).body;
      const one_time_password = oneTimePasswordAt(secret, server.clock.now());
      expect(await wonOf(() => call('POST', '/validate-mfa-otp', { one_time_password }))).toBe(1);
    });

    it('a factor of somebody else, or of another organization, is none', async () => {
      const [ours, theirs] = [await member(), await member()];
      const passwords = await setUpOneTimePasswords(server, theirs.id);
      await setUpOneTimePasswords(server, ours.id);
      const attempt = await asked(ours.username);
      const stranger = { attempt, one_time_password: passwords.next() };
      expect(refusalOf(await auth.call('second-factor', stranger))).toEqual(refused);
      const code = { attempt, recovery_code: passwords.recoveryCodes[0] };
      expect(refusalOf(await auth.call('second-factor', code))).toEqual(refused);
      const both = { attempt, one_time_password: '000000', recovery_code: 'x' };
      expect((await auth.call('second-factor', both)).status).toBe(400);
      expect((await auth.call('second-factor', { attempt })).status).toBe(400);
      const other = await server.anotherOrganization();
      for (const [method, rest, body] of [
        ['POST', 'mfa-otp', {}],
        ['GET', 'mfa-otp-address', undefined],
        ['POST', 'validate-mfa-otp', { one_time_password: '000000' }],
      ] as const) {
        const answer = await server.call(method, `${iam}/users/${ours.id}/${rest}`, { key: other.secretKey, body });
        expect(answer.status, rest).toBe(403);
      }
      const gone = await server.call('DELETE', `${iam}/users/${ours.id}/mfa-otp`, { key: other.secretKey });
      expect(refusalOf(gone)).toEqual(unknown('user', ours.id));
    });
  });
}
