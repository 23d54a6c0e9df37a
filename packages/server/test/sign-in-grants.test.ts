import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { createApplication, keyFor, withSession } from './support/bearers.ts';
import { forbidden, refusalOf, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';
import { codeRequest, codeVerifier, signInOn, unknownAttempt } from './support/sign-in.ts';

for (const database of databases()) {
  describe(`programs that somebody lets sign in, on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const post = (token: string, path: string, body?: Json) =>
      server.call('POST', `/auth/v1/${path}`, { ...withSession(token), ...(body && { body }) });
    const askCode = (token: string, more: Json = {}) => post(token, 'codes', { ...codeRequest, ...more });
    const redeemCode = (code: string, shown = codeVerifier) => auth.call('redeem-code', { code, code_verifier: shown });
    const askDevice = (token: string, code: string) =>
      server.call('GET', `/auth/v1/devices/${code}`, withSession(token));
    const redeemDevice = (device: Json) => auth.call('redeem-device', { device_code: device.device_code });
    const itself = (id: string, token: string) => server.call('GET', `/iam/v1alpha1/users/${id}`, withSession(token));
    const signedIn = async (): Promise<Json> => {
      const { id, username } = await auth.member();
      return { id: String(id), username, ...(await auth.signIn(username)) };
    };

    it('a code begins a session of whoever asked for it, once, with the verifier', async () => {
      const browser = await signedIn();
      const { code } = (await askCode(browser.token)).body;
      const { status, body } = await redeemCode(code);
      expect(status).toBe(200);
      expect(body.jwt).toMatchObject({ audience_id: browser.id, issuer_id: browser.id });
      expect(body.jwt.jti).not.toBe(browser.jwt.jti);
      expect((await itself(browser.id, body.token)).status).toBe(200);
      expect(refusalOf(await redeemCode(code))).toEqual(unknownAttempt);
      expect((await auditEntries(server)).slice(-2)).toMatchObject([
        {
          operation: 'signInGrants.createCode',
          resource_type: 'sign_in',
          resource_id: browser.id,
          bearer_id: browser.id,
        },
        {
          operation: 'signInGrants.redeemCode',
          resource_type: 'jwt',
          resource_id: body.jwt.jti,
          bearer_id: browser.id,
        },
      ]);
    });

    it('a code is worth nothing without its verifier, and nothing after a wrong one', async () => {
      const { code } = (await askCode((await signedIn()).token)).body;
      expect(refusalOf(await redeemCode(code, `${codeVerifier}x`))).toEqual(unknownAttempt);
      expect(refusalOf(await redeemCode(code))).toEqual(unknownAttempt);
    });

    it('a code works for a minute', async () => {
      const { code } = (await askCode((await signedIn()).token)).body;
      server.clock.advance(61);
      expect(refusalOf(await redeemCode(code))).toEqual(unauthenticated('unknown_method', 'expired'));
    });

    it.each([
      'https://127.0.0.1:4711/callback',
      'http://localhost:4711/callback',
      'http://127.0.0.1.example.org/callback',
      'http://127.0.0.1:4711@example.org/',
      'http://ada@127.0.0.1:4711/',
      'http:127.0.0.1:4711/',
      'http://2130706433:4711/',
      'http://example.org/',
      'javascript:alert(1)',
      '//127.0.0.1/',
      'http://127.0.0.1:4711/#x',
    ])('codes go to a loopback address alone, not to %s', async (redirect_uri) => {
      const { status, body } = await askCode((await signedIn()).token, { redirect_uri });
      expect([status, body.details]).toMatchObject([400, [{ argument_name: 'redirect_uri', reason: 'constraint' }]]);
    });

    it('of a hundred that redeem a code at once, one wins', async () => {
      const { code } = (await askCode((await signedIn()).token)).body;
      const answers = await Promise.all(Array.from({ length: 100 }, () => redeemCode(code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 200))
        expect(refusalOf(answer)).toEqual(unknownAttempt);
    });

    it('a device waits until somebody who is signed in approves it', async () => {
      const browser = await signedIn();
      const device = await auth.done('devices', {});
      expect(device.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      expect(device).toMatchObject({
        verification_uri: 'https://iam.example.org/auth/device',
        verification_uri_complete: `https://iam.example.org/auth/device?user_code=${device.user_code}`,
        interval: 5,
      });
      expect((await redeemDevice(device)).body).toEqual({ status: 'pending' });
      const typed = device.user_code.toLowerCase().replace('-', '');
      expect((await askDevice(browser.token, typed)).body).toMatchObject({
        ...{ user_code: device.user_code, ip: '127.0.0.1', user_agent: 'tests' },
      });
      expect((await post(browser.token, `devices/${typed}/approve`)).status).toBe(204);
      const { body } = await redeemDevice(device);
      expect(body).toMatchObject({ status: 'signed_in', jwt: { audience_id: browser.id } });
      expect((await itself(browser.id, body.token)).status).toBe(200);
      expect(refusalOf(await redeemDevice(device))).toEqual(unknownAttempt);
    });

    it('of a hundred that redeem an approved device at once, one wins', async () => {
      const device = await auth.done('devices', {});
      await post((await signedIn()).token, `devices/${device.user_code}/approve`);
      const answers = await Promise.all(Array.from({ length: 100 }, () => redeemDevice(device)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 200))
        expect(refusalOf(answer)).toEqual(unknownAttempt);
    });

    it('a device is approved once, by one', async () => {
      const [ada, bob] = [await signedIn(), await signedIn()];
      const device = await auth.done('devices', {});
      const path = `devices/${device.user_code}/approve`;
      const answers = await Promise.all([ada, bob, ada, bob].map(({ token }) => post(token, path)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404, 404]);
      expect((await askDevice(ada.token, device.user_code)).status).toBe(404);
    });

    it('a device that is refused, or too late, hears so', async () => {
      const { token } = await signedIn();
      const refused = await auth.done('devices', {});
      expect((await post(token, `devices/${refused.user_code}/refuse`)).status).toBe(204);
      expect(refusalOf(await redeemDevice(refused))).toEqual(unknownAttempt);
      const late = await auth.done('devices', {});
      server.clock.advance(901);
      expect((await post(token, `devices/${late.user_code}/approve`)).status).toBe(404);
      expect(refusalOf(await redeemDevice(late))).toEqual(unauthenticated('unknown_method', 'expired'));
    });

    it('codes of devices cannot be tried out', async () => {
      const { token } = await signedIn();
      for (let tries = 0; tries < 30; tries += 1) expect((await askDevice(token, 'BBBB-BBBB')).status).toBe(404);
      expect((await askDevice(token, 'BBBB-BBBB')).status).toBe(429);
    });

    it('a new password and the lock end what was approved for programs', async () => {
      const { id, token } = await signedIn();
      const { code } = (await askCode(token)).body;
      const device = await auth.done('devices', {});
      await post(token, `devices/${device.user_code}/approve`);
      expect((await server.call('POST', `/iam/v1alpha1/users/${id}/lock`)).status).toBe(200);
      expect(refusalOf(await redeemCode(code))).toEqual(unknownAttempt);
      expect(refusalOf(await redeemDevice(device))).toEqual(unknownAttempt);
    });

    it('the session of a program ends no later than the one it comes from', async () => {
      const settings = `/iam/v1alpha1/organizations/${server.organization.organizationId}/security-settings`;
      await server.call('PATCH', settings, { body: { max_login_session_duration: '7200s' } });
      const browser = await signedIn();
      server.clock.advance(3000);
      const { code } = (await askCode(browser.token)).body;
      const program = (await redeemCode(code)).body;
      server.clock.advance(4300);
      const renewed = await auth.call('renew', { renew_token: program.renew_token });
      expect(refusalOf(renewed)).toEqual(unauthenticated('jwt', 'expired'));
    });

    it('applications let nobody sign in', async () => {
      const application = await createApplication(server);
      const key = await keyFor(server, { application_id: application.id });
      const answer = await server.call('POST', '/auth/v1/codes', {
        ...{ key, body: codeRequest },
      });
      expect(refusalOf(answer)).toEqual(forbidden(['create', 'self_jwt']));
    });

    it('a renew token signs out, once, also when it is not the newest', async () => {
      const browser = await signedIn();
      const renewed = await auth.done('renew', { renew_token: browser.renew_token });
      server.clock.advance(3700);
      expect((await auth.call('sign-out', { renew_token: browser.renew_token })).status).toBe(204);
      const gone = unauthenticated('jwt', 'not_found');
      expect(refusalOf(await auth.call('sign-out', { renew_token: browser.renew_token }))).toEqual(gone);
      expect(refusalOf(await auth.call('renew', { renew_token: renewed.renew_token }))).toEqual(gone);
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'signIn.signOut', action: 'deleted', resource_id: browser.jwt.jti, bearer_id: browser.id },
      });
    });
  });
}
