import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { registerAuthenticator } from './support/authenticator.ts';
import { keyFor } from './support/bearers.ts';
import { type Answer, serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';
import { visitorOf } from './support/visitor.ts';

const path = '/auth/second-factors';

for (const database of databases()) {
  describe(`pages for second factors on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const member = async () => {
      const { id, username } = await auth.member();
      const visitor = visitorOf(server);
      const begin = () => visitor.post('/auth/sign-in', { organization: server.organization.organizationId, username });
      const signIn = async () => visitor.goOn(await begin(), 'password', { password });
      return { id, username, visitor, signIn, key: await keyFor(server, { user_id: id }) };
    };
    const policyOf = ({ headers }: Answer) => String(headers['content-security-policy']);
    const title = ({ text }: Answer): string => /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '';
    const challengeIn = ({ text }: Answer): string => /&quot;challenge&quot;:&quot;([^&]+)&quot;/.exec(text)?.[1] ?? '';

    it('want somebody who is signed in, and forms of their own', async () => {
      const { visitor, signIn, id } = await member();
      expect((await visitor.get(path)).headers.location).toBe('/auth/sign-in?return_to=%2Fauth%2Fsecond-factors');
      expect((await visitor.post(path, { step: 'begin-passwords' })).status).toBe(303);
      await signIn();
      const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
      expect((await visitor.post(path, { step: 'begin-passwords' }, elsewhere)).status).toBe(403);
      const rows = server.services.storage.db
        .selectFrom('one_time_passwords')
        .select('user_id')
        .where('user_id', '=', id);
      expect(await rows.execute()).toEqual([]);
      for (const step of ['', 'unknown', 'toString', '__proto__'])
        expect(title(await visitor.post(path, { step })), step).toBe('Second factors');
    });

    it('tell what is wrong in words, never with a 5xx, whatever is sent', async () => {
      const { visitor, signIn } = await member();
      await signIn();
      const forms = [
        { step: 'finish-passwords', password: '000000' },
        { step: 'finish-passwords' },
        { step: 'end-passwords' },
        { step: 'finish-authenticator' },
        { step: 'finish-authenticator', ceremony: 'x', name: 'x'.repeat(300), raw_id: '<', client_data_json: '' },
        { step: 'end-authenticator' },
        { step: 'end-authenticator', authenticator: '../users' },
        { step: 'end-authenticator', authenticator: '6f0c0000-0000-4000-8000-000000000009' },
      ];
      for (const form of forms) {
        const answer = await visitor.post(path, form);
        expect([400, 403, 404], `${JSON.stringify(form)}: ${answer.status}`).toContain(answer.status);
        expect(answer.text).toContain('role="alert"');
      }
    });

    it('allow a script only where an authenticator is asked', async () => {
      const { visitor, signIn, id, key } = await member();
      await signIn();
      for (const page of [await visitor.get(path), await visitor.post(path, { step: 'begin-passwords' })]) {
        expect(policyOf(page)).not.toContain('script-src');
        expect(page.text).not.toContain('<script');
      }
      const asking = await visitor.post(path, { step: 'begin-authenticator' });
      expect(policyOf(asking)).toContain("script-src 'self';");
      expect(asking.text).toContain('<script src="/auth/authenticator.js" defer></script>');
      const script = await visitor.get('/auth/authenticator.js');
      expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
      await registerAuthenticator(server, id, key);
      expect(policyOf(await signIn())).toContain("script-src 'self';");
    });

    it('show the name of an authenticator as text', async () => {
      const { visitor, signIn, id, key } = await member();
      await signIn();
      const hostile = `"><script>alert(1)</script>'&`;
      const registered = await registerAuthenticator(server, id, key);
      const body = { authenticator_name: hostile };
      await server.call('PATCH', `/iam/v1alpha1/webauthn-authenticator/${registered.id}`, { key, body });
      const { text } = await visitor.get(path);
      expect(text).toContain('&lt;script&gt;');
      expect(text).not.toContain('<script');
    });

    it('ask for another signature after a wrong one', async () => {
      const { visitor, signIn, id, key, username } = await member();
      const { authenticator } = await registerAuthenticator(server, id, key);
      const first = await signIn();
      expect(title(first)).toBe('One more step');
      const wrong = authenticator.assert(challengeIn(first), { origin: 'https://evil.example' });
      const second = await visitor.goOn(first, 'second-factor', wrong);
      expect([second.status, title(second)]).toEqual([401, 'One more step']);
      expect(challengeIn(second)).not.toBe(challengeIn(first));
      const late = await visitor.goOn(first, 'second-factor', authenticator.assert(challengeIn(first)));
      expect(late.status).toBe(401);
      const done = await visitor.goOn(late, 'second-factor', authenticator.assert(challengeIn(late)));
      expect([done.status, done.headers.location]).toEqual([303, '/auth/account']);
      expect((await visitor.get('/auth/account')).text).toContain(username);
    });
  });
}
