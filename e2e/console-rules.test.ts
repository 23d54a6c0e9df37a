import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { faultsOf, overflowOf } from './support/axe.ts';
import { browserOn } from './support/browser.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const email = 'ada@example.org';
const password = 'correct horse battery';

for (const program of chromiumPrograms()) {
  for (const database of databases().filter(({ name }) => name === 'SQLite')) {
    describe(`the rule editor on ${database.name}`, { timeout: 60_000 }, () => {
      const running = serverOn(database, () => ({
        env: { BAILIWICK_OWNER_EMAIL: email, BAILIWICK_OWNER_PASSWORD: password },
      }));
      const use = browserOn(program);
      const { press, heading, complaints } = use;
      let server: ServerProcess;
      let page: Page;
      let count = 0;

      beforeEach(() => {
        ({ server } = running);
        ({ page } = use);
      });

      const open = (path: string) => use.open(`${server.url}/${path}`, email, password);
      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await callApi(server, method, `${iam}${path}`, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        return answer.body;
      };
      const everywhere = (condition: string) => ({
        permission_set_names: ['IAMReadOnly'],
        organization_id: server.organizationId,
        condition,
      });
      /** The page of a policy, ready to change its rules. */
      const edit = async (...rules: readonly Json[]): Promise<string> => {
        count += 1;
        const { id } = await done('POST', '/policies', { name: `rules-${count}`, no_principal: true, rules });
        await open(`policies/${id}`);
        await press('Change the rules');
        return id;
      };
      const saved = async (id: string): Promise<Json> => {
        await press('Save');
        await page.getByRole('button', { name: 'Change the rules' }).waitFor();
        return (await done('GET', `/rules?policy_id=${id}`)).rules;
      };
      const editor = () => page.getByRole('textbox', { name: 'Condition', exact: true });
      const trying = () => page.getByRole('group', { name: 'Try it' });
      const sets = () => page.getByRole('combobox', { name: 'Permission sets' });

      /** Keys that come right after the words are offered are meant for the text. */
      const accept = async (word: string) => {
        await page.getByRole('option', { name: word }).waitFor();
        await page.waitForTimeout(150);
        await page.keyboard.press('Enter');
      };

      it('a condition is written from the keyboard: words are completed, and Tab leaves', async () => {
        const id = await edit(everywhere(''));
        await editor().focus();
        await page.keyboard.type('inIp');
        await page.getByText('whether an address is in a network').waitFor();
        await accept('inIpRange');
        // The network is chosen, to be typed over.
        await page.keyboard.type('192.0.2.0/24');
        await page.keyboard.press('End');
        await page.keyboard.type(' && request.ti');
        await accept('request.time');
        await page.keyboard.type('.getDayOfW');
        await accept('getDayOfWeek');
        await page.keyboard.press('End');
        await page.keyboard.type(' != 0');
        await page.keyboard.press('Tab');
        expect(await editor().evaluate((element) => element.contains(element.ownerDocument.activeElement))).toBe(false);
        const [rule] = await saved(id);
        expect(rule.condition).toBe(
          'inIpRange(request.ip, "192.0.2.0/24") && request.time.getDayOfWeek("Europe/Paris") != 0',
        );
        expect(complaints()).toEqual([]);
      });

      it('offers of a value what can be asked of it', async () => {
        await edit(everywhere(''));
        await editor().focus();
        await page.keyboard.type('request.ip.');
        await page.getByRole('option', { name: 'startsWith' }).waitFor();
        expect(await page.getByRole('option', { name: 'getHours' }).count()).toBe(0);
        await page.keyboard.press('Escape');
        await editor().fill('');
        await page.keyboard.type('resource.');
        await page.getByRole('option', { name: 'resource.locality' }).waitFor();
        expect(await page.getByRole('option', { name: 'request.ip' }).count()).toBe(0);
        await page.keyboard.press('Escape');
        await editor().fill('');
        await page.keyboard.type('resource.name == "req');
        await page.getByText('Line 1').waitFor();
        await expect.poll(() => page.getByRole('option').count()).toBe(0);
      });

      it('tells while one writes what is wrong, everything at its place', async () => {
        await edit(everywhere(''));
        await editor().fill('request.ipp == "a" && foo(1)');
        await page.getByText('Line 1, column 8: `request.ipp` does not exist').waitFor();
        await page.getByText('Line 1, column 23: the function `foo` does not exist').waitFor();
        await expect.poll(() => page.locator('.cm-lintRange-error').allTextContents()).toEqual(['.ipp', 'foo']);
        await page.getByText('As it is written it comes to nothing.').waitFor();
        await editor().fill('request.ip == ');
        await page.getByText('a value is missing after `==`').waitFor();
        await editor().fill('request.ip == "a"');
        await page.getByText('The rule does not grant').waitFor();
        await expect.poll(() => page.getByText('Line 1').count()).toBe(0);
        await expect.poll(() => page.locator('.cm-lintRange-error').count()).toBe(0);
      });

      it('tries a condition: true, false with the part that decides, an error with what is absent', async () => {
        await edit(everywhere('inIpRange(request.ip, "192.0.2.0/24") && resource.name.startsWith("web")'));
        const input = (label: string) => trying().getByLabel(label);
        await trying().getByText('error', { exact: true }).first().waitFor();
        await trying().getByText('request.ip is absent').waitFor();
        await input('From address').fill('192.0.2.7');
        await input('Name of the resource').fill('web-1');
        await trying().getByText('The rule grants.').waitFor();
        expect(await trying().locator('mark').count()).toBe(0);
        await input('From address').fill('198.51.100.7');
        await trying().getByText('false', { exact: true }).first().waitFor();
        await expect
          .poll(() => trying().locator('mark').allTextContents())
          .toEqual(['inIpRange(request.ip, "192.0.2.0/24")']);
        await trying().getByText('request.ip = "198.51.100.7"').waitFor();
        await editor().fill('request.time < timestamp("2020-01-01T00:00:00Z")');
        await trying().getByText('request.time =').waitFor();
        await trying().getByText('The rule does not grant.').waitFor();
        await input('At').fill('2019-06-01T12:00:00');
        await trying().getByText('The rule grants.').waitFor();
        // What was tried is not kept.
        expect(page.url()).not.toContain('198.51');
        expect(complaints()).toEqual([]);
      });

      it('finds permission sets by words of what they allow, and by product', async () => {
        const id = await edit();
        await press('Add a rule');
        await page.getByText('Where the rule can hold follows').waitFor();
        await sets().fill('registry pull without');
        await page.getByRole('option', { name: 'ContainerRegistryReadOnly' }).waitFor();
        expect(await page.getByRole('option').count()).toBe(1);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.getByText('those are offered that hold in projects too').waitFor();
        // Sets of the organization cannot stand beside it.
        await sets().fill('IAMReadOnly');
        await page.getByText('No permission set has all of these words.').waitFor();
        await sets().fill('');
        await page.getByRole('combobox', { name: 'Product' }).click();
        await page.getByRole('option', { name: 'Databases' }).click();
        await sets().click();
        const offered = await page.getByRole('option').allTextContents();
        expect(offered.length).toBeGreaterThan(3);
        expect(offered.filter((text) => text.startsWith('ObjectStorage'))).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByLabel('In every project, later ones too').check();
        const [rule] = await saved(id);
        expect(rule).toMatchObject({
          permission_set_names: ['ContainerRegistryReadOnly'],
          organization_id: server.organizationId,
        });
      });

      it('offers no scope that does not fit, and keeps none by accident', async () => {
        const id = await edit(everywhere(''));
        await page.getByText('These hold in the whole organization.').waitFor();
        expect(await page.getByRole('combobox', { name: 'Projects' }).count()).toBe(0);
        await sets().click();
        await page.keyboard.press('Backspace');
        await page.getByText('Where the rule can hold follows').waitFor();
        await sets().fill('SSHKeysReadOnly');
        await page.getByRole('option', { name: 'SSHKeysReadOnly' }).click();
        await page.keyboard.press('Escape');
        expect(await page.getByLabel('In every project, later ones too').isChecked()).toBe(false);
        await page.getByRole('combobox', { name: 'Projects' }).fill('default');
        await page.getByRole('option', { name: 'default' }).click();
        await page.keyboard.press('Escape');
        const [rule] = await saved(id);
        expect(rule).toMatchObject({ permission_set_names: ['SSHKeysReadOnly'], project_ids: [server.organizationId] });
      });

      it('leads from a rule to what its permission sets grant, and from there to who may', async () => {
        await done('POST', '/policies', { name: 'readers', no_principal: true, rules: [everywhere('')] });
        await open('policies?q=readers');
        await page.getByRole('link', { name: 'readers' }).click();
        await page.getByRole('group', { name: 'rule 1' }).getByRole('link', { name: 'IAMReadOnly' }).click();
        await heading('What it grants');
        await page
          .getByRole('row', { name: /^iam:policy / })
          .getByRole('link', { name: 'list' })
          .click();
        await heading('Who can');
        expect(page.url()).toContain('permission=iam%3Apolicy%3Alist');
        await page.getByRole('link', { name: email, exact: true }).waitFor();
        await page.goto(`${server.url}/permission-sets/InstancesFullAccess`);
        await page.getByText('it is about a product that this server does not have').waitFor();
        await page.goto(`${server.url}/permission-sets/Nothing`);
        await page.getByText('does not exist any more').waitFor();
      });

      it('what is written into a condition is text, however hostile', async () => {
        const hostile = 'request.user_agent == "<img src=x onerror=alert(1)> \u202eevil </script>"';
        const id = await edit(everywhere(hostile));
        await trying().getByLabel('With program').fill('<img src=x onerror=alert(2)>');
        await trying().getByText('request.user_agent = "<img').waitFor();
        expect(await page.locator('img').count()).toBe(0);
        await editor().fill('x'.repeat(65_536));
        await page.getByText('2048').first().waitFor();
        await editor().fill(hostile);
        expect((await saved(id))[0].condition).toBe(hostile);
        expect(complaints()).toEqual([]);
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        it(`can be used by everybody, in ${colorScheme}, and on a phone`, async () => {
          await page.emulateMedia({ colorScheme });
          await edit(everywhere('request.ip == "192.0.2.7" && resource.name == "web"'));
          await trying().getByText('error', { exact: true }).first().waitFor();
          expect(await faultsOf(page)).toEqual([]);
          await editor().focus();
          await page.keyboard.press('Control+End');
          await page.keyboard.type(' && request.');
          await page.getByRole('option', { name: 'request.ip' }).waitFor();
          await page.getByText('Line 1').waitFor();
          expect(await faultsOf(page)).toEqual([]);
          await page.keyboard.press('Escape');
          await sets().click();
          await page.getByRole('option').first().waitFor();
          expect(await faultsOf(page)).toEqual([]);
          await page.keyboard.press('Escape');
          await page.setViewportSize({ width: 360, height: 720 });
          expect(await overflowOf(page)).toBeLessThanOrEqual(0);
          await page.goto(`${server.url}/permission-sets/IAMManager`);
          await heading('What it grants');
          expect(await faultsOf(page)).toEqual([]);
          expect(await overflowOf(page)).toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
