import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchChromium } from '../../test-support/chromium.ts';

/** A browser, and in it a page that knows nothing of the tests before. */
export interface OpenBrowser {
  readonly browser: Browser;
  readonly page: Page;
  press(button: string): Promise<void>;
  /** Waits for it. */
  heading(name: string): Promise<void>;
  /** From the sign-in page on, as far as a password leads. */
  signIn(username: string, password: string): Promise<void>;
  /** Opens a page of the console as somebody who has to sign in before. */
  open(address: string, username: string, password: string): Promise<void>;
  /** What the page wrote to its console or asked in a dialog; what the server refuses is told on the page, and no complaint. */
  complaints(): readonly string[];
}

/** A browser for all tests of a `describe`, with a new page for each. */
export function browserOn(program: string, options: BrowserContextOptions = {}): OpenBrowser {
  let browser: Browser | null = null;
  let page: Page | null = null;
  let said: string[] = [];
  beforeAll(async () => {
    browser = await launchChromium(program);
  });
  beforeEach(async () => {
    page = await there(browser).newPage(options);
    page.setDefaultTimeout(15_000);
    said = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (failure) => said.push(failure.message));
    page.on('dialog', (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
  });
  afterEach(async () => {
    await page?.close();
  });
  afterAll(async () => {
    await browser?.close();
  });
  const there = <T>(thing: T | null): T => {
    if (thing === null) throw new Error('the browser is started before the first test');
    return thing;
  };
  const press = (name: string) => there(page).getByRole('button', { name, exact: true }).click();
  const signIn = async (username: string, password: string) => {
    await there(page).getByLabel('Username').fill(username);
    await press('Next');
    await there(page).getByLabel('Password').fill(password);
    await press('Sign in');
  };
  return {
    get browser() {
      return there(browser);
    },
    get page() {
      return there(page);
    },
    press,
    heading: (name) => there(page).getByRole('heading', { name, exact: true }).waitFor(),
    signIn,
    open: async (address, username, password) => {
      await there(page).goto(address);
      await there(page).waitForURL(/auth\/sign-in/);
      await signIn(username, password);
      await there(page).waitForURL((url) => !url.pathname.startsWith('/auth'));
    },
    complaints: () => said.filter((text) => !/status of 40[014]/.test(text)),
  };
}
