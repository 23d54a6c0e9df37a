import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { oneTimePasswordAt } from '../packages/server/src/second-factors/one-time-passwords.ts';
import { chromiumPrograms, plugIn } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverWithNameOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const password = 'a long and winding road';
const hostile = '<img src=x onerror=alert(1)> \u202eevil';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe(`signing in to the console, on ${database.name}`, { timeout: 60_000 }, () => {
      const running = serverWithNameOn(database);
      const use = browserOn(program);
      const { press, heading } = use;
      let server: ServerProcess;
      let origin: string;
      let page: Page;
      let members = 0;

      beforeEach(() => {
        ({ server, origin } = running);
        ({ page } = use);
      });

      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await callApi(server, method, `${iam}${path}`, body);
        expect([200, 204], JSON.stringify(answer.body)).toContain(answer.status);
        return answer.body;
      };
      const told = (text: string | RegExp) => page.getByText(text).first().waitFor();
      const newMember = async (): Promise<{ readonly username: string; readonly id: string }> => {
        members += 1;
        const username = `member-${members}`;
        const member = { username, email: `${username}@example.org`, password };
        const { id } = await done('POST', '/users', { member });
        return { username, id };
      };
      const signIn = async (username: string, path: string) => {
        const wanted = { organization_id: server.organizationId, return_to: path };
        await page.goto(`${origin}/auth/sign-in?${new URLSearchParams(wanted)}`);
        await use.signIn(username, password);
      };
      const signInAgain = async (username: string) => {
        await page.context().clearCookies();
        await signIn(username, '/profile');
      };
      const part = (name: string) => page.getByRole('region', { name });
      const confirm = (button: string) => page.getByRole('dialog').getByRole('button', { name: button }).click();
      const proof = () => page.getByLabel('Code of your app, or a recovery code');
      const setUpApp = async () => {
        await press('Set up an app');
        const secret = await part('One-time passwords').locator('code').innerText();
        await page.getByLabel('Code that the app shows').fill(oneTimePasswordAt(secret, Date.now() * 1000));
        await press('Go on');
        await page.getByRole('dialog', { name: 'Your recovery codes' }).waitFor();
        const codes = await page.getByRole('dialog').getByRole('listitem').allInnerTexts();
        return { secret, codes };
      };

      it('the link of the first start signs in, once, after a click', async () => {
        const note = readFileSync(join(server.data, 'first-start.txt'), 'utf8');
        const link = /^sign in once +(\S+)$/m.exec(note)?.[1] ?? '';
        expect(link).toContain(`${origin}/auth/`);
        await page.goto(link);
        expect(await faultsOf(page)).toEqual([]);
        await page.goto(link);
        await press('Sign in');
        await heading('Users');
        await page.context().clearCookies();
        await page.goto(link);
        await press('Sign in');
        await told('This took too long, or was used already. Begin again.');
      });

      it('an app is set up in the console and asked for; a recovery code stands for it once; it is removed', async () => {
        const { username } = await newMember();
        await signIn(username, '/profile');
        await press('Set up an app');
        await page.getByRole('img', { name: 'QR code' }).waitFor();
        const width = await page
          .getByRole('img', { name: 'QR code' })
          .evaluate((image) => Reflect.get(image, 'naturalWidth'));
        expect(width).toBeGreaterThan(20);
        expect(await faultsOf(page)).toEqual([]);
        await page.getByLabel('Code that the app shows').fill('000000');
        await press('Go on');
        await told('the password is wrong, too old, or was used already');
        await press('Cancel');
        const { secret, codes } = await setUpApp();
        expect(codes).toHaveLength(10);
        expect(await faultsOf(page)).toEqual([]);
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Download' }).click();
        const kept = readFileSync(await (await download).path(), 'utf8');
        expect(kept.trim().split('\n')).toEqual(codes);
        await press('I have kept them');
        await page.getByRole('button', { name: 'Remove the app' }).waitFor();
        expect(await page.content()).not.toContain(codes[0]);
        expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(secret);

        for (const shown of [oneTimePasswordAt(secret, (Date.now() + 30_000) * 1000), codes[0] ?? '']) {
          await signInAgain(username);
          await proof().fill('000000');
          await press('Sign in');
          await told('That is not right.');
          await proof().fill(shown);
          await press('Sign in');
          await heading('Your account');
        }
        await signInAgain(username);
        await proof().fill(codes[0] ?? '');
        await press('Sign in');
        await told('That is not right.');
        await proof().fill(codes[1] ?? '');
        await press('Sign in');
        await press('Remove the app');
        await confirm('Remove');
        await page.getByRole('button', { name: 'Set up an app' }).waitFor();
        await signInAgain(username);
        await heading('Your account');
      });

      it('a security key is registered, named anew, asked for and removed, whatever its name', async () => {
        const { username } = await newMember();
        await signIn(username, '/profile');
        const { unplug } = await plugIn(page, 'ctap2');
        const keys = part('Security keys and passkeys');
        await keys.getByLabel('Name of a new one').fill(hostile);
        await press('Register');
        await keys.getByRole('cell', { name: hostile, exact: true }).waitFor();
        await keys.getByLabel('Name of a new one').fill('the same');
        await press('Register');
        await told('This one is registered already.');
        await page.getByRole('button', { name: `Rename ${hostile}` }).click();
        await page.getByRole('dialog').getByLabel('Name').fill('key ring');
        await press('Save');
        await keys.getByRole('cell', { name: 'key ring', exact: true }).waitFor();
        expect(await faultsOf(page)).toEqual([]);

        await signInAgain(username);
        await press('Use your security key or passkey');
        await heading('Your account');
        await press('Remove key ring');
        await confirm('Remove');
        await keys.getByRole('cell', { name: 'key ring', exact: true }).waitFor({ state: 'detached' });
        await signInAgain(username);
        await heading('Your account');
        await unplug();
      });

      it('who manages users takes away the factors of a member who has lost them', async () => {
        const { username, id } = await newMember();
        await signIn(username, '/profile');
        await setUpApp();
        await press('I have kept them');
        await page.getByRole('button', { name: 'Remove the app' }).waitFor();
        await page.context().clearCookies();
        await page.goto(`${origin}/auth/key?${new URLSearchParams({ return_to: `/users/${id}` })}`);
        await page.getByLabel('Access key').fill(server.accessKey);
        await page.getByLabel('Secret key').fill(server.secretKey);
        await press('Sign in');
        await heading(username);
        await told('Sign-in asks for a second factor.');
        await press('Remove the app');
        await confirm('Remove');
        await told('There is no second factor.');
        expect(await faultsOf(page)).toEqual([]);
        expect((await done('GET', `/users/${id}`)).mfa).toBe(false);
      });

      it('a password that somebody else has chosen is to be renewed: told on every page, and gone when it is done', async () => {
        const settings = `/organizations/${server.organizationId}/security-settings`;
        await done('PATCH', settings, { enforce_password_renewal: true, grace_period_duration: '3600s' });
        const { username } = await newMember();
        await signIn(username, '/sessions');
        await told('A password that nobody else has chosen is wanted until');
        await page.getByRole('alert').getByRole('link', { name: 'Your account' }).click();
        await heading('Your account');
        await press('Change the password');
        const drawer = page.getByRole('dialog');
        await drawer.getByRole('textbox', { name: 'Password' }).fill('another long password');
        await press('Save');
        await page.getByText('A password that nobody else has chosen').waitFor({ state: 'detached' });
        await done('PATCH', settings, { enforce_password_renewal: false });
        await heading('Your account');
      });

      it('a session that ends elsewhere is told, and the same page comes after signing in again', async () => {
        const { username, id } = await newMember();
        await signIn(username, '/sessions?order=created_at_desc');
        await heading('Your sessions');
        await done('POST', `/users/${id}/update-password`, { password });
        await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await press('Sign in again');
        await page.getByLabel('Organization').fill(server.organizationId);
        await use.signIn(username, password);
        await heading('Your sessions');
        expect(page.url()).toBe(`${origin}/sessions?order=created_at_desc`);
      });

      it('two users of one person are connected with a token, and no more when one of them ends it', async () => {
        const [one, other] = [await newMember(), await newMember()];
        await signIn(one.username, '/profile');
        await press('Connect another user');
        const token = await part('Connected users').locator('pre').innerText();
        const second = await use.browser.newPage();
        await second.goto(
          `${origin}/auth/sign-in?organization_id=${server.organizationId}&return_to=%2Fprofile&username=${other.username}`,
        );
        await second.getByRole('button', { name: 'Next' }).click();
        await second.getByLabel('Password').fill(password);
        await second.getByRole('button', { name: 'Sign in' }).click();
        await second.getByLabel('Token of another user').fill(token);
        await second.getByRole('button', { name: 'Join' }).click();
        await second.getByRole('cell', { name: one.username, exact: true }).waitFor();
        await second.close();
        await page.reload();
        await press(`Remove the connection with ${other.username}`);
        await confirm('Remove');
        await page.getByRole('cell', { name: other.username, exact: true }).waitFor({ state: 'detached' });
      });

      it('fits a phone, with an app being set up', async () => {
        const { username } = await newMember();
        await page.setViewportSize({ width: 360, height: 720 });
        await signIn(username, '/profile');
        await press('Set up an app');
        await page.getByRole('img', { name: 'QR code' }).waitFor();
        expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      });
    });
  }
}
