import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databases } from '../../../test-support/databases.ts';
import { listQuotas, setQuota } from '../src/administration.ts';
import type { QuotaName } from '../src/quotas/limits.ts';
import { type Administration, administrationOf } from './support/administration.ts';
import { create, createApplication } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { refusedPaging } from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf, itemsOf, repeated } from './support/lists.ts';
import { publicKeys } from './support/public-keys.ts';
import { expectRefused, help, invalid, overQuota, refusalOf, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/quota';
const names = [
  'account_projects',
  'iam_api_keys',
  'iam_applications',
  'iam_groups',
  'iam_policies',
  'iam_ssh_keys',
  'iam_users',
] as const;
const [type = '', key = ''] = publicKeys[0] ?? [];

for (const database of databases()) {
  describe(`quotas on ${database.name}`, () => {
    const quotas = { iam_policies: 4 };
    const server = serverOn(database, { quotas });
    let organization: string;
    let application: string;
    let administration: Administration;

    beforeAll(async () => {
      organization = server.organization.organizationId;
      application = (await createApplication(server)).id;
      administration = administrationOf(server.databaseUrl);
    });
    afterAll(() => {
      administration.remove();
    });

    const list = () => ({ path: `${path}?organization_id=${organization}`, items: 'quota', id: 'name' });
    const get = (name: string) => server.call('GET', `${path}/${name}?organization_id=${organization}`);
    const set = (name: QuotaName, value: number | 'unlimited') =>
      setQuota(administration.config, [organization, name, String(value)], administration.terminal);

    /** How one of each kind is made, and where they are listed and deleted. */
    const kinds: Readonly<Record<QuotaName, readonly [resource: string, path: string, body: (index: number) => Json]>> =
      {
        account_projects: ['project', '/account/v3/projects', () => ({ name: 'web' })],
        iam_api_keys: ['api_key', '/iam/v1alpha1/api-keys', () => ({ application_id: application })],
        iam_applications: ['application', '/iam/v1alpha1/applications', () => ({ name: 'web' })],
        iam_groups: ['group', '/iam/v1alpha1/groups', (index) => ({ name: `group-${index}` })],
        iam_policies: ['policy', '/iam/v1alpha1/policies', () => ({ name: 'readers' })],
        iam_ssh_keys: [
          'ssh_key',
          '/iam/v1alpha1/ssh-keys',
          () => ({ public_key: `${type} ${key}`, project_id: organization }),
        ],
        iam_users: [
          'user',
          '/iam/v1alpha1/users',
          (index) => ({ member: { username: `user-${index}`, email: 'ada@example.org' } }),
        ],
      };

    it('an organization has the default quotas, and those of the file', async () => {
      const limits = (await itemsOf(server, list())).map(({ name, limit }) => [name, limit]);
      expect(Object.fromEntries(limits)).toEqual({
        account_projects: 25,
        iam_api_keys: 100,
        iam_applications: 100,
        iam_groups: 50,
        iam_policies: 4,
        iam_ssh_keys: 50,
        iam_users: 50,
      });
    });

    it('a quota is shown by locality and flat, its members in the order of the wire', async () => {
      const answer = await get('iam_api_keys');
      expect(answer.status).toBe(200);
      const expected = {
        name: 'iam_api_keys',
        pretty_name: 'API keys',
        unit: 'keys',
        description: 'API keys of users and applications, expired ones included',
        locality_type: 'global',
        limits: [{ global: true, limit: 100 }],
        limit: 100,
      };
      expect(answer.text).toBe(JSON.stringify(expected));
      const listed = await server.call('GET', `${list().path}&quotum_names=iam_api_keys`);
      expect(listed.text).toBe(`{"quota":[${answer.text}],"total_count":1}`);
    });

    it('lists are ordered by name, filtered by name and paged', async () => {
      await expectOrder(server, list(), 'name', names);
      expect(await idsOf(server, list())).toEqual(names);
      const some = repeated('quotum_names', ['iam_users', 'nothing', 'iam_groups', 'iam_users']);
      expect(await idsOf(server, list(), some)).toEqual(['iam_groups', 'iam_users']);
      expect(await idsOf(server, list(), 'quotum_names=nothing')).toEqual([]);
      await expectPagesEnd(server, list());
    });

    for (const name of names) {
      const [resource] = kinds[name];
      it(`${name}: one more than the quota is refused, one less makes room`, async () => {
        const [, kindPath, body] = kinds[name];
        const { body: before } = await server.call('GET', `${kindPath}?page_size=1`);
        // The two special groups are listed and do not count.
        const used = before.total_count - (name === 'iam_groups' ? 2 : 0);
        await set(name, used + 2);
        const made = [await create(server, kindPath, body(1)), await create(server, kindPath, body(2))];
        await expectRefused(server, ['POST', kindPath, { body: body(3) }], overQuota(resource, used + 2, organization));
        const [first] = made;
        expect((await server.call('DELETE', `${kindPath}/${first.access_key ?? first.id}`)).status).toBe(204);
        await create(server, kindPath, body(4));
        await expectRefused(server, ['POST', kindPath, { body: body(5) }], overQuota(resource, used + 2, organization));
        await set(name, 'unlimited');
        await create(server, kindPath, body(6));
      });
    }

    it('a clone counts as a policy', async () => {
      const { id } = await create(server, '/iam/v1alpha1/policies', { name: 'original' });
      const { body } = await server.call('GET', '/iam/v1alpha1/policies?page_size=1');
      await set('iam_policies', body.total_count);
      const request = ['POST', `/iam/v1alpha1/policies/${id}/clone`, { body: {} }] as const;
      await expectRefused(server, request, overQuota('policy', body.total_count, organization));
      await set('iam_policies', 'unlimited');
    });

    it('more than the quota stays as it is, and the refusal tells how many there are', async () => {
      const [, kindPath, body] = kinds.account_projects;
      const { total_count: current } = (await server.call('GET', `${kindPath}?page_size=1`)).body;
      await set('account_projects', 0);
      const { status, body: refused } = await server.call('POST', kindPath, { body: body(0) });
      expect([status, refused.details]).toEqual([
        403,
        [{ current, organization_id: organization, quota: 0, resource: 'project' }],
      ]);
      expect((await server.call('PATCH', `${kindPath}/${organization}`, { body: { description: 'a' } })).status).toBe(
        200,
      );
      await set('account_projects', 'unlimited');
    });

    it('expired keys count', async () => {
      const [, kindPath, body] = kinds.iam_api_keys;
      await create(server, kindPath, { ...body(0), expires_at: '2030-01-02T04:00:00Z' });
      server.clock.advance(3600);
      const expired = await server.call('GET', `${kindPath}?expired=true`);
      expect(expired.body.total_count).toBe(1);
      const { total_count: current } = (await server.call('GET', `${kindPath}?page_size=1`)).body;
      await set('iam_api_keys', current);
      await expectRefused(server, ['POST', kindPath, { body: body(0) }], overQuota('api_key', current, organization));
      await set('iam_api_keys', 'unlimited');
    });

    it('the owner counts as a user, the special groups do not count as groups', async () => {
      const other = await server.anotherOrganization();
      const call = (method: string, kindPath: string, body?: Json) =>
        server.call(method, kindPath, { key: other.secretKey, ...(body && { body }) });
      const limit = (name: QuotaName, value: number) =>
        setQuota(administration.config, [other.organizationId, name, String(value)], administration.terminal);
      await limit('iam_users', 1);
      await limit('iam_groups', 3);
      for (const [name, current] of [
        ['iam_users', 1],
        ['iam_groups', 3],
      ] as const) {
        const [resource, kindPath, body] = kinds[name];
        expect(refusalOf(await call('POST', kindPath, body(0)))).toEqual(
          overQuota(resource, current, other.organizationId),
        );
      }
      expect((await call('GET', '/iam/v1alpha1/groups')).body.total_count).toBe(5);
    });

    it('a quota of the file is enforced like one that was set', async () => {
      const other = await server.anotherOrganization();
      const request = { key: other.secretKey, body: { name: 'readers' } };
      expect((await server.call('POST', '/iam/v1alpha1/policies', request)).status).toBe(200);
      const refused = await server.call('POST', '/iam/v1alpha1/policies', request);
      expect(refusalOf(refused)).toEqual(overQuota('policy', 4, other.organizationId));
    });

    it('of many that are made at once, just as many succeed as there is room for', async () => {
      const { total_count: used } = (await server.call('GET', '/iam/v1alpha1/applications?page_size=1')).body;
      await set('iam_applications', used + 5);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => server.call('POST', '/iam/v1alpha1/applications', { body: { name: 'web' } })),
      );
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.map(refusalOf)).toEqual(
        Array.from({ length: 15 }, () => overQuota('application', used + 5, organization)),
      );
      const { body } = await server.call('GET', '/iam/v1alpha1/applications?page_size=1');
      expect(body.total_count).toBe(used + 5);
      await set('iam_applications', 'unlimited');
    });

    it('a quota that was set is shown at once, by number or as unlimited', async () => {
      await set('iam_ssh_keys', 7);
      expect((await get('iam_ssh_keys')).body).toMatchObject({ limits: [{ global: true, limit: 7 }], limit: 7 });
      await set('iam_ssh_keys', 'unlimited');
      const { body } = await get('iam_ssh_keys');
      expect(body.limits).toEqual([{ global: true, unlimited: true }]);
      expect([body.unlimited, 'limit' in body]).toEqual([true, false]);
      expect(administration.said().slice(-2)).toEqual([
        `iam_ssh_keys of ${organization} is 7`,
        `iam_ssh_keys of ${organization} is unlimited`,
      ]);
    });

    it('the file sets quotas for all organizations and for single ones; a value set by command wins', async () => {
      const other = await server.anotherOrganization();
      const file = join(administration.data, 'quotas.yaml');
      const settings = { iam_users: 'unlimited', iam_groups: 4 };
      writeFileSync(file, stringify({ default: { iam_groups: 8 }, organizations: { [organization]: settings } }));
      const words = ['--quotas', file];
      const reader = administrationOf(server.databaseUrl, { words });
      const limits = async (id: string) => {
        await listQuotas(reader.config, id, reader.terminal);
        const lines = reader.said().filter((line) => /^iam_(users|groups)/.test(line));
        return lines.map((line) => line.replace(/ .*\//, ' '));
      };
      try {
        await set('iam_groups', 7);
        expect(await limits(organization)).toEqual(['iam_users unlimited', 'iam_groups 7']);
        expect(await limits(other.organizationId)).toEqual(['iam_users 50', 'iam_groups 8']);
      } finally {
        reader.remove();
      }
    });

    it('quotas.list and quotas.get refuse what is wrong', async () => {
      for (const [query, fault] of refusedPaging(['name_asc', 'name_desc']))
        await expectRefused(server, ['GET', `${list().path}&${query}`], invalid(fault));
      const needed = invalid(['organization_id', 'required', help.required]);
      await expectRefused(server, ['GET', path], needed);
      await expectRefused(server, ['GET', `${path}/iam_users`], needed);
      await expectRefused(
        server,
        ['GET', `${path}?organization_id=`],
        invalid(['organization_id', 'format', help.uuid]),
      );
      const empty = invalid(['quotum_names[0]', 'constraint', help.atLeast(1)]);
      await expectRefused(server, ['GET', `${list().path}&quotum_names=`], empty);
      const nothing = ['GET', `${path}/nothing?organization_id=${organization}`] as const;
      await expectRefused(server, nothing, unknown('quotum', 'nothing'));
      const other = await server.anotherOrganization();
      const foreign = unknown('organization', other.organizationId);
      await expectRefused(server, ['GET', `${path}?organization_id=${other.organizationId}`], foreign);
      await expectRefused(server, ['GET', `${path}/iam_users?organization_id=${other.organizationId}`], foreign);
    });

    itIsGuarded(
      'quotas',
      () => server,
      async () => organization,
      {
        'quotas.list': [`GET ${path}?organization_id={id}`, 'list quota'],
        'quotas.get': [`GET ${path}/iam_users?organization_id={id}`, 'read quota'],
      },
    );
  });
}
