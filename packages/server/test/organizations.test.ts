import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { itIsGuarded } from './support/guard.ts';
import { expectRefused, type Fault, forestalled, help, invalid, taken, unknown } from './support/refusals.ts';
import { type Json, serverOn, type TestServer } from './support/server.ts';

const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`organizations on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let path: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      path = `/iam/v1alpha1/organizations/${organization}`;
    });

    const get = async (part = ''): Promise<Json> => (await server.call('GET', `${path}${part}`)).body;
    const change = (part: string, body: Json) => server.call('PATCH', `${path}/${part}`, { body });

    it('a new organization has a name, no alias and two ways to sign in, its members in the order of the wire', async () => {
      const { organizationId: id, secretKey: key } = await server.anotherOrganization();
      const answer = await server.call('GET', `/iam/v1alpha1/organizations/${id.toUpperCase()}`, { key });
      const expected = {
        id,
        name: 'another',
        alias: '',
        login_password_enabled: true,
        login_magic_code_enabled: true,
        login_oauth2_enabled: false,
        login_saml_enabled: false,
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
    });

    it('ways to sign in are switched one by one, and null switches nothing', async () => {
      const before = await get();
      const off = await change('login-methods', { login_magic_code_enabled: false, login_saml_enabled: null });
      expect([off.status, off.body]).toEqual([200, { ...before, login_magic_code_enabled: false }]);
      expect(await get()).toEqual(off.body);
      const other = await change('login-methods', { login_magic_code_enabled: true, login_password_enabled: false });
      expect(other.body).toEqual({ ...before, login_password_enabled: false });
      expect((await change('login-methods', {})).body).toEqual(other.body);
      const refusedOff = { login_saml_enabled: false, login_oauth2_enabled: false };
      expect((await change('login-methods', refusedOff)).body).toEqual(other.body);
      expect((await change('login-methods', { login_password_enabled: true })).body).toEqual(before);
    });

    it('one way to sign in stays enabled', async () => {
      const before = await get();
      const refused = invalid([
        'login_password_enabled',
        'constraint',
        'at least one way to sign in must stay enabled',
      ]);
      const methods = `${path}/login-methods`;
      const both = { login_password_enabled: false, login_magic_code_enabled: false };
      await expectRefused(server, ['PATCH', methods, { body: both }], refused);
      await change('login-methods', { login_password_enabled: false });
      await expectRefused(server, ['PATCH', methods, { body: { login_magic_code_enabled: false } }], refused);
      await change('login-methods', { login_password_enabled: true });
      expect(await get()).toEqual(before);
    });

    it('ways to sign in that nothing is configured for cannot be enabled', async () => {
      const methods = `${path}/login-methods`;
      const oauth2 = forestalled('attribute_must_be_set', 'no identity provider is configured');
      await expectRefused(server, ['PATCH', methods, { body: { login_oauth2_enabled: true } }], oauth2);
      const saml = forestalled('attribute_must_be_set', 'there is no valid SAML configuration');
      await expectRefused(server, ['PATCH', methods, { body: { login_saml_enabled: true } }], saml);
      const body = { login_password_enabled: 1, login_saml_enabled: 'yes' };
      const faults: readonly Fault[] = [
        ['login_password_enabled', 'format', help.type('boolean')],
        ['login_saml_enabled', 'format', help.type('boolean')],
      ];
      await expectRefused(server, ['PATCH', methods, { body }], invalid(...faults));
    });

    const pattern = help.pattern('^[a-z0-9]+$');
    const refusedAliases: readonly (readonly [what: string, alias: unknown, fault: Fault])[] = [
      ['none', null, ['alias', 'required', help.required]],
      ['an empty one', '', ['alias', 'constraint', help.atLeast(2)]],
      ['one of 1 character', 'a', ['alias', 'constraint', help.atLeast(2)]],
      ['one of 33 characters', 'a'.repeat(33), ['alias', 'constraint', help.atMost(32)]],
      ['one with a capital', 'Acme', ['alias', 'format', pattern]],
      ['one with a hyphen', 'ac-me', ['alias', 'format', pattern]],
      ['one that ends in a new line', 'acme\n', ['alias', 'format', pattern]],
      ['one that is a number', 12, ['alias', 'format', help.type('string')]],
    ];
    for (const [what, alias, fault] of refusedAliases) {
      it(`organizations.setAlias refuses ${what}`, async () => {
        await expectRefused(server, ['PUT', `${path}/alias`, { body: { alias } }], invalid(fault));
        expect((await get()).alias).toBe('');
      });
    }

    it('an alias is set once, of 2 to 32 small letters and digits, and belongs to one organization', async () => {
      const set = (alias: string, { organizationId, secretKey }: { organizationId: string; secretKey: string }) =>
        server.call('PUT', `/iam/v1alpha1/organizations/${organizationId}/alias`, { key: secretKey, body: { alias } });
      const longest = '0a'.repeat(16);
      const before = await get();
      const answer = await set(longest, server.organization);
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ ...before, alias: longest })]);
      expect(await get()).toEqual({ ...before, alias: longest });
      const refused = forestalled('unknown_precondition', 'the alias is set already and stays as it is');
      for (const alias of [longest, 'other'])
        await expectRefused(server, ['PUT', `${path}/alias`, { body: { alias } }], refused);
      const other = await server.anotherOrganization();
      const held = taken('organization', longest, 'another organization has this alias: choose another');
      const attempt = await set(longest, other);
      expect([attempt.status, attempt.text]).toEqual(held);
      expect((await set('ab', other)).body).toMatchObject({ id: other.organizationId, alias: 'ab' });
    });

    it('an alias that another organization is about to take is taken', async () => {
      const [first, second] = [await server.anotherOrganization(), await server.anotherOrganization()];
      const { storage } = server.services;
      const body = { alias: 'race' };
      let attempt: ReturnType<TestServer['call']> | undefined;
      await storage.transaction(async (db) => {
        await db.updateTable('organizations').set(body).where('id', '=', first.organizationId).execute();
        const alias = `/iam/v1alpha1/organizations/${second.organizationId}/alias`;
        attempt = server.call('PUT', alias, { key: second.secretKey, body });
        // Time for it to find the alias free, where the database lets it look.
        await pause(100);
      });
      const answer = await attempt;
      const held = taken('organization', 'race', 'another organization has this alias: choose another');
      expect([answer?.status, answer?.text]).toEqual(held);
    });

    it('another organization is not found, by whatever operation', async () => {
      const other = await server.anotherOrganization();
      const calls: readonly (readonly [method: string, part: string, body?: Json])[] = [
        ['GET', ''],
        ['PUT', '/alias', { alias: 'mine' }],
        ['PATCH', '/login-methods', {}],
        ['GET', '/security-settings'],
        ['PATCH', '/security-settings', {}],
      ];
      for (const id of [nobody, other.organizationId]) {
        for (const [method, part, body] of calls) {
          const request = [method, `/iam/v1alpha1/organizations/${id}${part}`, { body }] as const;
          await expectRefused(server, request, unknown('organization', id));
        }
      }
      for (const [method, part, body] of calls) {
        const request = [method, `/iam/v1alpha1/organizations/acme${part}`, { body }] as const;
        await expectRefused(server, request, invalid(['organization_id', 'format', help.uuid]));
      }
    });

    const organizations = '/iam/v1alpha1/organizations/{id}';
    const existing = async () => organization;
    itIsGuarded('organizations', () => server, existing, {
      'organizations.get': [`GET ${organizations}`, 'read organization'],
      'organizations.setAlias': [`PUT ${organizations}/alias`, 'write organization', { alias: 'mine' }],
      'organizations.updateLoginMethods': [`PATCH ${organizations}/login-methods`, 'write organization', {}],
    });
  });
}
