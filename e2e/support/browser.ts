import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** The browser of the machine, where there is one. In CI it must be there; elsewhere its tests are left out, and that is told. */
export function chromiumPrograms(): readonly string[] {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(':');
  const program = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (program !== undefined) return [program];
  if (process.env.CI) throw new Error('no Chromium found: install its package');
  console.warn('no Chromium found: what a browser does with our answers is not tested');
  return [];
}

/** Its sandbox wants rights of the kernel that containers lack; it visits nothing but our own server. */
export const openBrowser = (program: string): Promise<Browser> =>
  chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
