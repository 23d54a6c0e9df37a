import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { runScw, type ServerProcess, scwProgram } from './support/server-process.ts';

const email = 'ada@example.org';
const password = 'correct horse battery';

/** A program under way, and what it has said so far. */
interface Running {
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

for (const program of chromiumPrograms()) {
  for (const database of databases()) {
    describe(`scw login on ${database.name}`, { timeout: 60_000 }, () => {
      const env = { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password };
      const running = serverOn(database, () => ({ env }));
      const use = browserOn(program, { javaScriptEnabled: false });
      const { press, heading } = use;
      let server: ServerProcess;
      let page: Page;
      let home: string;
      let homes = 0;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
        homes += 1;
        home = join(server.data, `home-${homes}`);
        mkdirSync(join(home, 'bin'), { recursive: true });
        // Opens no window: the test is the person in front of it.
        const opener = join(home, 'bin', 'xdg-open');
        writeFileSync(
          opener,
          `#!/bin/sh\nprintf %s "$1" > '${home}/opened.tmp' && mv '${home}/opened.tmp' '${home}/opened'\n`,
        );
        chmodSync(opener, 0o755);
      });

      const configuration = () => join(home, '.config/scw/config.yaml');
      const environment = (): NodeJS.ProcessEnv => ({
        PATH: `${join(home, 'bin')}:${process.env.PATH}`,
        HOME: home,
        NO_COLOR: '1',
      });
      const logIn = (...words: readonly string[]): Running => {
        const child = spawn(process.execPath, [scwProgram, 'login', `api-url=${server.url}`, ...words], {
          env: environment(),
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const said = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'] as const)
          child[name].setEncoding('utf8').on('data', (text: string) => {
            said[name] += text;
          });
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
        return { said, ended };
      };
      const shown = async (running: Running, pattern: RegExp): Promise<string> =>
        expect
          .poll(() => pattern.exec(running.said.stderr)?.[1], { timeout: 15_000 })
          .toBeTruthy()
          .then(() => pattern.exec(running.said.stderr)?.[1] ?? '');
      const opened = async (): Promise<string> => {
        await expect.poll(() => existsSync(join(home, 'opened')), { timeout: 15_000 }).toBe(true);
        return readFileSync(join(home, 'opened'), 'utf8');
      };
      const signIn = () => use.signIn(email, password);
      const keys = async () => JSON.parse((await runScw(server, ['iam', 'api-key', 'list', '-o', 'json'])).stdout);
      const sessions = async () => {
        const key = (await keys())[0];
        return JSON.parse((await runScw(server, ['iam', 'jwt', 'list', key.user_id, '-o', 'json'])).stdout);
      };

      it('opens the browser, waits for the person, and sets up the profile with a key of its own', async () => {
        const running = logIn();
        await page.goto(await opened());
        await signIn();
        await heading('Let a program sign in?');
        await press('Allow');
        await page.getByText('You are signed in in the terminal.').waitFor();
        expect([await running.ended, running.said.stdout]).toEqual([
          0,
          expect.stringContaining(`signed in as ${email}`),
        ]);
        const written = parse(readFileSync(configuration(), 'utf8'));
        expect(written).toMatchObject({ api_url: server.url, default_organization_id: server.organizationId });
        for (const text of Object.values(running.said)) expect(text).not.toContain(written.secret_key);
        expect(
          (await keys()).find(({ access_key }: { access_key: string }) => access_key === written.access_key),
        ).toMatchObject({
          description: 'scw login',
        });
        const listed = await runScw(server, ['iam', 'user', 'list', '-o', 'json'], {
          SCW_CONFIG_PATH: configuration(),
        });
        expect([listed.code, JSON.parse(listed.stdout)[0].email]).toEqual([0, email]);
        // The session of the program has ended; that of the browser has not.
        expect(
          (await sessions()).filter(({ user_agent }: { user_agent: string }) => user_agent.includes('bailiwick')),
        ).toEqual([]);
        await page.goto(`${server.url}/auth/account`);
        await heading(email);
      });

      it('nobody else can bring a code: neither without the state nor under another name', async () => {
        const running = logIn('print-url=true');
        const url = new URL(await shown(running, /^ {2}(http\S+)$/m));
        expect(existsSync(join(home, 'opened'))).toBe(false);
        const callback = url.searchParams.get('redirect_uri') ?? '';
        const state = url.searchParams.get('state') ?? '';
        expect(new URL(callback).hostname).toBe('127.0.0.1');
        for (const wrong of ['', '?code=x', '?code=x&state=', `?code=x&state=${state.slice(1)}x`, `?state=${state}`])
          expect((await fetch(callback + wrong)).status).toBe(400);
        expect((await fetch(`${callback}?code=x&state=${state}`, { method: 'POST' })).status).toBe(400);
        await page.goto(url.href);
        await signIn();
        await press('Refuse');
        await page.getByText('You have refused.').waitFor();
        expect([await running.ended, running.said.stdout]).toEqual([1, '']);
        expect(running.said.stderr).toContain('The sign-in was refused in the browser');
        expect(existsSync(configuration())).toBe(false);
      });

      it('without a browser a code is typed elsewhere', async () => {
        const running = logIn('device=true', 'expires-at=+1d');
        const code = await shown(running, /code: (\S+)/);
        await page.goto(`${server.url}/auth/device`);
        await signIn();
        await page.fill('[name=user_code]', code.toLowerCase());
        await press('Next');
        expect(await page.textContent('dl')).toContain('bailiwick-cli');
        await press('Allow');
        await heading('The program is signed in');
        expect(await running.ended).toBe(0);
        const written = parse(readFileSync(configuration(), 'utf8'));
        const key = (await keys()).find(({ access_key }: { access_key: string }) => access_key === written.access_key);
        expect(Date.parse(key.expires_at)).toBeLessThan(Date.now() + 86_400_000);
      });

      it('leaves no key behind when the profile cannot be written', async () => {
        const before = (await keys()).length;
        mkdirSync(dirname(configuration()), { recursive: true });
        writeFileSync(configuration(), 'default_zone: nowhere\n', { mode: 0o600 });
        const running = logIn('device=true');
        const code = await shown(running, /code: (\S+)/);
        await page.goto(`${server.url}/auth/device?user_code=${code}`);
        await signIn();
        await press('Allow');
        expect([await running.ended, running.said.stdout]).toEqual([1, '']);
        expect(running.said.stderr).toContain("Invalid default zone format 'nowhere'");
        expect((await keys()).length).toBe(before);
        expect(readFileSync(configuration(), 'utf8')).toBe('default_zone: nowhere\n');
      });
    });
  }
}
