import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const email = 'ada@example.org';
const password = 'correct horse battery';
const hostile = '<img src=x onerror=alert(1)> \u202e';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe(`what belongs together in the console, on ${database.name}`, { timeout: 60_000 }, () => {
      const env = { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password };
      const running = serverOn(database, () => ({ env }));
      const use = browserOn(program);
      const { press, heading } = use;
      let server: ServerProcess;
      let page: Page;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
      });

      const made = async (path: string, body: Json): Promise<Json> => {
        const answer = await callApi(server, 'POST', `${iam}${path}`, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        return answer.body;
      };
      const open = async (path: string) => {
        await page.goto(`${server.url}/auth/sign-in?${new URLSearchParams({ return_to: path })}`);
        await use.signIn(email, password);
        await page.getByRole('heading', { level: 1 }).waitFor();
      };
      const part = (name: string | RegExp) => page.getByRole('region', { name });
      const rows = () => page.locator('tbody tr').count();

      it('a group has its members by name, who come and go there, and its policies', async () => {
        const group = await made('/groups', { name: 'operators' });
        const application = await made('/applications', { name: 'backup', description: hostile });
        const policy = await made('/policies', { name: 'operators read', group_id: group.id });
        await made('/policies', { name: 'not theirs' });
        await open(`/groups/${group.id}`);
        await page.getByText('Nobody is in this group yet.').waitFor();
        const members = part('Members');
        const add = async (name: string) => {
          await members.getByRole('combobox', { name: 'Who' }).fill(name);
          await page.getByRole('option', { name, exact: true }).click();
          await members.getByRole('button', { name: 'Add' }).click();
          await members.getByRole('link', { name }).waitFor();
        };
        await add(email);
        await members.getByRole('combobox', { name: 'Kind' }).click();
        await page.getByRole('option', { name: 'application' }).click();
        await add('backup');
        expect(await faultsOf(page)).toEqual([]);
        await press(`Remove ${email} from the group`);
        await members.getByRole('link', { name: email }).waitFor({ state: 'detached' });
        const { body } = await callApi(server, 'GET', `${iam}/groups/${group.id}`);
        expect([body.user_ids, body.application_ids]).toEqual([[], [application.id]]);

        await part('Policies').getByRole('link', { name: 'Show all (1)' }).click();
        await heading('Policies');
        expect(page.url()).toContain(`/policies?group_ids=${group.id}`);
        await expect.poll(rows).toBe(1);
        await page.getByRole('link', { name: policy.name }).waitFor();
        await page.goBack();
        await heading('operators');
        await members.getByRole('link', { name: 'backup' }).click();
        await heading('backup');
        await page.getByText(hostile).waitFor();
        await part('Groups').getByRole('link', { name: 'operators' }).waitFor();
      });

      it('members beyond the first twenty have pages of their own, each an address', async () => {
        const ids: string[] = [];
        for (let count = 0; count < 23; count += 1)
          ids.push((await made('/applications', { name: `crowd-${String(count).padStart(2, '0')}` })).id);
        const group = await made('/groups', { name: 'crowd' });
        await made(`/groups/${group.id}/add-members`, { user_ids: [], application_ids: ids });
        await open(`/groups/${group.id}?members=2`);
        await expect.poll(() => part('Members').locator('tbody tr').count()).toBe(3);
      });

      it('a user and an application have their groups, policies and keys; a project has its SSH keys', async () => {
        const { body } = await callApi(server, 'GET', `${iam}/users?type=owner`);
        const [{ id: userId }] = body.users;
        const application = await made('/applications', { name: 'deploy' });
        const key = await made('/api-keys', { application_id: application.id, description: 'nightly' });
        await made('/policies', { name: 'deploy writes', application_id: application.id });
        const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';
        await made('/ssh-keys', { name: 'laptop', public_key: publicKey, project_id: server.organizationId });
        await open(`/applications/${application.id}`);
        await part('API keys').getByRole('link', { name: key.access_key }).waitFor();
        await part('Policies').getByRole('link', { name: 'deploy writes' }).waitFor();
        await part('Groups').getByRole('link', { name: 'All Applications' }).waitFor();
        await page.goto(`${server.url}/users/${userId}`);
        await part('API keys').getByRole('link', { name: server.accessKey }).waitFor();
        await part('Policies').getByText('None.').waitFor();
        await page.goto(`${server.url}/projects/${server.organizationId}`);
        await part('SSH keys').getByRole('link', { name: 'laptop' }).waitFor();
      });

      it('a list is narrowed by what its operation takes, and that is an address; a tag leads to all that have it', async () => {
        await made('/applications', { name: 'tagged', tags: ['night shift', '007'] });
        await made('/applications', { name: 'untagged' });
        await open('/applications?order=created_at_desc');
        await page.getByRole('link', { name: 'night shift' }).click();
        await expect.poll(rows).toBe(1);
        await page.getByRole('link', { name: '007' }).click();
        await expect.poll(() => page.url()).toContain('tag=');
        await page.reload();
        await page.getByText('Tag: 007').waitFor();
        await expect.poll(rows).toBe(1);
        await press('Do not filter by tag');
        await expect.poll(rows).toBeGreaterThan(1);
        await press('Filter');
        await page.getByRole('textbox', { name: 'Tag' }).fill('nobody has this');
        await page.keyboard.press('Enter');
        await page.getByText('Nothing matches.').waitFor();
        expect(await faultsOf(page)).toEqual([]);

        await made('/policies', { name: 'without anybody' });
        await page.goto(`${server.url}/policies?narrow=true`);
        await page.getByRole('combobox', { name: 'No principal' }).click();
        await page.getByRole('option', { name: 'yes', exact: true }).click();
        await page.getByText('No principal: yes').waitFor();
        await page.getByRole('link', { name: 'Group - Editors' }).waitFor({ state: 'detached' });
        await page.getByRole('link', { name: 'without anybody' }).waitFor();
        expect(page.url()).toContain('no_principal=true');
      });

      it('a filter that is none is told, and does no harm', async () => {
        await open('/policies?group_ids=%3Cscript%3E&no_principal=%22maybe%22&unknown=1');
        await page.getByRole('alert').waitFor();
        await heading('Policies');
      });

      it('an empty list says what it is for, and how the first one is made', async () => {
        const { body } = await callApi(server, 'GET', `${iam}/ssh-keys`);
        for (const { id } of body.ssh_keys) await callApi(server, 'DELETE', `${iam}/ssh-keys/${id}`);
        await open('/ssh-keys');
        await page.getByText('There are no SSH keys yet.').waitFor();
        await page.getByText('scw iam ssh-key create name=NAME public-key=PUBLIC-KEY').waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await press('Create the first SSH key');
        await page.getByRole('dialog').getByLabel('Public key').waitFor();
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        it(`pages of things can be used by everybody, on a phone too, in ${colorScheme}`, async () => {
          await page.emulateMedia({ colorScheme });
          const of = async (path: string, list: string) => (await callApi(server, 'GET', path)).body[list][0].id;
          const paths = [
            `groups/${await of(`${iam}/groups`, 'groups')}`,
            `users/${await of(`${iam}/users`, 'users')}`,
            `policies/${await of(`${iam}/policies`, 'policies')}`,
            `projects/${server.organizationId}`,
            'policies?narrow=true&tag=x',
            'logs?narrow=true',
          ];
          await open('/users');
          for (const path of paths) {
            await page.setViewportSize({ width: 1280, height: 800 });
            await page.goto(`${server.url}/${path}`);
            await page.getByRole('heading', { level: 1 }).waitFor();
            expect(await faultsOf(page), path).toEqual([]);
            await page.setViewportSize({ width: 360, height: 720 });
            await expect.poll(() => overflowOf(page), { message: path }).toBeLessThanOrEqual(0);
          }
        });
      }
    });
  }
}
