import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, dataFolder, type Json, type ServerProcess } from './support/server-process.ts';

const email = 'ada@example.org';
const password = 'correct horse battery';
/** A service of the operator with more permissions than a page of an answer holds. */
const wiki = {
  version: 1,
  services: [
    {
      name: 'wiki',
      resources: [
        { name: 'page', scope: 'project', actions: Array.from({ length: 120 }, (_, index) => `verb_${index}`) },
      ],
    },
  ],
};
const hostile = '<img src=x onerror=alert(1)>';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe('access in pictures', { timeout: 60_000 }, () => {
      const running = serverOn(database, () => {
        const data = dataFolder();
        const catalogue = join(data, 'catalogue.json');
        writeFileSync(catalogue, JSON.stringify(wiki));
        const env = {
          BAILIWICK_OWNER_EMAIL: email,
          BAILIWICK_OWNER_PASSWORD: password,
          BAILIWICK_CATALOGUE: catalogue,
        };
        return { data, env };
      });
      const use = browserOn(program);
      const { press, heading, complaints } = use;
      let server: ServerProcess;
      let page: Page;
      let garden: string;
      let backup: string;
      let auditors: string;

      const make = async (path: string, body: Json): Promise<string> => {
        const answer = await callApi(server, 'POST', path, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        return answer.body.id;
      };
      const iam = (path: string, body: Json) => make(`/iam/v1alpha1/${path}`, body);
      const member = async (group: string, application: string) => {
        await callApi(server, 'POST', `/iam/v1alpha1/groups/${group}/add-member`, { application_id: application });
      };

      beforeAll(async () => {
        ({ server } = running);
        garden = await make('/account/v3/projects', { name: 'Garden' });
        backup = await iam('applications', { name: 'nightly-backup' });
        auditors = await iam('groups', { name: 'auditors' });
        await member(auditors, backup);
        const organization_id = server.organizationId;
        await iam('policies', {
          name: 'reading',
          group_id: auditors,
          rules: [
            {
              permission_set_names: ['IAMReadOnly'],
              organization_id,
              condition: `request.user_agent == "${hostile}"`,
            },
            { permission_set_names: ['ProjectReadOnly'], organization_id },
          ],
        });
        await iam('policies', {
          name: 'gardening',
          application_id: backup,
          rules: [{ permission_set_names: ['SSHKeysFullAccess'], project_ids: [garden] }],
        });
      });

      beforeEach(() => {
        ({ page } = use);
      });

      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const question = (more: Readonly<Record<string, string>> = {}) =>
        `simulator?${new URLSearchParams({ kind: 'application_id', principal: backup, permission: 'iam:policy:read', ...more })}`;
      const picture = () => page.getByLabel('From the principal to the permission.', { exact: false });

      it('the reasons are a picture whose steps lead to their pages, the failing clause at its rule', async () => {
        await open(question({ agent: 'curl/8' }));
        await page.getByText('Denied', { exact: true }).waitFor();
        for (const step of ['nightly-backup', 'auditors', 'reading', 'IAMReadOnly', 'iam:policy:read'])
          await picture().getByText(step, { exact: true }).waitFor();
        await picture().getByText('condition false').waitFor();
        await picture().getByText(hostile).first().waitFor();
        await picture().getByText('{"request.user_agent":"curl/8"}').waitFor();
        await picture().getByRole('link', { name: 'IAMReadOnly' }).click();
        await heading('IAMReadOnly');
        await page.goBack();
        await picture().getByRole('link', { name: 'reading' }).click();
        await heading('reading');
        expect(complaints()).toEqual([]);
      });

      it('the list says the same in words, and each view is an address', async () => {
        await open(question({ agent: hostile }));
        await page.getByText('Allowed', { exact: true }).waitFor();
        await picture().getByText('grants', { exact: true }).waitFor();
        await page.getByText('List', { exact: true }).click();
        await page.waitForURL(/view=list/);
        await page.getByText('grants', { exact: true }).waitFor();
        await page.getByRole('link', { name: 'auditors' }).first().waitFor();
        await page.goBack();
        await picture().waitFor();
      });

      it('is moved and enlarged from the keyboard', async () => {
        await open(question());
        await picture().getByText('nightly-backup').waitFor();
        const place = () => page.locator('.react-flow__viewport').getAttribute('style');
        await picture().focus();
        const before = await place();
        await page.keyboard.press('ArrowRight');
        await expect.poll(place).not.toBe(before);
        const moved = await place();
        await page.keyboard.press('+');
        await expect.poll(place).not.toBe(moved);
      });

      it('of hundreds of rules it shows what grants, and tells how many are left out', async () => {
        const application = await iam('applications', { name: 'busy' });
        const rule = { permission_set_names: ['ProjectReadOnly'], organization_id: server.organizationId };
        for (let count = 0; count < 100; count += 1)
          await iam('policies', { name: `policy-${count}`, application_id: application, rules: [rule, rule] });
        const granting = { permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId };
        await iam('policies', { name: 'the one', application_id: application, rules: [granting] });
        await open(question({ principal: application }));
        await picture().getByText('the one').waitFor();
        await page.getByText('192 more rules are left out').waitFor();
        await page.getByText('List', { exact: true }).click();
        await press('Show more');
        await page.getByText('101 more rules are left out').waitFor();
      });

      it('a question that was asked before is one step back', async () => {
        await open(question());
        await page.getByText('Denied', { exact: true }).waitFor();
        const permission = page.getByRole('combobox', { name: 'What, as service:resource:action' });
        await permission.fill('ssh_key:li');
        await page.getByRole('option', { name: 'iam:ssh_key:list' }).click();
        await page.getByRole('combobox', { name: 'Where' }).fill('Garden');
        await page.getByRole('option', { name: 'Garden' }).click();
        await press('Ask');
        await page.getByText('Allowed', { exact: true }).waitFor();
        await page.goBack();
        await page.getByText('Denied', { exact: true }).waitFor();
        expect(await permission.inputValue()).toBe('iam:policy:read');
      });

      it('what an application may do is a map, and every permission on it tells why', async () => {
        await open(`applications/${backup}`);
        await page.getByRole('link', { name: 'What it may do' }).click();
        await heading('What can');
        const why = page.getByRole('link', { name: 'Why iam:ssh_key:create in Garden?' });
        await why.waitFor();
        expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
          'Service, resource, action',
          'Organization',
          'Garden',
        ]);
        await press('ssh_key');
        await page.waitForURL(/open=/);
        expect(await why.count()).toBe(0);
        await page.goBack();
        await why.click();
        await page.getByText('Allowed', { exact: true }).waitFor();
        await picture().getByText('gardening').waitFor();
        await page.goBack();
        await page.getByPlaceholder('Words of permissions or projects').fill('project list');
        await expect.poll(() => why.count()).toBe(0);
        await page.getByText('Table', { exact: true }).click();
        await page.getByRole('link', { name: 'Why account:project:list in Organization?' }).waitFor();
      });

      it('all pages of an answer are read', async () => {
        await open('what-can?q=wiki');
        await expect
          .poll(() => page.getByRole('row').filter({ hasText: 'wiki' }).allInnerTexts(), { timeout: 10_000 })
          .toEqual([expect.stringMatching(/wiki\s+120$/)]);
      });

      it('who can is asked of a project too, has pages, and tells why', async () => {
        const group = await iam('groups', { name: 'many' });
        const readers = { permission_set_names: ['SSHKeysReadOnly'], project_ids: [garden] };
        await iam('policies', { name: 'many read', group_id: group, rules: [readers] });
        for (let count = 0; count < 55; count += 1)
          await member(group, await iam('applications', { name: `reader-${count}` }));
        await open(`who-can?permission=iam:ssh_key:list&project=${garden}`);
        await page.getByText('1–50 of 57').waitFor();
        await page.getByRole('button', { name: 'Next page' }).click();
        await page.waitForURL(/page=2/);
        await page.getByText('51–57 of 57').waitFor();
        await page.getByRole('link', { name: 'Why?' }).first().click();
        await page.getByText('Allowed', { exact: true }).waitFor();
        await page.goBack();
        await page.getByText('51–57 of 57').waitFor();
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        it(`can be used by everybody in ${colorScheme}, and fits a phone`, async () => {
          await page.emulateMedia({ colorScheme });
          await open('users');
          const whatCan = `what-can?kind=application_id&principal=${backup}`;
          const pages = [
            question(),
            question({ view: 'list' }),
            whatCan,
            `${whatCan}&open=iam,iam:ssh_key`,
            `${whatCan}&view=table`,
          ];
          for (const path of [...pages, 'what-can', `who-can?permission=iam:ssh_key:list&project=${garden}`]) {
            await page.goto(`${server.url}/${path}`);
            await page.getByRole('heading', { level: 1 }).waitFor();
            expect(await faultsOf(page), path).toEqual([]);
            await page.setViewportSize({ width: 360, height: 720 });
            await expect.poll(() => overflowOf(page), { message: path }).toBeLessThanOrEqual(0);
            await page.setViewportSize({ width: 1280, height: 720 });
          }
          expect(complaints()).toEqual([]);
        });
      }
    });
  }
}
