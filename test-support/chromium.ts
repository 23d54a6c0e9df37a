import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium-headless-shell', 'chromium', 'google-chrome'];

/** The browser, where there is one. In CI it must be there; elsewhere its tests are left out, and that is told. */
export function chromiumPrograms(): readonly string[] {
  const folders = (process.env.PATH ?? '').split(':');
  const program = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (program !== undefined) return [program];
  if (process.env.CI) throw new Error('no Chromium found: install the package chromium-headless-shell');
  console.warn('no Chromium found: pages are not tested in a browser');
  return [];
}

/** A sandbox needs privileges that containers do not give; the pages are our own. */
export const launchChromium = (program: string): Promise<Browser> =>
  chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
