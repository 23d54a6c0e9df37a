import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../test-support/certificates.ts';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { endedCertificate, signingCertificate } from '../test-support/signing-certificate.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const email = 'ada@example.org';
const password = 'correct horse battery';
const hostile = 'https://idp.example.org/<img src=x onerror=alert(1)>';
const day = 86_400_000;

const base64Of = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, '');
const metadataOf = (...certificates: readonly string[]) => `<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${hostile.replace('<', '&lt;')}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    ${certificates
      .map(
        (pem) => `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${base64Of(pem)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
      )
      .join('')}
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.org/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`;
const file = (name: string, content: string | Buffer) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe('SAML and SCIM in the console', { timeout: 60_000 }, () => {
      const env = { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password };
      const running = serverOn(database, () => ({ env }));
      const use = browserOn(program);
      const { press, heading, complaints } = use;
      const folder = mkdtempSync(join(tmpdir(), 'bailiwick-certificates-'));
      let server: ServerProcess;
      let page: Page;

      beforeEach(async () => {
        ({ server } = running);
        ({ page } = use);
        for (const kind of ['saml', 'scim']) {
          const { status, body } = await ask('GET', `${organization()}/${kind}`);
          if (status === 200) await ask('DELETE', `/${kind}/${body.id}`);
        }
      });
      afterAll(() => rmSync(folder, { recursive: true }));

      const organization = () => `/organizations/${server.organizationId}`;
      const ask = (method: string, path: string, body?: Json) => callApi(server, method, `${iam}${path}`, body);
      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await ask(method, path, body);
        expect([200, 204], JSON.stringify(answer.body)).toContain(answer.status);
        return answer.body;
      };
      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const part = (name: string) => page.getByRole('region', { name });
      const told = (text: string | RegExp) => page.getByText(text).first().waitFor();
      const confirm = (button: string) => page.getByRole('dialog').getByRole('button', { name: button }).click();
      const give = (given: ReturnType<typeof file>) =>
        page.getByRole('dialog').locator('input[type=file]').setInputFiles(given);
      const isOn = async () => (await done('GET', organization())).login_saml_enabled;
      const enableSaml = async () => (await done('POST', `${organization()}/saml`, {})).id;
      const saml = () => done('GET', `${organization()}/saml`);
      const allowed = () => page.getByRole('checkbox', { name: 'Members may sign in by SAML' });
      const rows = (name: string) => part(name).locator('tbody tr');

      it('SAML is enabled, and shows what the identity provider has to know, with our metadata', async () => {
        await open('saml-sign-in');
        await told('scw iam organization enable-saml');
        expect(await faultsOf(page)).toEqual([]);
        await press('Enable SAML');
        const ours = part('For the identity provider');
        await ours.waitFor();
        const { id, service_provider } = await saml();
        await ours.getByText(service_provider.entity_id, { exact: true }).waitFor();
        await ours.getByText(service_provider.assertion_consumer_service_url, { exact: true }).waitFor();
        const metadata = await ours.getByRole('link', { name: 'Our metadata' }).getAttribute('href');
        expect(metadata).toBe(`${server.url}/saml/${id}`);
        expect(await (await fetch(String(metadata))).text()).toContain(service_provider.assertion_consumer_service_url);
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await press('Copy: Entity ID');
        await page.getByRole('button', { name: 'Copied: Entity ID' }).waitFor();
        expect(await page.evaluate('navigator.clipboard.readText()')).toBe(service_provider.entity_id);
        expect(complaints()).toEqual([]);
      });

      it('a file of metadata is shown before it is taken; then nothing is missing, and the switch turns', async () => {
        await enableSaml();
        await open('saml-sign-in');
        await told('Next: add the certificate that the identity provider signs with.');
        await told('It can be switched on when nothing is missing any more.');
        expect(await allowed().isDisabled()).toBe(true);
        await press('Read from metadata');
        await page.waitForURL(/change=metadata/);
        await give(file('idp.xml', '<not/>'));
        await told('describes no identity provider');
        await give(file('large.xml', 'x'.repeat(300_000)));
        await told('This is no single file of at most 256 kB.');
        expect(await faultsOf(page)).toEqual([]);
        await give(file('idp.xml', metadataOf(signingCertificate.content)));
        const dialog = page.getByRole('dialog');
        await dialog.getByText(hostile, { exact: true }).waitFor();
        await dialog.getByText('https://idp.example.org/sso', { exact: true }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        expect((await saml()).entity_id).toBe('');
        await press('Take these');
        await told('Nothing is missing: members can sign in by SAML once it is switched on below.');
        expect(await saml()).toMatchObject({ status: 'valid', entity_id: hostile });
        await allowed().click();
        await told('Members can sign in by SAML.');
        expect(await isOn()).toBe(true);

        await press('Read from metadata');
        await give(file('idp.xml', metadataOf(signingCertificate.content, endedCertificate.content)));
        await told('is known already');
        await press('Take these');
        await expect.poll(() => rows('Certificates').count()).toBe(2);
        expect(complaints()).toEqual([]);
      });

      it('the values are entered by hand too, and what is still missing is told one after the other', async () => {
        const id = await enableSaml();
        await done('POST', `/saml/${id}/certificates`, signingCertificate);
        await open('saml-sign-in');
        await told('Next: tell what the identity provider calls itself.');
        await press('Enter by hand');
        await page.waitForURL(/change=provider/);
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('textbox', { name: 'Entity id' }).fill('urn:idp');
        await dialog.getByText(`scw iam saml update ${id} entity-id=urn:idp`).waitFor();
        await press('Save');
        await told('Next: tell where the identity provider signs people in.');
        await press('Enter by hand');
        const url = dialog.getByRole('textbox', { name: 'Single sign on url' });
        await url.fill('http://idp.example.org');
        await press('Save');
        await dialog
          .getByText(/https:\/\//)
          .last()
          .waitFor();
        await url.fill('https://idp.example.org/sso');
        await press('Save');
        await told('Nothing is missing');
      });

      it('certificates come as text, PEM or DER, are shown, warn before and after their end, and go', async () => {
        const id = await enableSaml();
        await done('PATCH', `/saml/${id}`, { entity_id: 'urn:idp', single_sign_on_url: 'https://idp.example.org/sso' });
        await open('saml-sign-in');
        const add = async (content: string | Buffer) => {
          await press('Add a certificate');
          await page.waitForURL(/change=certificate/);
          await give(file('idp.crt', content));
          await expect
            .poll(() => page.getByRole('textbox', { name: 'Content' }).inputValue())
            .toContain('-----BEGIN CERTIFICATE-----');
          await press('Save');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        };
        await add(endedCertificate.content);
        await told('Every certificate to sign with has ended');
        await part('Certificates')
          .getByText(/^ended \d+ years ago$/)
          .waitFor();
        const { cert } = makeCertificate(folder, { name: 'soon', days: 2, kind: 'rsa' });
        await add(execFileSync('openssl', ['x509', '-in', cert, '-outform', 'DER']));
        await part('Certificates')
          .getByText(/^ends (tomorrow|in \d+ (hours|days))$/)
          .waitFor();
        await told('Nothing is missing');
        await press('Add a certificate');
        await page.getByRole('textbox', { name: 'Content' }).fill('no certificate');
        await press('Save');
        await told('value must be one certificate in PEM');
        expect(await faultsOf(page)).toEqual([]);
        await page.keyboard.press('Escape');
        const { certificates } = await done('GET', `/saml/${id}/certificates`);
        expect(certificates).toHaveLength(2);
        expect(base64Of(certificates[1].content)).toBe(base64Of(readFileSync(cert, 'utf8')));
        await page.getByRole('link', { name: `Show certificate ${certificates[1].id}` }).click();
        await page.waitForURL(/certificate=/);
        await page.getByRole('dialog').getByText(certificates[1].content.split('\n')[1]).waitFor();
        await page.goBack();
        for (const [index, { id: certificate }] of certificates.entries()) {
          await press(`Delete certificate ${certificate}`);
          if (index === 1) await told('nobody can sign in by SAML until there is another');
          await confirm('Delete');
          await expect.poll(() => rows('Certificates').count()).toBe(1 - index);
        }
        await told('Next: add the certificate');
        expect(complaints()).toEqual([]);
      });

      it('a configuration that loses what it needs says that it is idle, and is deleted after a question', async () => {
        const id = await enableSaml();
        await done('PATCH', `/saml/${id}`, { entity_id: 'urn:idp', single_sign_on_url: 'https://idp.example.org/sso' });
        const certificate = await done('POST', `/saml/${id}/certificates`, signingCertificate);
        await done('PATCH', `${organization()}/login-methods`, { login_saml_enabled: true });
        await done('DELETE', `/saml-certificates/${certificate.id}`);
        await open('saml-sign-in');
        await told('It is switched on, but nobody can sign in by it until nothing is missing.');
        await press('Delete the configuration');
        await told('Its certificates go with it');
        expect(await faultsOf(page)).toEqual([]);
        await confirm('Keep');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        expect((await saml()).id).toBe(id);
        await press('Delete the configuration');
        await confirm('Delete');
        await page.getByRole('button', { name: 'Enable SAML' }).waitFor();
        expect(await isOn()).toBe(false);
      });

      it('SCIM is enabled, its tokens are shown once and at most two, warn and go; it ends after a question', async () => {
        await open('provisioning');
        await told('scw iam organization enable-scim');
        await press('Enable SCIM');
        await told('None yet: the directory can do nothing.');
        const { id } = await done('GET', `${organization()}/scim`);
        await part('For the directory').getByText(`${server.url}/scim/v2/${id}`, { exact: true }).waitFor();
        await told(`scw iam scim-tokens create scim-id=${id}`);
        const create = page.getByRole('button', { name: 'Make a token' });
        for (const count of [1, 2]) {
          await create.click();
          const dialog = page.getByRole('dialog', { name: 'The new token' });
          const token = await dialog.locator('pre').innerText();
          expect(token).toMatch(/^[\w-]+\.[\w-]+$/);
          expect(await faultsOf(page)).toEqual([]);
          await page.keyboard.press('Escape');
          await press('I have entered it');
          await dialog.waitFor({ state: 'detached' });
          expect(await page.content()).not.toContain(token);
          expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(token);
          await expect.poll(() => rows('Tokens').count()).toBe(count);
        }
        expect(await create.isDisabled()).toBe(true);
        await told('There are two already.');
        await page.clock.setFixedTime(Date.now() + 350 * day);
        await page.reload();
        await part('Tokens')
          .getByText(/^ends in \d+ days$/)
          .first()
          .waitFor();
        await page.clock.setFixedTime(Date.now() + 400 * day);
        await page.reload();
        await told('Every token has ended');
        await part('Tokens')
          .getByText(/^ended 1 month ago$|^ended last month$/)
          .first()
          .waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await part('Tokens')
          .getByRole('button', { name: /^Delete token/ })
          .first()
          .click();
        await told('A directory that uses it can do nothing any more');
        await confirm('Delete');
        await expect.poll(() => rows('Tokens').count()).toBe(1);
        await press('Disable SCIM');
        await told('All tokens end at once');
        await confirm('Disable');
        await page.getByRole('button', { name: 'Enable SCIM' }).waitFor();
        expect((await ask('GET', `${organization()}/scim`)).status).toBe(404);
        expect(complaints()).toEqual([]);
      });

      it('the settings and the palette lead there', async () => {
        await open('settings');
        await page.getByRole('main').getByRole('link', { name: 'Sign-in by SAML' }).click();
        await heading('Sign-in by SAML');
        await page.keyboard.press('Control+k');
        await page.getByRole('textbox', { name: 'Search or jump to …' }).fill('scim');
        await page.keyboard.press('Enter');
        await heading('Provisioning by SCIM');
      });

      it('who may not read it is told what is missing', async () => {
        const member = { username: 'visitor', email: 'visitor@example.org', password };
        await done('POST', '/users', { member });
        const wanted = { organization_id: server.organizationId, return_to: '/provisioning' };
        await page.goto(`${server.url}/auth/sign-in?${new URLSearchParams(wanted)}`);
        await use.signIn('visitor', password);
        await told('You may not do this. Missing: read scim');
      });

      for (const colorScheme of ['light', 'dark'] as const)
        it(`can be used by everybody in ${colorScheme}, by keyboard, and fits a phone`, async () => {
          await page.emulateMedia({ colorScheme });
          const id = await enableSaml();
          await done('PATCH', `/saml/${id}`, { entity_id: hostile, single_sign_on_url: 'https://idp.example.org/sso' });
          for (const certificate of [signingCertificate, endedCertificate])
            await done('POST', `/saml/${id}/certificates`, certificate);
          const { id: scim } = await done('POST', `${organization()}/scim`, {});
          for (const _ of [1, 2]) await done('POST', `/scim/${scim}/tokens`, {});
          await open('saml-sign-in');
          await part('Certificates')
            .getByText(/^ended/)
            .waitFor();
          expect(await faultsOf(page)).toEqual([]);
          // Before the key that opens the dialog: a listener takes a moment to stand in for it.
          page.on(
            'filechooser',
            (chooser) => void chooser.setFiles(file('idp.xml', metadataOf(signingCertificate.content))),
          );
          await page.getByRole('button', { name: 'Read from metadata' }).focus();
          await page.keyboard.press('Enter');
          // The dialog has the focus first, and keeps it while it opens; the next stop is the button for files.
          await page.locator('[aria-label="Close"]:focus').waitFor();
          await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0);
          expect(await faultsOf(page)).toEqual([]);
          await page.keyboard.press('Tab');
          await page.locator('button:focus', { hasText: 'Choose a file' }).waitFor();
          await page.keyboard.press('Enter');
          await told('is known already');
          expect(await faultsOf(page)).toEqual([]);
          await page.goto(`${server.url}/provisioning`);
          await rows('Tokens').first().waitFor();
          expect(await faultsOf(page)).toEqual([]);
          await page.setViewportSize({ width: 360, height: 720 });
          for (const path of [
            'provisioning',
            'saml-sign-in',
            'saml-sign-in?change=metadata',
            'saml-sign-in?change=certificate',
          ]) {
            await page.goto(`${server.url}/${path}`);
            await page.getByRole('heading', { level: 1 }).waitFor();
            await page.getByRole('region').first().waitFor();
            expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
          }
          expect(complaints()).toEqual([]);
        });
    });
  }
}
