import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createApplication, keyFor } from './support/bearers.ts';
import { lastMail } from './support/mail.ts';
import { type Answer, serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';
import { type Visitor, visitorOf } from './support/visitor.ts';

const tokenCookie = '__Host-bailiwick-session';
const renewCookie = '__Host-bailiwick-renew';

for (const database of databases()) {
  describe(`pages on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const begin = async (visitor: Visitor, username: string, more: Record<string, string> = {}) =>
      visitor.post('/auth/sign-in', { organization: server.organization.organizationId, username, ...more });
    const signedIn = async (more: Record<string, string> = {}) => {
      const { id, username } = await auth.member();
      const visitor = visitorOf(server);
      const page = await begin(visitor, username, more);
      return { id, username, visitor, answer: await visitor.goOn(page, 'password', { password }) };
    };
    const title = ({ text }: Answer): string => /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '';
    const alert = ({ text }: Answer): string => /<p role="alert"><mark>(.*?)<\/mark>/.exec(text)?.[1] ?? '';

    it('names, then the password, lead to the account, with a session that no script and no other site gets', async () => {
      const { username, visitor, answer } = await signedIn();
      expect([answer.status, answer.headers.location]).toEqual([303, '/auth/account']);
      expect(answer.headers['set-cookie']).toEqual([
        expect.stringMatching(
          /^__Host-bailiwick-session=ey[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
        expect.stringMatching(
          /^__Host-bailiwick-renew=bwrt_[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
      const account = await visitor.get('/auth/account');
      expect(account.status).toBe(200);
      expect(account.text).toContain(username);
    });

    it('the cookie is worth nothing to the API: no other site can use it there', async () => {
      const { id, visitor } = await signedIn();
      expect((await visitor.get(`/iam/v1alpha1/users/${id}`)).status).toBe(401);
    });

    it('a wrong password may be tried again in the same attempt, five times', async () => {
      const { username } = await auth.member();
      const visitor = visitorOf(server);
      let page = await begin(visitor, username);
      for (let tries = 0; tries < 5; tries += 1) {
        page = await visitor.goOn(page, 'password', { password: 'wrong horse battery' });
        expect([page.status, alert(page), title(page)]).toEqual([401, 'That is not right. Try again.', 'Sign in']);
        expect(page.text).toContain('type="password"');
      }
      page = await visitor.goOn(page, 'password', { password });
      expect([page.status, alert(page)]).toEqual([401, 'This took too long, or was used already. Begin again.']);
      expect(page.text).not.toContain('type="password"');
    });

    it('a name that nobody has sees the same pages', async () => {
      const visitor = visitorOf(server);
      const page = await begin(visitor, 'nobody');
      const { username } = await auth.member();
      const known = await begin(visitorOf(server), username);
      const plain = ({ text }: Answer) => text.replaceAll(/bwsi_[\w-]+/g, '…').replaceAll(/nobody|user-?\w+/g, '…');
      expect(plain(page).replaceAll(username, '…')).toBe(plain(known).replaceAll(username, '…'));
      const answer = await visitor.goOn(page, 'password', { password });
      expect([answer.status, alert(answer)]).toEqual([401, 'That is not right. Try again.']);
    });

    it('a code by mail signs in', async () => {
      const { username } = await auth.member();
      const visitor = visitorOf(server);
      const page = await visitor.goOn(await begin(visitor, username), 'send-code', {});
      expect(title(page)).toBe('Type the code');
      const { code = '' } = (await lastMail(server)).values;
      const answer = await visitor.goOn(page, 'code', { code: `${code.slice(0, 3)} ${code.slice(3)}` });
      expect([answer.status, answer.headers.location]).toEqual([303, '/auth/account']);
    });

    it.each([
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '\\\\evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
      '/auth/../..//evil.example',
      ' https://evil.example',
      '',
    ])('a sign-in leads nowhere else, also when asked to go to %j', async (return_to) => {
      const { answer } = await signedIn({ return_to });
      const { location } = answer.headers;
      expect(answer.status).toBe(303);
      expect(new URL(String(location), 'https://iam.example.org/auth/sign-in').origin).toBe('https://iam.example.org');
      expect(String(location)).toMatch(/^\/[^/\\]/);
    });

    it.each([
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ])('a form that another site sends does nothing: %j', async (headers) => {
      const { id, visitor } = await signedIn();
      const before = await auth.userRow(id);
      const changed = { password: 'another long password', repeated: 'another long password' };
      const answer = await visitor.post('/auth/account', changed, headers);
      expect([answer.status, title(answer)]).toEqual([403, 'This form was not sent from here']);
      expect((await auth.userRow(id)).password_hash).toBe(before.password_hash);
    });

    it('a step that there is none of is the first one', async () => {
      for (const step of ['', 'unknown', 'toString', '__proto__', 'constructor']) {
        const page = await visitorOf(server).post('/auth/sign-in', { step, username: 'nobody' });
        expect([page.status, title(page)], step).toEqual([200, 'Sign in']);
      }
    });

    it('a key of a user signs in, and nothing else does', async () => {
      const { accessKey, secretKey, ownerId } = server.organization;
      const visitor = visitorOf(server);
      const signIn = (access_key: string, secret_key: string, more: Record<string, string> = {}) =>
        visitor.post('/auth/key', { access_key, secret_key, ...more });
      const application = await createApplication(server);
      const program = await server.call('POST', '/iam/v1alpha1/api-keys', { body: { application_id: application.id } });
      const told = async (answer: Promise<Answer>) => [(await answer).status, alert(await answer)];
      const none = [401, 'That is no key of a user who can sign in here.'];
      expect(await told(signIn(accessKey, ''))).toEqual([400, 'Both are needed.']);
      expect(await told(signIn(accessKey, 'x'))).toEqual(none);
      expect(await told(signIn(accessKey, '6f0c0000-0000-4000-8000-000000000001'))).toEqual(none);
      expect(await told(signIn('SCW0000000000000000X', secretKey))).toEqual(none);
      expect(await told(signIn(program.body.access_key, program.body.secret_key))).toEqual(none);
      expect(visitor.cookies.size).toBe(0);
      const answer = await signIn(accessKey, secretKey, { return_to: '/policies?q=x' });
      expect([answer.status, answer.headers.location]).toEqual([303, '/policies?q=x']);
      expect((await visitor.post('/auth/session', {})).body.user_id).toBe(ownerId);
      expect((await signIn(accessKey, secretKey, { return_to: '//evil.example' })).headers.location).toBe('/');
    });

    it('a locked member does not sign in with its key either', async () => {
      const { id } = await auth.member();
      const secretKey = await keyFor(server, { user_id: id });
      const { body } = await server.call('GET', `/iam/v1alpha1/api-keys?bearer_id=${id}`);
      await server.call('POST', `/iam/v1alpha1/users/${id}/lock`);
      const form = { access_key: body.api_keys[0].access_key, secret_key: secretKey };
      const answer = await visitorOf(server).post('/auth/key', form);
      expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    });

    it('everything typed is shown as text', async () => {
      const hostile = `"><script>alert(1)</script>'&`;
      const visitor = visitorOf(server);
      const page = await visitor.post('/auth/sign-in', {
        organization: hostile,
        username: hostile,
        return_to: hostile,
      });
      const other = await visitor.get(
        `/auth/sign-in?${new URLSearchParams({ organization_id: hostile, username: hostile })}`,
      );
      const device = await (await signedIn()).visitor.get(
        `/auth/device?${new URLSearchParams({ user_code: hostile })}`,
      );
      for (const { text } of [page, other, device]) {
        expect(text).toContain('&lt;script&gt;');
        expect(text).not.toContain('<script');
      }
    });

    it('pages run no script, stand in no frame, and are kept by nobody', async () => {
      const { visitor } = await signedIn();
      for (const path of ['sign-in', 'recover', 'activate?token=x', 'account', 'device', 'sign-in?return_to=/x']) {
        const { headers } = await visitor.get(`/auth/${path}`);
        expect(headers).toMatchObject({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
        });
      }
      expect((await visitor.get('/auth/account')).headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
    });

    it('a session goes on after its hour, until it is ended', async () => {
      const { username, visitor } = await signedIn();
      const before = visitor.cookies.get(tokenCookie);
      server.clock.advance(3700);
      const page = await visitor.get('/auth/account');
      expect(page.text).toContain(username);
      expect(visitor.cookies.get(tokenCookie)).not.toBe(before);
      const kept = new Map(visitor.cookies);
      expect(title(await visitor.post('/auth/sign-out', {}))).toBe('Signed out');
      expect(visitor.cookies.size).toBe(0);
      for (const [name, value] of kept) visitor.cookies.set(name, value);
      const gone = await visitor.get('/auth/account');
      expect([gone.status, gone.headers.location]).toEqual([303, '/auth/sign-in?return_to=%2Fauth%2Faccount']);
    });

    it.each(['', 'x', 'a.b.c', '%', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.'])(
      'a cookie that is none, %j, is nobody',
      async (token) => {
        const visitor = visitorOf(server);
        visitor.cookies.set(tokenCookie, token);
        visitor.cookies.set(renewCookie, token);
        expect((await visitor.get('/auth/account')).status).toBe(303);
        expect((await visitor.get('/auth/device')).status).toBe(303);
      },
    );

    it('the password is changed when both are the same and it is good', async () => {
      const { username, visitor } = await signedIn();
      const change = (first: string, second = first) =>
        visitor.post('/auth/account', { password: first, repeated: second });
      expect(alert(await change('another long password', 'another long one'))).toBe('The two are not the same.');
      expect(alert(await change('short'))).toMatch(/^Password: /);
      expect((await change('another long password')).text).toContain('Your password is set.');
      expect((await auth.signIn(username, 'another long password')).status).toBe('signed_in');
      expect((await visitor.get('/auth/account')).status).toBe(200);
    });

    it('the links of mails set a password, once', async () => {
      const { username } = await auth.member();
      const visitor = visitorOf(server);
      const names = { organization: server.organization.organizationId, username };
      expect(title(await visitor.post('/auth/recover', names))).toBe('Look into your mail');
      expect(title(await visitor.post('/auth/recover', { ...names, username: 'nobody' }))).toBe('Look into your mail');
      const { link = '' } = (await lastMail(server)).values;
      const { pathname, search, searchParams } = new URL(link);
      const page = await visitor.get(`${pathname}${search}`);
      expect([page.status, title(page)]).toEqual([200, 'Choose a new password']);
      const token = searchParams.get('token') ?? '';
      const chosen = { token, password: 'another long password', repeated: 'another long password' };
      expect((await visitor.post(pathname, { ...chosen, repeated: 'x' })).status).toBe(400);
      expect((await visitor.post(pathname, { ...chosen, password: 'short', repeated: 'short' })).status).toBe(400);
      expect((await visitor.post(pathname, chosen)).text).toContain('Your password is set');
      const again = await visitor.post(pathname, chosen);
      expect([again.status, alert(again)]).toEqual([401, expect.stringContaining('used already')]);
      expect((await auth.signIn(username, 'another long password')).status).toBe('signed_in');
    });

    describe('a program on the same machine', () => {
      const verifier = 'v'.repeat(43);
      const request = {
        redirect_uri: 'http://127.0.0.1:4711/callback',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        state: 's'.repeat(32),
      };
      const path = (more = {}) => `/auth/authorize?${new URLSearchParams({ ...request, ...more })}`;

      it('gets a code when it is allowed, after a sign-in that comes back to it', async () => {
        const visitor = visitorOf(server);
        const first = await visitor.get(path());
        expect(first.status).toBe(303);
        const { id, username } = await auth.member();
        const returnTo = new URL(String(first.headers.location), 'https://x').searchParams.get('return_to') ?? '';
        const page = await begin(visitor, username, { return_to: returnTo });
        const back = await visitor.goOn(page, 'password', { password });
        expect(back.headers.location).toBe(path());
        const question = await visitor.get(path());
        expect(question.text).toContain('127.0.0.1:4711');
        expect(question.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:4711;");
        const answer = await visitor.post('/auth/authorize', { ...request, answer: 'allow' });
        const to = new URL(String(answer.headers.location));
        expect([answer.status, `${to.origin}${to.pathname}`]).toEqual([303, request.redirect_uri]);
        expect(to.searchParams.get('state')).toBe(request.state);
        const code = to.searchParams.get('code');
        const session = await auth.done('redeem-code', { code, code_verifier: verifier });
        expect(session.jwt.audience_id).toBe(id);
      });

      it('gets none when it is refused', async () => {
        const { visitor } = await signedIn();
        const answer = await visitor.post('/auth/authorize', { ...request, answer: 'refuse' });
        expect(answer.headers.location).toBe(`${request.redirect_uri}?error=access_denied&state=${request.state}`);
      });

      it.each([
        { redirect_uri: 'https://evil.example/' },
        { redirect_uri: 'http://127.0.0.1@evil.example/' },
        { code_challenge: '' },
        { state: 'short' },
        { state: 'with spaces and more of them' },
      ])('is not led anywhere when it asks wrongly: %j', async (more) => {
        const { visitor } = await signedIn();
        const [shown, sent] = [
          await visitor.get(path(more)),
          await visitor.post('/auth/authorize', { ...request, ...more, answer: 'allow' }),
        ];
        for (const { status, headers } of [shown, sent]) expect([status, headers.location]).toEqual([400, undefined]);
      });
    });

    it('a device is asked about, and approved or turned away', async () => {
      const { id, visitor } = await signedIn();
      const device = await auth.done('devices', {});
      const question = await visitor.get(`/auth/device?user_code=${device.user_code}`);
      expect(question.text).toContain('<dd>tests</dd>');
      const typed = await visitor.post('/auth/device', { user_code: device.user_code.toLowerCase() });
      expect(title(typed)).toBe('Let a program sign in?');
      await visitor.post('/auth/device', { user_code: device.user_code, answer: 'allow' });
      const redeemed = await auth.done('redeem-device', { device_code: device.device_code });
      expect(redeemed.jwt.audience_id).toBe(id);
      const other = await auth.done('devices', {});
      await visitor.post('/auth/device', { user_code: other.user_code, answer: 'refuse' });
      expect((await auth.call('redeem-device', { device_code: other.device_code })).status).toBe(401);
      const unknown = await visitor.post('/auth/device', { user_code: 'BBBB-BBBB' });
      expect([unknown.status, alert(unknown)]).toEqual([404, expect.stringContaining('No program waits')]);
    });
  });
}
