import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has found. */
interface Fault {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What keeps somebody from using the page as it is now. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.waitForLoadState('networkidle');
  // The policy of the page lets no script in but those of the server; the tool comes past it.
  await page.evaluate(axe);
  const found = await page.evaluate<readonly Fault[]>('axe.run().then(({ violations }) => violations)');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How far the page is wider than what it is looked at with, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
