import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { longestDescription, ordersBy, refusedDescriptions, refusedPaging } from './support/limits.ts';
import { expectRefused, type Fault, forbidden, forestalled, help, invalid, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/api-keys';
const nobody = '6f0c0000-0000-4000-8000-000000000001';
const noKey = 'SCWAAAAAAAAAAAAAAAAA';

for (const database of databases()) {
  describe(`refusals about API keys on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let application: string;

    beforeAll(async () => {
      organization = server.organization.organizationId;
      application = (await createApplication(server)).id;
    });

    const createKey = (body: Json = {}): Promise<Json> =>
      create(server, path, { application_id: application, ...body });

    const faults: readonly (readonly [what: string, body: Json, fault: Fault])[] = [
      [
        'without a bearer',
        { application_id: null },
        ['bearer', 'required', 'value is required: one of application_id, user_id'],
      ],
      [
        'with two bearers',
        { user_id: nobody },
        ['bearer', 'constraint', 'only one of application_id, user_id may be set'],
      ],
      ['of an application whose id is empty', { application_id: '' }, ['application_id', 'format', help.uuid]],
      ['of a user by name', { application_id: null, user_id: 'ada' }, ['user_id', 'format', help.uuid]],
      ['for a project by name', { default_project_id: 'web' }, ['default_project_id', 'format', help.uuid]],
      ['until no time', { expires_at: 'tomorrow' }, ['expires_at', 'format', 'value must be an RFC 3339 time']],
      [
        'until now',
        { expires_at: '2030-01-02T03:04:05.123456Z' },
        ['expires_at', 'constraint', 'value must be in the future'],
      ],
      ...refusedDescriptions.map(
        ([what, description, fault]) => [`with ${what}`, { description }, fault] as readonly [string, Json, Fault],
      ),
    ];
    for (const [what, body, fault] of faults) {
      it(`apiKeys.create refuses a key ${what}`, async () => {
        const request = ['POST', path, { body: { application_id: application, ...body } }] as const;
        await expectRefused(server, request, invalid(fault));
      });
    }

    it('apiKeys.update refuses what apiKeys.create refuses', async () => {
      const { access_key } = await createKey();
      for (const [, body, fault] of faults.filter(([, body]) => !('application_id' in body || 'user_id' in body)))
        await expectRefused(server, ['PATCH', `${path}/${access_key}`, { body }], invalid(fault));
    });

    it('a description of 200 characters is kept', async () => {
      expect((await createKey({ description: longestDescription })).description).toBe(longestDescription);
    });

    it('an application or a project that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      const { access_key } = await createKey();
      const foreign = await server.call('POST', '/iam/v1alpha1/applications', {
        key: other.secretKey,
        body: { name: 'web' },
      });
      for (const id of [nobody, foreign.body.id])
        await expectRefused(server, ['POST', path, { body: { application_id: id } }], unknown('application', id));
      for (const default_project_id of [nobody, other.organizationId]) {
        const body = { application_id: application, default_project_id };
        await expectRefused(server, ['POST', path, { body }], unknown('project_id', default_project_id));
        const change = ['PATCH', `${path}/${access_key}`, { body: { default_project_id } }] as const;
        await expectRefused(server, change, unknown('project_id', default_project_id));
      }
    });

    it('a key that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      for (const key of [noKey, other.accessKey]) {
        for (const method of ['GET', 'PATCH', 'DELETE'])
          await expectRefused(server, [method, `${path}/${key}`, { body: {} }], unknown('access_key', key));
      }
      const { body } = await server.call('GET', `${path}?access_key=${other.accessKey}`);
      expect(body).toEqual({ api_keys: [], total_count: 0 });
      const filtered = `${path}?organization_id=${other.organizationId}`;
      await expectRefused(server, ['GET', filtered], unknown('organization', other.organizationId));
      expect((await server.call('GET', path, { key: other.secretKey })).body.total_count).toBe(1);
    });

    it('what cannot be an access key is refused by its form', async () => {
      for (const key of ['SCW%20', 'S'.repeat(65), 'SCW-AAAA'])
        await expectRefused(
          server,
          ['GET', `${path}/${key}`],
          invalid(['access_key', 'format', 'value must be an access key']),
        );
    });

    it('nobody makes a key for another user, not even the owner', async () => {
      const { id } = await createMember(server);
      for (const user_id of [id, nobody])
        await expectRefused(server, ['POST', path, { body: { user_id } }], forbidden(['create', 'api_key']));
      const key = await keyFor(server, { user_id: id });
      const forOwner = { user_id: server.organization.ownerId };
      await expectRefused(server, ['POST', path, { key, body: forOwner }], forbidden(['create', 'api_key']));
    });

    it('rights on oneself reach no key of others, and an application has none', async () => {
      const { id } = await createMember(server);
      const member = await keyFor(server, { user_id: id });
      const key = await keyFor(server, { application_id: application });
      const { ownerId, accessKey } = server.organization;
      const { access_key } = await createKey();
      for (const target of [accessKey, access_key, noKey]) {
        await expectRefused(server, ['GET', `${path}/${target}`, { key: member }], forbidden(['read', 'api_key']));
        const change = ['PATCH', `${path}/${target}`, { key: member, body: {} }] as const;
        await expectRefused(server, change, forbidden(['write', 'api_key']));
        await expectRefused(server, ['DELETE', `${path}/${target}`, { key: member }], forbidden(['delete', 'api_key']));
      }
      for (const query of ['', `bearer_id=${ownerId}`, `user_id=${ownerId}`, 'bearer_type=user'])
        await expectRefused(server, ['GET', `${path}?${query}`, { key: member }], forbidden(['list', 'api_key']));
      const own = (await server.call('GET', `${path}?bearer_id=${application}`)).body.api_keys;
      for (const { access_key: target } of own)
        await expectRefused(server, ['GET', `${path}/${target}`, { key }], forbidden(['read', 'api_key']));
      await expectRefused(server, ['GET', `${path}?bearer_id=${application}`, { key }], forbidden(['list', 'api_key']));
    });

    it('the end of a key is set once', async () => {
      const { access_key } = await createKey();
      const keyPath = `${path}/${access_key}`;
      const first = await server.call('PATCH', keyPath, { body: { expires_at: '2035-01-01T00:00:00Z' } });
      expect(first.body.expires_at).toBe('2035-01-01T00:00:00Z');
      const once = 'the expiration date of an API key cannot be changed once it is set';
      for (const expires_at of ['2034-01-01T00:00:00Z', '2036-01-01T00:00:00Z'])
        await expectRefused(
          server,
          ['PATCH', keyPath, { body: { expires_at } }],
          invalid(['expires_at', 'constraint', once]),
        );
      const same = await server.call('PATCH', keyPath, { body: { expires_at: null, description: 'same' } });
      expect([same.body.expires_at, same.body.description]).toEqual(['2035-01-01T00:00:00Z', 'same']);
    });

    it('an organization may require an end of new keys and cap it; keys that exist are left alone', async () => {
      const settings = `/iam/v1alpha1/organizations/${organization}/security-settings`;
      const cap = (value: string) =>
        server.call('PATCH', settings, { body: { max_api_key_expiration_duration: value } });
      const inSeconds = (seconds: number) =>
        new Date(Math.floor(server.clock.now() / 1000) + seconds * 1000).toISOString();
      const endless = await createKey();
      const long = await createKey({ expires_at: '2040-01-01T00:00:00Z' });
      await cap('3600s');
      const needed = 'organization security settings require an expiration date for API keys';
      const request = (expires_at: string | null) =>
        ['POST', path, { body: { application_id: application, expires_at } }] as const;
      await expectRefused(server, request(null), invalid(['expires_at', 'constraint', needed]));
      const tooFar = invalid([
        'expires_at',
        'constraint',
        'organization security settings allow at most 3600s from now',
      ]);
      await expectRefused(server, request(inSeconds(3601)), tooFar);
      const change = ['PATCH', `${path}/${endless.access_key}`, { body: { expires_at: inSeconds(3601) } }] as const;
      await expectRefused(server, change, tooFar);
      await createKey({ expires_at: inSeconds(3600) });
      for (const { access_key, expires_at } of [endless, long]) {
        const kept = await server.call('PATCH', `${path}/${access_key}`, { body: { description: 'kept', expires_at } });
        expect([kept.body.description, kept.body.expires_at]).toEqual(['kept', expires_at]);
      }
      await cap('0s');
      expect((await createKey()).expires_at).toBe(null);
    });

    it('a key that the platform manages is neither changed nor deleted', async () => {
      const { access_key } = await createKey();
      const managed = { managed: 1, editable: 0, deletable: 0 } as const;
      const { db } = server.services.storage;
      await db.updateTable('api_keys').set(managed).where('access_key', '=', access_key).execute();
      const changed = forestalled('managed_resource', 'this API key cannot be changed');
      await expectRefused(server, ['PATCH', `${path}/${access_key}`, { body: { description: 'mine' } }], changed);
      const deleted = forestalled('managed_resource', 'this API key cannot be deleted');
      await expectRefused(server, ['DELETE', `${path}/${access_key}`], deleted);
    });

    it('apiKeys.list refuses filters and pages that are wrong', async () => {
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at', 'updated_at', 'expires_at', 'access_key')),
        ['bearer_id=ada', ['bearer_id', 'format', help.uuid]],
        ['application_id=web', ['application_id', 'format', help.uuid]],
        ['user_id=', ['user_id', 'format', help.uuid]],
        ['bearer_type=group', ['bearer_type', 'constraint', help.oneOf('unknown_bearer_type', 'user', 'application')]],
        ['expired=perhaps', ['expired', 'format', help.type('boolean')]],
        ['editable=1', ['editable', 'format', help.type('boolean')]],
        [`description=${'d'.repeat(201)}`, ['description', 'constraint', help.atMost(200)]],
        [`access_keys[]=${noKey}`, ['access_keys[]', 'format', 'repeat `access_keys` without brackets']],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
    });

    itIsGuarded(
      'apiKeys',
      () => server,
      async () => application,
      {
        'apiKeys.list': [`GET ${path}?bearer_id={id}`, 'list api_key'],
        'apiKeys.listUses': ['GET /iam/v1alpha1/api-key-uses?bearer_id={id}', 'list api_key'],
        'apiKeys.create': [`POST ${path}`, 'create api_key', { application_id: '{id}' }],
        'apiKeys.get': [`GET ${path}/${noKey}`, 'read api_key'],
        'apiKeys.update': [`PATCH ${path}/${noKey}`, 'write api_key', {}],
        'apiKeys.delete': [`DELETE ${path}/${noKey}`, 'delete api_key'],
      },
    );
  });
}
