import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const email = 'ada@example.org';
const password = 'correct horse battery';
const hostile = 'request.user_agent == "<img src=x onerror=alert(1)> \u202eevil"';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe(`a change of a policy in the console, before it is saved, on ${database.name}`, {
      timeout: 60_000,
    }, () => {
      const running = serverOn(database, () => ({
        env: { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password },
      }));
      const use = browserOn(program);
      const { press, heading, complaints } = use;
      let server: ServerProcess;
      let page: Page;
      let group: string;
      let count = 0;

      beforeAll(async () => {
        ({ server } = running);
        group = (await done('POST', '/groups', { name: 'crew' })).id;
        for (const username of ['bob', 'cem']) {
          const member = { username, email: `${username}@example.org`, password };
          const { id } = await done('POST', '/users', { member });
          await done('POST', `/groups/${group}/add-member`, { user_id: id });
        }
        await done('POST', '/applications', { name: 'robot' });
      });
      beforeEach(async () => {
        ({ server } = running);
        // What another policy gives too is neither gained nor lost.
        const { policies } = await done('GET', `/policies?group_ids=${group}`);
        for (const { id } of policies) await done('DELETE', `/policies/${id}`);
        ({ page } = use);
      });

      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await callApi(server, method, `${iam}${path}`, body);
        expect([200, 204], JSON.stringify(answer.body)).toContain(answer.status);
        return answer.body;
      };
      const newPolicy = async (...more: readonly string[]): Promise<{ readonly id: string; readonly name: string }> => {
        count += 1;
        const name = `keys-${count}`;
        const rules = ['SSHKeysReadOnly', ...more].map((set) => ({
          permission_set_names: [set],
          organization_id: server.organizationId,
        }));
        return { id: (await done('POST', '/policies', { name, group_id: group, rules })).id, name };
      };
      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const panel = () => page.getByRole('region', { name: 'What this changes' });
      const told = (text: string | RegExp) => panel().getByText(text).first().waitFor();
      const choose = async (label: string, option: string) => {
        await page.getByRole('combobox', { name: label, exact: true }).fill(option);
        await page.getByRole('option', { name: option }).first().click();
        await page.keyboard.press('Tab');
      };

      it('shows while rules are changed who gains and who loses what where', async () => {
        const policy = await newPolicy();
        await open(`policies/${policy.id}`);
        await press('Change the rules');
        await told('Nothing changes');
        await page.getByLabel('Condition').fill(hostile);
        await told('− 2 lose');
        for (const name of ['bob', 'cem']) await told(name);
        await told('in all projects, later ones too');
        await told('iam:ssh_key:read');
        await told('only if');
        expect(await panel().locator('code').allTextContents()).toContain(hostile);
        expect(await panel().locator('img').count()).toBe(0);
        expect((await done('GET', `/rules?policy_id=${policy.id}`)).rules[0].condition).toBe('');
        await press('Save');
        await page.getByRole('button', { name: 'Change the rules' }).waitFor();
        await press('Change the rules');
        await told('Nothing changes');
        await page.getByLabel('Condition').fill('');
        await told('+ 2 gain');
        await press('Cancel');
        expect(await panel().count()).toBe(0);
        expect(complaints()).toEqual([]);
      });

      it('tells what is wrong with a rule once: here until it is saved, then at the rule', async () => {
        const policy = await newPolicy();
        await open(`policies/${policy.id}`);
        await press('Change the rules');
        await page.getByLabel('Condition').fill('request.ip ==');
        await told(/^rule 1, condition: /);
        await told('when everything above is right');
        const message = /\(line 1, column \d+\)/;
        expect(await page.getByText(message).count()).toBe(1);
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('alert').first().waitFor();
        await expect.poll(() => panel().getByText(message).count()).toBe(0);
      });

      it('shows who loses before a policy is deleted, and leaves it when it is kept', async () => {
        const policy = await newPolicy();
        await open(`policies/${policy.id}`);
        await press('Delete');
        await told('− 2 lose');
        await told('iam:ssh_key:list');
        await press('Keep');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await heading(policy.name);
        await press('Delete');
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await heading('Policies');
        expect((await callApi(server, 'GET', `${iam}/policies/${policy.id}`)).status).toBe(404);
        expect(complaints()).toEqual([]);
      });

      it('shows who gains and who loses when it is attached to somebody else', async () => {
        const policy = await newPolicy();
        await open(`policies/${policy.id}`);
        await press('Change');
        await page.getByLabel('Description').fill('nothing that matters');
        expect(await panel().count()).toBe(0);
        await choose('Application id', 'robot');
        await told('+ 1 gains');
        await told('− 2 lose');
        await told('robot');
        await press('Save');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        expect(await done('GET', `/policies/${policy.id}`)).toHaveProperty('application_id');
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        it(`can be used by everybody, and on a phone, in ${colorScheme}`, async () => {
          await page.emulateMedia({ colorScheme });
          const policy = await newPolicy('IAMManager');
          await open(`policies/${policy.id}`);
          await press('Change the rules');
          await page.getByLabel('Condition').first().fill(hostile);
          await told('− 2 lose');
          await page.getByRole('button', { name: 'Remove this rule' }).last().click();
          await told('in the organization');
          await panel()
            .getByRole('button', { name: /^and \d+ more$/ })
            .click();
          await told('iam:application:delete');
          expect(await faultsOf(page)).toEqual([]);
          await page.setViewportSize({ width: 360, height: 720 });
          expect(await overflowOf(page)).toBeLessThanOrEqual(0);
          await press('Cancel');
          await press('Delete');
          await told('− 2 lose');
          expect(await faultsOf(page)).toEqual([]);
          expect(await overflowOf(page)).toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
