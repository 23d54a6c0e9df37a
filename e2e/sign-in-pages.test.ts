import type { Page } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startSmtp, type TestSmtp } from '../packages/server/test/support/smtp.ts';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type ServerProcess } from './support/server-process.ts';

const password = 'a long and winding road';
const wait = { timeout: 15_000, interval: 50 };

for (const program of chromiumPrograms()) {
  for (const database of databases()) {
    describe(`people who get mail and sign in, on ${database.name}`, { timeout: 60_000 }, () => {
      let smtp: TestSmtp;
      const running = serverOn(database, async () => {
        smtp = await startSmtp({});
        const mail = { BAILIWICK_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, BAILIWICK_MAIL_FROM: 'iam@example.org' };
        return { env: mail };
      });
      const use = browserOn(program, { javaScriptEnabled: false });
      const { press, heading } = use;
      let server: ServerProcess;
      let page: Page;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
      });
      afterAll(() => smtp.close());

      /** The newest mail to somebody with these words in its subject, as text. */
      const mailTo = async (address: string, subject: string): Promise<string> => {
        const found = () =>
          smtp.received.findLast(({ to, mail }) => to.includes(address) && mail.subject?.includes(subject));
        await expect.poll(found, wait).toBeTruthy();
        return found()?.mail.text ?? '';
      };
      const linkIn = (text: string): string => /http:\/\/\S+/.exec(text)?.[0] ?? '';
      const choosePassword = async (chosen: string) => {
        await page.getByLabel('New password').fill(chosen);
        await page.getByLabel('Once more').fill(chosen);
        await press('Set the password');
      };
      const sayWho = async (username: string) => {
        await page.goto(`${server.url}/auth/sign-in?organization_id=${server.organizationId}`);
        await page.getByLabel('Username').fill(username);
        await press('Next');
      };

      it('an invitation is followed, the password set, and a code typed from the mail', async () => {
        const address = 'grace@example.org';
        const made = await callApi(server, 'POST', '/iam/v1alpha1/users', { email: address });
        expect([made.status, made.body.status]).toEqual([200, 'invitation_pending']);
        await page.goto(linkIn(await mailTo(address, 'Activate')));
        await heading('Activate your account');
        await choosePassword('password1234');
        await page.getByRole('alert').getByText('Password:').waitFor();
        await choosePassword(password);
        await page.getByRole('status').getByText('Your account is ready.').waitFor();

        await sayWho(address);
        await press('Send me a code by e-mail');
        await heading('Type the code');
        await page.getByLabel('Code').fill(/Code: (\d{6})/.exec(await mailTo(address, 'code'))?.[1] ?? '');
        await press('Sign in');
        await heading(address);
        const { body } = await callApi(server, 'GET', `/iam/v1alpha1/users/${made.body.id}`);
        expect(body).toMatchObject({ status: 'activated', last_login_at: expect.stringMatching(/^20/) });
      });

      it('a forgotten password is replaced; the old one and the old link are worth nothing', async () => {
        const member = { username: 'linus', email: 'linus@example.org', password };
        await callApi(server, 'POST', '/iam/v1alpha1/users', { member });
        await page.goto(`${server.url}/auth/sign-in`);
        await page.getByText('Forgotten the password?').click();
        await page.getByLabel('Organization').fill(server.organizationId);
        await page.getByLabel('Username').fill('linus');
        await press('Send me a link');
        await heading('Look into your mail');
        const link = linkIn(await mailTo('linus@example.org', 'new password'));
        await page.goto(link);
        await choosePassword(`${password} home`);
        await page.getByRole('status').getByText('Your password is set').waitFor();
        await page.goto(link);
        await choosePassword(`${password} again`);
        await page.getByRole('alert').getByText('This link was used already').waitFor();

        await sayWho('linus');
        await page.getByLabel('Password').fill(password);
        await press('Sign in');
        await page.getByRole('alert').getByText('That is not right.').waitFor();
        await page.getByLabel('Password').fill(`${password} home`);
        await press('Sign in');
        await heading('linus');
        await press('Sign out');
        await heading('Signed out');
        await page.goto(`${server.url}/auth/account`);
        await heading('Sign in');
      });

      it('fits a phone and says nothing in the console', async () => {
        const narrow = await use.browser.newPage({ viewport: { width: 320, height: 640 } });
        const said: string[] = [];
        narrow.on('console', (message) => said.push(message.text()));
        for (const path of ['sign-in', 'recover', 'activate?token=x', 'device']) {
          await narrow.goto(`${server.url}/auth/${path}`);
          const overflow = await narrow.evaluate('document.documentElement.scrollWidth - window.innerWidth');
          expect(overflow, path).toBeLessThanOrEqual(0);
        }
        expect(said).toEqual([]);
      });
    });
  }
}
