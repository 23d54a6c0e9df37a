import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { oneTimePasswordAt } from '../packages/server/src/second-factors/one-time-passwords.ts';
import { chromiumPrograms, plugIn } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { browserOn } from './support/browser.ts';
import { serverWithNameOn } from './support/server-on.ts';
import { callApi, type ServerProcess } from './support/server-process.ts';

const password = 'a long and winding road';

for (const program of chromiumPrograms()) {
  for (const database of databases()) {
    describe(`people with second factors, on pages, on ${database.name}`, { timeout: 60_000 }, () => {
      let origin: string;
      const running = serverWithNameOn(database);
      const use = browserOn(program);
      const { press, heading } = use;
      let server: ServerProcess;
      let page: Page;
      let members = 0;

      beforeEach(() => {
        ({ server, origin } = running);
        ({ page } = use);
      });

      const told = (text: string) => page.getByText(text).waitFor();
      const newMember = async (): Promise<string> => {
        members += 1;
        const username = `member-${members}`;
        const member = { username, email: `${username}@example.org`, password };
        expect((await callApi(server, 'POST', '/iam/v1alpha1/users', { member })).status).toBe(200);
        return username;
      };
      const signIn = async (username: string) => {
        await page.goto(`${origin}/auth/sign-in?organization_id=${server.organizationId}`);
        await use.signIn(username, password);
      };
      const proof = () => page.getByLabel('Code of your app, or a recovery code');
      const begin = async (button: string) => {
        await page.goto(`${origin}/auth/second-factors`);
        await press(button);
      };

      it('an app is set up from the QR code, and asked for; a recovery code stands for it once', async () => {
        const username = await newMember();
        await signIn(username);
        await page.getByRole('link', { name: 'Second factors' }).click();
        await press('Set up an app');
        const secret = await page.locator('code').innerText();
        const width = await page
          .getByRole('img', { name: 'QR code' })
          .evaluate((image) => Reflect.get(image, 'naturalWidth'));
        expect(width).toBeGreaterThan(20);
        await page.getByLabel('Code that the app shows').fill('000000');
        await press('Go on');
        await told('the password is wrong, too old, or was used already');
        await page.getByLabel('Code that the app shows').fill(oneTimePasswordAt(secret, Date.now() * 1000));
        await press('Go on');
        await heading('Your recovery codes');
        const codes = await page.getByRole('listitem').allInnerTexts();
        expect(codes).toHaveLength(10);
        await page.getByRole('link', { name: 'I have them' }).click();
        await told('is asked for one at sign-in');

        const later = Date.now() + 30_000;
        for (const shown of [oneTimePasswordAt(secret, later * 1000), codes[0] ?? '']) {
          await page.context().clearCookies();
          await signIn(username);
          await proof().fill('000000');
          await press('Sign in');
          await told('That is not right.');
          await proof().fill(shown);
          await press('Sign in');
          await heading(username);
        }
        await begin('Remove the app');
        await told('are not asked for any more');
        await page.context().clearCookies();
        await signIn(username);
        await heading(username);
      });

      it('an authenticator is registered and signs one in, beside an app or alone', async () => {
        const username = await newMember();
        await signIn(username);
        await heading(username);
        const { unplug } = await plugIn(page, 'ctap2');
        await begin('Register an authenticator');
        await page.getByLabel('Name').fill('key ring');
        await press('Ask the authenticator');
        await told('Your authenticator is registered.');
        await page.context().clearCookies();
        await signIn(username);
        expect(await proof().count()).toBe(0);
        await press('Use your security key or passkey');
        await heading(username);
        await begin('Remove key ring');
        await told('Your authenticator is not asked for any more.');
        await unplug();
      });

      it('an authenticator that does not answer is told, and the page can ask again', async () => {
        const username = await newMember();
        await signIn(username);
        await heading(username);
        const { unplug } = await plugIn(page, 'ctap2');
        await begin('Register an authenticator');
        await page.getByLabel('Name').fill('key ring');
        await press('Ask the authenticator');
        await told('Your authenticator is registered.');
        await unplug();
        await page.context().clearCookies();
        await signIn(username);
        const other = await plugIn(page, 'ctap2');
        await press('Use your security key or passkey');
        await told('The authenticator did not answer.');
        await other.unplug();
      });
    });
  }
}
