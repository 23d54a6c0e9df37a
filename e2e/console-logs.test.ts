import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const email = 'ada@example.org';
const password = 'correct horse battery';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe('the log in the console', { timeout: 60_000 }, () => {
      const env = { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password };
      const running = serverOn(database, () => ({ env }));
      const use = browserOn(program);
      const { heading } = use;
      let server: ServerProcess;
      let page: Page;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
      });

      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const make = async (path: string, body: Json): Promise<string> =>
        (await callApi(server, 'POST', `/iam/v1alpha1/${path}`, body)).body.id;
      const entry = (text: string | RegExp) => page.getByRole('main').getByText(text);
      const bars = () => page.getByRole('button', { name: /Show this time alone/ });
      const totalOf = async (action: string): Promise<number> =>
        (await callApi(server, 'GET', `/iam/v1alpha1/logs?action=${action}`)).body.total_count;

      it('says who did what to what, by names that lead to their pages; what is gone has none', async () => {
        const group = await make('groups', { name: 'night-shift' });
        const gone = await make('groups', { name: 'day-shift' });
        await callApi(server, 'DELETE', `/iam/v1alpha1/groups/${gone}`);
        await open('logs?range=hour');
        await entry(`${email} deleted group ${gone}`).waitFor();
        expect(await page.getByRole('link', { name: gone }).count()).toBe(0);
        await entry(`${email} created group night-shift`).waitFor();
        await page.getByRole('link', { name: 'night-shift' }).click();
        await heading('night-shift');
        expect(page.url()).toContain(`/groups/${group}`);
        await page.goBack();
        await page.getByRole('main').getByRole('link', { name: email }).first().click();
        await heading(email);
      });

      it('shows what happens now, without being asked', async () => {
        await open('logs');
        await heading('Logs');
        await make('groups', { name: 'latecomers' });
        await entry('created group latecomers').waitFor();
      });

      it('has a page for each entry, which says the same', async () => {
        await make('groups', { name: 'readers' });
        await open('logs?action=created&type=group');
        await entry('created group readers').waitFor();
        await page.getByRole('listitem').or(page.locator('time')).first().click();
        await page.waitForURL(/\/logs\/[0-9a-f-]{36}$/);
        await page.getByText('created', { exact: true }).first().waitFor();
        await page.getByRole('link', { name: 'readers' }).waitFor();
      });

      it('filters are an address, and the way back is open', async () => {
        const application = await make('applications', { name: 'gardener' });
        await make('policies', { name: 'gardening', no_principal: true });
        await open('logs');
        await page.getByRole('combobox', { name: 'Kind of thing' }).click();
        await page.getByRole('option', { name: 'Policy' }).click();
        await entry('created policy gardening').waitFor();
        await expect.poll(() => entry('created application gardener').count()).toBe(0);
        expect(page.url()).toContain('type=policy');
        await page.goBack();
        await entry('created application gardener').waitFor();
        await page.goto(`${server.url}/logs?kind=application_id&principal=${application}`);
        await entry('created application gardener').waitFor();
        await expect.poll(() => entry('created policy gardening').count()).toBe(0);
      });

      it('counts by kind of change, in no more than 24 questions, and a bar narrows the time', async () => {
        const counts: string[] = [];
        page.on('request', (request) => {
          if (/\/logs\?.*page_size=1(&|$)/.test(request.url())) counts.push(request.url());
        });
        await open('logs?range=week');
        await bars().nth(7).waitFor();
        expect(await bars().count()).toBe(8);
        expect(counts.length).toBeLessThanOrEqual(24);
        const last = bars().last();
        const [created, updated, deleted] = [
          await totalOf('created'),
          await totalOf('updated'),
          await totalOf('deleted'),
        ];
        expect(await last.getAttribute('aria-label')).toContain(
          `${created} created, ${updated} updated, ${deleted} deleted`,
        );
        await bars().first().click();
        await page.getByText('Nothing was changed in this time.').waitFor();
        expect(page.url()).toMatch(/range=custom.*after=/);
        await page.goBack();
        await expect.poll(() => bars().last().getAttribute('aria-label')).toContain(`${created} created`);
        await page.locator('.recharts-bar-rectangle path').last().click();
        await page.waitForURL(/range=custom/);
        await entry(/created group/)
          .first()
          .waitFor();
      });

      it('is for everybody, in light, in dark and on a phone', async () => {
        await open('logs');
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          for (const path of ['logs', 'logs?range=custom&action=created']) {
            await page.goto(`${server.url}/${path}`);
            await bars().first().waitFor();
            expect(await faultsOf(page), path).toEqual([]);
          }
        }
        await page.setViewportSize({ width: 360, height: 720 });
        await expect.poll(() => overflowOf(page), { timeout: 5_000 }).toBeLessThanOrEqual(0);
      });
    });
  }
}
