import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const email = 'ada@example.org';
const password = 'correct horse battery';
const publicKeys = [
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g',
];
const pages = [
  'users',
  'applications',
  'groups',
  'policies',
  'permission-sets',
  'api-keys',
  'ssh-keys',
  'sessions',
  'projects',
  'logs',
  'simulator?permission=iam:policy:read',
  'who-can?permission=iam:policy:read',
  'what-can',
  'profile',
  'saml-sign-in',
  'provisioning',
  'settings',
  'quotas',
];

for (const program of chromiumPrograms()) {
  for (const database of databases()) {
    describe(`the console on ${database.name}`, { timeout: 60_000 }, () => {
      const env = { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password };
      const running = serverOn(database, () => ({ env }));
      const use = browserOn(program);
      const { press, heading, complaints } = use;
      let server: ServerProcess;
      let page: Page;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
      });

      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const choose = async (label: string, option: string) => {
        const input = page.getByRole('combobox', { name: label, exact: true });
        await input.fill(option);
        // An option may say more of itself than its name.
        await page.getByRole('option', { name: option }).first().click();
        await page.keyboard.press('Tab');
      };

      it('goes from the first sign-in to the first key, whose secret is shown once and works', async () => {
        await open('applications');
        await press('Create');
        const drawer = page.getByRole('dialog');
        await drawer.getByLabel('Name').fill('backup');
        await drawer.getByText('scw iam application create name=backup').waitFor();
        await drawer.getByRole('button', { name: 'Save' }).click();
        await heading('backup');

        await page.getByRole('link', { name: 'API keys' }).click();
        await press('Create');
        await choose('Application id', 'backup');
        await page.getByRole('dialog').getByLabel('Description').fill('nightly <b>run</b>');
        await press('Save');
        const secret = await page.getByRole('tabpanel').locator('pre').first().textContent();
        expect(secret).toMatch(/^[0-9a-f-]{36}$/);
        await page.getByRole('tab', { name: 'Terraform' }).click();
        await page.getByText('provider "scaleway"').waitFor();
        await press('I have kept it');
        await page.getByText('nightly <b>run</b>').first().waitFor();
        await page.getByText('never', { exact: true }).waitFor();
        const asked = { headers: { 'x-auth-token': secret ?? '' } };
        expect((await fetch(`${server.url}/iam/v1alpha1/api-keys`, asked)).status).toBe(403);
        expect(await page.content()).not.toContain(secret);

        await press('Delete');
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await heading('API keys');
        expect((await fetch(`${server.url}/iam/v1alpha1/api-keys`, asked)).status).toBe(401);
        expect(complaints()).toEqual([]);
      });

      it('makes a policy with a condition, which denies from one address and allows from another', async () => {
        const made = await callApi(server, 'POST', '/iam/v1alpha1/applications', { name: 'reader' });
        await open('policies?create=true');
        await page.getByRole('dialog').getByLabel('Name').fill('readers');
        await choose('Application id', 'reader');
        await press('Save');
        await heading('readers');
        await press('Change the rules');
        await press('Add a rule');
        await choose('Permission sets', 'IAMReadOnly');
        await page.getByText('These hold in the whole organization.').waitFor();
        await page.getByLabel('Condition').fill('inIpRange(request.ip, ');
        await press('Save');
        await page.getByRole('alert').first().waitFor();
        await page.getByLabel('Condition').fill('inIpRange(request.ip, "192.0.2.0/24")');
        await press('Save');
        await page.getByRole('button', { name: 'Change the rules' }).waitFor();

        const ask = async (ip: string) => {
          const question = { kind: 'application_id', principal: made.body.id, permission: 'iam:policy:read', ip };
          await page.goto(`${server.url}/simulator?${new URLSearchParams(question)}`);
        };
        await ask('198.51.100.7');
        await page.getByText('Denied', { exact: true }).waitFor();
        await page.getByText('condition false').waitFor();
        await ask('192.0.2.7');
        await page.getByText('Allowed', { exact: true }).waitFor();
        await page.getByText('grants', { exact: true }).waitFor();
        expect(complaints()).toEqual([]);
      });

      it('shows what somebody else has changed, without being asked', async () => {
        await open('groups');
        await heading('Groups');
        await callApi(server, 'POST', '/iam/v1alpha1/groups', { name: 'night-shift' });
        await page.getByText('night-shift').waitFor();
      });

      it('every state is a link, and the way back is open', async () => {
        for (let count = 0; count < 25; count += 1)
          await callApi(server, 'POST', '/account/v3/projects', { name: `garden-${count}` });
        await open('projects');
        await page.getByLabel('Search').fill('den-24');
        await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
        expect(page.url()).toContain('q=den-24');
        await page.getByRole('link', { name: 'garden-24' }).click();
        await heading('garden-24');
        await page.goBack();
        await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
        await page.goto(`${server.url}/projects?page=2&order=name_asc`);
        await page.getByText('21–26 of 26').waitFor();
      });

      it('several are deleted at once after a yes', async () => {
        const key = { name: 'laptop', project_id: server.organizationId };
        for (const public_key of publicKeys)
          await callApi(server, 'POST', '/iam/v1alpha1/ssh-keys', { ...key, public_key });
        await open('ssh-keys?q=laptop');
        await page.getByLabel('Select all of this page').check();
        await page.getByText('2 selected').waitFor();
        await press('Delete');
        await page.getByRole('dialog').getByText('Delete 2 ssh keys?').waitFor();
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await page.getByText('Nothing matches.').waitFor();
      });

      it('tells what could not be deleted, and stays where it is', async () => {
        await open('users');
        await page.getByLabel(`Select ${email}`).check();
        await press('Delete');
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await page.getByText('1 of 1 could not be deleted').waitFor();
        await page.getByRole('link', { name: email }).waitFor();
      });

      it('rules that are saved as they are stay as they are, those in every project too', async () => {
        const rulesOf = async (id: string) => {
          const { body } = await callApi(server, 'GET', `/iam/v1alpha1/rules?policy_id=${id}`);
          return body.rules.map(({ id: _, ...rule }: Json) => rule);
        };
        const { body } = await callApi(server, 'GET', '/iam/v1alpha1/policies?policy_name=Group%20-%20Editors');
        const [{ id }] = body.policies;
        const before = await rulesOf(id);
        await open(`policies/${id}`);
        await press('Change the rules');
        await page.getByText('These hold in the whole organization.').waitFor();
        expect(await page.getByLabel('In every project, later ones too').isChecked()).toBe(true);
        await press('Save');
        await page.getByRole('button', { name: 'Change the rules' }).waitFor();
        expect(await rulesOf(id)).toEqual(before);
        await press('Change the rules');
        await page.getByLabel('In every project, later ones too').uncheck();
        await choose('Projects', 'default');
        await press('Save');
        await page.getByRole('button', { name: 'Change the rules' }).waitFor();
        const changed = (await rulesOf(id)).find((rule: Json) => rule.permission_sets_scope_type === 'projects');
        expect(changed).toMatchObject({ project_ids: [server.organizationId] });
      });

      it('has a page for each permission set, the last ones too', async () => {
        await open('permission-sets?page=11&order=name_asc');
        const link = page.locator('tbody a').first();
        const name = (await link.textContent()) ?? '';
        await link.click();
        await heading(name);
      });

      it('jumps anywhere from the keyboard', async () => {
        await open('users');
        await heading('Users');
        await page.getByRole('button', { name: 'Search or jump to …' }).waitFor();
        await page.keyboard.press('Control+k');
        await page.getByPlaceholder('Search or jump to …').fill('quot');
        await page.keyboard.press('Enter');
        await heading('Quotas');
      });

      it('takes the key of the first start', async () => {
        const written = parse(readFileSync(server.configuration, 'utf8'));
        await page.goto(`${server.url}/groups`);
        await page.getByText('Sign in with an API key').click();
        await page.getByLabel('Access key').fill(written.access_key);
        await page.getByLabel('Secret key').fill(written.secret_key);
        await press('Sign in');
        await heading('Groups');
      });

      it('ends with the session', async () => {
        await open('users');
        await heading('Users');
        await press(email);
        await page.getByRole('menuitem', { name: 'Sign out' }).click();
        await heading('Signed out');
        await page.goto(`${server.url}/users`);
        await page.waitForURL(/auth\/sign-in/);
        expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toMatch(/ey|bwrt/);
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        it(`can be used by everybody, and asks nobody else, in ${colorScheme}`, async () => {
          await page.emulateMedia({ colorScheme });
          const foreign: string[] = [];
          page.on('request', (request) => {
            if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
              foreign.push(request.url());
          });
          await open('users');
          for (const path of pages) {
            await page.goto(`${server.url}/${path}`);
            await page.getByRole('heading', { level: 1 }).waitFor();
            expect(await faultsOf(page), path).toEqual([]);
          }
          expect(foreign).toEqual([]);
          expect(complaints()).toEqual([]);
        });
      }

      it('fits a phone', async () => {
        await page.setViewportSize({ width: 360, height: 720 });
        await open('users');
        for (const path of pages) {
          await page.goto(`${server.url}/${path}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
          expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
        }
      });
    });
  }
}
