import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { withSession } from './support/bearers.ts';
import { attribute, encoded, idp, requestIn } from './support/identity-provider.ts';
import { refusalOf, unauthenticated } from './support/refusals.ts';
import { enableSaml, samlOn } from './support/saml.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { refused, unknownAttempt } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`sign-in by SAML on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    let configuration: Json;
    const saml = samlOn(server, () => configuration);
    const organization = () => server.organization.organizationId;
    beforeAll(async () => {
      configuration = await enableSaml(server, { organizationId: organization() });
    });
    beforeEach(() => saml.forgetTries());
    const loginMethods = (body: Json) =>
      server.call('PATCH', `${iam}/organizations/${organization()}/login-methods`, { body });

    it('a member goes on at the identity provider and comes back with a session of its own', async () => {
      const { id, username } = await saml.member();
      const started = await saml.done('start', { organization: organization(), username });
      expect(started.methods).toEqual(['password', 'code', 'saml']);
      const asked = await saml.done('saml', { attempt: started.attempt });
      expect(Object.keys(asked)).toEqual(['attempt', 'expires_at', 'url']);
      expect(asked.url.startsWith(`${idp.single_sign_on_url}&SAMLRequest=`)).toBe(true);
      const { xml, id: request } = requestIn(asked.url);
      expect(request).toMatch(/^_[0-9a-f]{40}$/);
      const { service_provider: us } = configuration;
      for (const text of [us.entity_id, us.assertion_consumer_service_url, idp.single_sign_on_url])
        expect(xml).toContain(text);
      const { answer } = (await saml.answer(saml.signed(request, { nameId: username }))).body;
      const done = await saml.finish(asked.attempt, answer);
      expect(done.body).toMatchObject({ status: 'signed_in', jwt: { audience_id: id, issuer_id: id } });
      const itself = await server.call('GET', `${iam}/users/${id}`, withSession(done.body.token));
      expect([itself.status, itself.body.last_login_at]).toEqual([200, done.body.jwt.created_at]);
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'signIn.finishSaml', resource_type: 'jwt', resource_id: done.body.jwt.jti, reason: '' },
        ...{ bearer_type: 'user', bearer_id: id },
      });
    });

    it('the answer may be signed as a whole, its assertion alone, or both', async () => {
      const { username } = await saml.member();
      for (const of of ['Response', 'Assertion'] as const) {
        const { attempt, request } = await saml.begin(username);
        const { answer } = (await saml.answer(saml.signed(request, { nameId: username }, { of }))).body;
        expect((await saml.finish(attempt, answer)).body.status, of).toBe('signed_in');
      }
    });

    it('the attribute Username goes before the NameID, and capitals stand for small letters', async () => {
      const { username } = await saml.member();
      const { attempt, request } = await saml.begin(username);
      const attributes = attribute('Username', username.toUpperCase());
      const { answer } = (await saml.answer(saml.signed(request, { nameId: 'somebody-else', attributes }))).body;
      expect((await saml.finish(attempt, answer)).body.status).toBe('signed_in');
    });

    it('a second factor is asked for afterwards', async () => {
      const { id, username } = await saml.member();
      const factor = await setUpOneTimePasswords(server, id);
      const { attempt, request } = await saml.begin(username);
      const { answer } = (await saml.answer(saml.signed(request, { nameId: username }))).body;
      const step = (await saml.finish(attempt, answer)).body;
      expect(step).toEqual({
        status: 'second_factor_needed',
        attempt: expect.any(String),
        second_factors: ['one_time_password'],
      });
      const recovery_code = factor.recoveryCodes[0];
      expect((await saml.done('second-factor', { attempt: step.attempt, recovery_code })).status).toBe('signed_in');
    });

    it('what the identity provider answers is worth nothing without the attempt, nor the attempt without it', async () => {
      const [ada, eve] = [await saml.member(), await saml.member()];
      const hers = await saml.begin(ada.username);
      const others = await saml.begin(eve.username);
      const { answer } = (await saml.answer(saml.signed(hers.request, { nameId: ada.username }))).body;
      expect(refusalOf(await saml.finish(others.attempt, answer))).toEqual(refused);
      expect(await saml.lastReason()).toBe('saml_other_browser');
      expect(refusalOf(await saml.finish(hers.attempt, `${answer}x`))).toEqual(refused);
      expect(refusalOf(await saml.finish(hers.attempt, ''))).toEqual(refused);
      expect((await saml.finish(hers.attempt, answer)).body.status).toBe('signed_in');
      expect(refusalOf(await saml.finish(hers.attempt, answer))).toEqual(unknownAttempt);
    });

    it('an attempt that waits for the identity provider takes no other proof, and ends after ten minutes', async () => {
      const { username } = await saml.member();
      const { attempt, request } = await saml.begin(username);
      for (const [step, more] of [
        ['password', { password: 'correct horse battery' }],
        ['send-code', {}],
        ['saml', {}],
      ] as const)
        expect(refusalOf(await saml.call(step, { attempt, ...more })), step).toEqual(unknownAttempt);
      server.clock.advance(601);
      expect(refusalOf(await saml.answer(saml.signed(request, { nameId: username })))).toEqual(refused);
      expect(refusalOf(await saml.finish(attempt, ''))).toEqual(unauthenticated('unknown_method', 'expired'));
    });

    it('tells nobody who exists: names that nobody has are led to the identity provider too', async () => {
      const names = { organization: organization(), username: 'nobody-at-all' };
      expect((await saml.done('start', names)).methods).toEqual(['password', 'code', 'saml']);
      const { request } = await saml.begin('nobody-at-all');
      const answer = await saml.answer(saml.signed(request, { nameId: 'nobody-at-all' }));
      expect(refusalOf(answer)).toEqual(refused);
      expect(await saml.lastReason()).toBe('unknown_user');
      expect((await saml.done('start', { organization: 'no-such-place', username: 'ada' })).methods).toEqual([
        'password',
        'code',
      ]);
    });

    it('a way that is switched off, or not complete any more, leads nowhere', async () => {
      const { username } = await saml.member();
      const waiting = await saml.begin(username);
      await loginMethods({ login_saml_enabled: false });
      const names = { organization: organization(), username };
      expect((await saml.done('start', names)).methods).toEqual(['password', 'code']);
      expect(refusalOf(await saml.call('saml', { attempt: await saml.start(username) }))).toEqual(refused);
      expect(await saml.lastReason()).toBe('login_method_disabled');
      expect(refusalOf(await saml.answer(saml.signed(waiting.request, { nameId: username })))).toEqual(refused);
      expect(await saml.lastReason()).toBe('login_method_disabled');
      await loginMethods({ login_saml_enabled: true });
      const { answer } = (await saml.answer(saml.signed(waiting.request, { nameId: username }))).body;
      await loginMethods({ login_saml_enabled: false });
      expect(refusalOf(await saml.finish(waiting.attempt, answer))).toEqual(refused);
      await loginMethods({ login_saml_enabled: true });
    });

    it('the page that answers are posted to leads back with a token, or without one, and keeps nothing in the browser', async () => {
      const { username } = await saml.member();
      const { request } = await saml.begin(username);
      const post = (xml: string, id: string = configuration.id) =>
        server.call('POST', `/iam/v1/saml/${id}/login`, {
          key: null,
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
          raw: String(new URLSearchParams({ SAMLResponse: encoded(xml), RelayState: 'https://evil.example.org' })),
        });
      const signed = saml.signed(request, { nameId: username });
      const taken = await post(signed);
      expect([taken.status, taken.headers.location, taken.headers['set-cookie']]).toEqual([
        303,
        expect.stringMatching(/^\/auth\/sign-in\?saml_answer=bwsa_\w+/),
        undefined,
      ]);
      for (const xml of [signed, '<a/>']) {
        const { status, headers } = await post(xml);
        expect([status, headers.location]).toEqual([303, '/auth/sign-in?saml_answer=']);
      }
      const page = await server.call('GET', String(taken.headers.location), { key: null });
      expect([page.status, page.text.includes('This sign-in was not begun here')]).toEqual([400, true]);
      expect((await post(signed, '6f0c0000-0000-4000-8000-000000000001')).status).toBe(404);
      expect((await post('')).status).toBe(400);
      for (const length of [300, 600]) expect((await post('a'.repeat(length * 1024))).status).toBe(400);
    });
  });
}
