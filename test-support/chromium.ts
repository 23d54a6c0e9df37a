import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

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

/** An authenticator that the browser believes in; nobody has to touch it. */
export async function plugIn(page: Page, protocol: 'ctap2' | 'u2f'): Promise<{ readonly unplug: () => Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol, transport: 'usb', automaticPresenceSimulation: true },
  });
  return {
    unplug: async () => {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      await session.detach();
    },
  };
}
