import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { parse } from 'yaml';
import { chromiumPrograms, launchChromium } from '../test-support/chromium.ts';
import type { Bench, Measurement } from './measurement.ts';
import { seedMembers } from './support/seed-people.ts';
import { call, type Server, startServer } from './support/server.ts';
import { figures, type Table } from './support/table.ts';

const members = 10_000;
const policies = 1_000;

/** How the console feels in a large organization, in a real browser over SQLite. */
export const consolePages: Measurement = {
  name: 'console',
  title: `the console with ${members.toLocaleString('en')} users and ${policies.toLocaleString('en')} policies`,
  measure: async (bench) => {
    const [database] = bench.databases;
    const [program] = chromiumPrograms();
    if (!database || program === undefined) return [];
    await using server = await startServer(database);
    bench.progress('users and policies');
    await seedMembers(server, members);
    for (let number = 0; number < policies; number += 1) await makePolicy(server, number);
    const browser = await launchChromium(program);
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await signIn(page, server);
      return [await firstPages(bench, page, server), await handling(bench, page, server)];
    } finally {
      await browser.close();
    }
  },
};

async function makePolicy(server: Server, number: number): Promise<void> {
  const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId }];
  const name = `policy-${String(number).padStart(4, '0')}`;
  await call(server, '/iam/v1alpha1/policies', { name, no_principal: true, rules });
}

async function signIn(page: Page, server: Server): Promise<void> {
  const written: { readonly access_key: string; readonly secret_key: string } = parse(
    readFileSync(server.configuration, 'utf8'),
  );
  await page.goto(`${server.url}/auth/key?return_to=/users`);
  await page.getByLabel('Access key').fill(written.access_key);
  await page.getByLabel('Secret key').fill(written.secret_key);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('tbody tr').first().waitFor();
}

/** Pages as they come to a browser that has nothing of them yet. */
async function firstPages(bench: Bench, page: Page, server: Server): Promise<Table> {
  const rows: string[][] = [];
  for (const path of ['users', 'policies']) {
    const there: number[] = [];
    const kilobytes: number[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      bench.progress(`/${path}, round ${round} of ${bench.rounds}`);
      const session = await page.context().newCDPSession(page);
      await session.send('Network.clearBrowserCache');
      await session.detach();
      await page.goto(`${server.url}/${path}`);
      await page.locator('tbody tr').nth(19).waitFor();
      there.push(await page.evaluate<number>('performance.now()'));
      const bytes =
        "performance.getEntriesByType('resource').reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)";
      kilobytes.push((await page.evaluate<number>(bytes)) / 1024);
    }
    rows.push([`/${path}`, figures(there), figures(kilobytes)]);
  }
  return {
    head: ['from the address to rows that can be clicked', 'ms', 'kB'],
    rows,
    note: 'Nothing is in the cache of the browser; kB as sent, with data.',
  };
}

/** The longest time for which the page does not answer, for everything that people do with lists. */
async function handling(bench: Bench, page: Page, server: Server): Promise<Table> {
  const rows: string[][] = [];
  const during = async (title: string, work: () => Promise<void>) => {
    bench.progress(title);
    await page.evaluate('window.longTasks.length = 0');
    await work();
    await page.waitForTimeout(500);
    const tasks = await page.evaluate<readonly number[]>('window.longTasks');
    rows.push([title, String(tasks.length), tasks.length === 0 ? 'under 50' : Math.max(...tasks).toFixed(0)]);
  };
  for (const path of ['users', 'policies']) {
    await page.goto(`${server.url}/${path}`);
    await page.locator('tbody tr').nth(19).waitFor();
    await page.evaluate(
      `window.longTasks = []; new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })`,
    );
    const search = page.getByLabel('Search', { exact: true });
    await during(`/${path}: filter, letter by letter`, async () => {
      await search.pressSequentially(path === 'users' ? 'member-0777' : 'policy-077', { delay: 60 });
      await page.waitForTimeout(1000);
      await search.fill('');
      await page.locator('tbody tr').nth(19).waitFor();
    });
    await during(`/${path}: ten pages on`, async () => {
      for (let count = 0; count < 10; count += 1) {
        await page.getByLabel('Next page').click();
        await page.waitForTimeout(100);
      }
    });
    await during(`/${path}: sort`, async () => {
      for (const button of await page.locator('thead button').all()) await button.click();
    });
    await during(`/${path}: scroll`, async () => {
      for (let count = 0; count < 20; count += 1) await page.mouse.wheel(0, count < 10 ? 200 : -200);
    });
    await during(`/${path}: jump by the palette`, async () => {
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder('Search or jump to …').pressSequentially('pol', { delay: 60 });
      await page.keyboard.press('Escape');
    });
  }
  return { head: ['tasks over 50 ms', 'of them', 'longest, ms'], rows, note: 'The goal is none over 200 ms.' };
}
