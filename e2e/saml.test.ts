import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oneTimePasswordAt } from '../packages/server/src/second-factors/one-time-passwords.ts';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { browserOn } from './support/browser.ts';
import { serverWithNameOn } from './support/server-on.ts';
import { callApi } from './support/server-process.ts';
import { type IdentityProvider, simplesamlphpFolders, startSimplesamlphp } from './support/simplesamlphp.ts';

const iam = '/iam/v1alpha1';
/** At the identity provider; here nobody has one. */
const passwords = { ada: 'a long and winding road', grace: 'another road', eve: 'a road of hers' };

for (const program of simplesamlphpFolders().length > 0 ? chromiumPrograms() : [])
  for (const database of databases())
    describe(`people who sign in at SimpleSAMLphp, on ${database.name}`, { timeout: 60_000 }, () => {
      const running = serverWithNameOn(database);
      const use = browserOn(program, { ignoreHTTPSErrors: true });
      const { press, heading } = use;
      let idp: IdentityProvider;
      let page: Page;

      const ask = async (method: string, path: string, body?: unknown) => {
        const answer = await callApi(running.server, method, `${iam}/${path}`, body);
        expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBe(200);
        return answer.body;
      };
      beforeAll(async () => {
        idp = await startSimplesamlphp(passwords);
        const { server } = running;
        // As an administrator does it: what the one says of itself is handed to the other, both ways.
        const { id } = await ask('POST', `organizations/${server.organizationId}/saml`, {});
        idp.trust(await (await fetch(`${server.url}/saml/${id}`)).text());
        const file = { name: 'metadata.xml', content_type: 'text/xml', content: await idp.metadata() };
        const { signing_certificates, ...provider } = await ask('POST', 'parse-saml-metadata', { file });
        await ask('PATCH', `saml/${id}`, provider);
        for (const content of signing_certificates)
          await ask('POST', `saml/${id}/certificates`, { type: 'signing', content });
        await ask('PATCH', `organizations/${server.organizationId}/login-methods`, { login_saml_enabled: true });
        for (const username of ['ada', 'grace']) {
          const member = { username, email: `${username}@example.org` };
          await ask('POST', 'users', { member });
        }
      });
      afterAll(() => idp.stop());
      beforeEach(() => {
        ({ page } = use);
      });

      const sayWho = async (username: string, more = '') => {
        await page.goto(`${running.origin}/auth/sign-in?organization_id=${running.server.organizationId}${more}`);
        await page.getByLabel('Username').fill(username);
        await press('Next');
        await heading('Sign in');
      };
      const signInThere = async (username: keyof typeof passwords) => {
        await page.waitForURL(/^https:/);
        await page.getByLabel('Username').fill(username);
        await page.getByLabel('Password').fill(passwords[username]);
        await page.getByRole('button', { name: 'Login' }).click();
      };

      it('a member without a password here is signed in, and gets to where it wanted', async () => {
        await sayWho('ada', '&return_to=/auth/second-factors');
        await press('Sign in with your organization');
        await page.waitForURL(/^https:/);
        await signInThere('ada');
        await page.waitForURL(`${running.origin}/auth/second-factors`);
        await page.goto(`${running.origin}/auth/account`);
        await heading('ada');
        const cookies = await page.context().cookies(running.origin);
        expect(cookies.map(({ name }) => name).sort()).toEqual(['bailiwick-renew', 'bailiwick-session']);
      });

      it('the second factor of this server is asked for afterwards', async () => {
        await sayWho('grace');
        await press('Sign in with your organization');
        await signInThere('grace');
        await heading('grace');
        await page.goto(`${running.origin}/auth/second-factors`);
        await press('Set up an app');
        const secret = await page.locator('code').innerText();
        await page.getByLabel('Code that the app shows').fill(oneTimePasswordAt(secret, Date.now() * 1000));
        await press('Go on');
        await heading('Your recovery codes');
        const [recoveryCode = ''] = await page.getByRole('listitem').allInnerTexts();
        await page.goto(`${running.origin}/auth/account`);
        await press('Sign out');
        await heading('Signed out');

        await sayWho('grace');
        // The session at the identity provider is still there, so it asks nothing.
        await press('Sign in with your organization');
        await heading('One more step');
        await page.getByLabel('Code of your app, or a recovery code').fill(recoveryCode);
        await press('Sign in');
        await heading('grace');
      });

      it('somebody else there is nobody here', async () => {
        await sayWho('ada');
        await press('Sign in with your organization');
        await signInThere('eve');
        await page.getByRole('alert').getByText('Your organization did not confirm that you are ada.').waitFor();
        expect(await page.getByLabel('Username').inputValue()).toBe('ada');
      });

      it('a sign-in that somebody else has begun signs in neither of them', async () => {
        const start = { organization: running.server.organizationId, username: 'ada' };
        const post = async (step: string, body: object) =>
          (await callApi(running.server, 'POST', `/auth/v1/${step}`, body)).body;
        const { attempt, url } = await post('saml', { attempt: (await post('start', start)).attempt });
        await page.goto(url);
        await signInThere('ada');
        await heading('This sign-in was not begun here');
        expect(await page.context().cookies(running.origin)).toEqual([]);
        expect(await post('finish-saml', { attempt, answer: '' })).toMatchObject({ type: 'denied_authentication' });
      });

      it('a sign-in that begins at the identity provider is refused', async () => {
        const entity = new URL(idp.metadataUrl);
        const { service_provider: us } = await ask('GET', `organizations/${running.server.organizationId}/saml`);
        await page.goto(`${entity.origin}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(us.entity_id)}`);
        await signInThere('ada');
        await heading('This sign-in was not begun here');
        expect(await page.context().cookies(running.origin)).toEqual([]);
      });

      it('where nothing else is allowed, one is led there at once', async () => {
        const only = { login_password_enabled: false, login_magic_code_enabled: false };
        await ask('PATCH', `organizations/${running.server.organizationId}/login-methods`, only);
        await page.goto(`${running.origin}/auth/sign-in?organization_id=${running.server.organizationId}`);
        await page.getByLabel('Username').fill('ada');
        await press('Next');
        await signInThere('ada');
        await heading('ada');
      });
    });
