import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createApplication } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import {
  itRefusesInputs,
  ordersBy,
  refusedDescriptions,
  refusedNames,
  refusedPaging,
  refusedTags,
} from './support/limits.ts';
import { idsOf } from './support/lists.ts';
import { withQuota } from './support/quota.ts';
import { expectRefused, forestalled, help, invalid, overQuota, unknown } from './support/refusals.ts';
import { serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/applications';
const list = { path, items: 'applications' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`refusals of applications on ${database.name}`, () => {
    const server = serverOn(database, {
      quotas: { iam_applications: 1000 },
    });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    itRefusesInputs(
      'applications',
      () => server,
      { path, body: { name: 'web' }, make: () => createApplication(server) },
      [...refusedNames, ...refusedDescriptions, ...refusedTags],
    );

    it('applications.create names every fault at once', async () => {
      const body = { description: 1, tags: [''], organization_id: '' };
      await expectRefused(
        server,
        ['POST', path, { body }],
        invalid(
          ['name', 'required', help.required],
          ['description', 'format', help.type('string')],
          ['tags[0]', 'constraint', help.atLeast(1)],
          ['organization_id', 'format', help.uuid],
        ),
      );
    });

    it('applications.list refuses filters and pages that are wrong', async () => {
      for (const [query, fault] of refusedPaging(ordersBy('created_at', 'updated_at', 'name')))
        await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
      const name = help.pattern('^[\\w().\\-]+( +[\\w().\\-]+)*$');
      await expectRefused(server, ['GET', `${path}?name=a/b`], invalid(['name', 'format', name]));
      await expectRefused(server, ['GET', `${path}?name=`], invalid(['name', 'constraint', help.atLeast(1)]));
      await expectRefused(
        server,
        ['GET', `${path}?editable=maybe`],
        invalid(['editable', 'format', help.type('boolean')]),
      );
      const ids = `${path}?application_ids=${nobody}&application_ids=web`;
      await expectRefused(server, ['GET', ids], invalid(['application_ids[1]', 'format', help.uuid]));
      const brackets = 'repeat `application_ids` without brackets';
      await expectRefused(
        server,
        ['GET', `${path}?application_ids[]=${nobody}`],
        invalid(['application_ids[]', 'format', brackets]),
      );
    });

    it('an application that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      const foreign = await server.call('POST', path, { key: other.secretKey, body: { name: 'web' } });
      for (const id of [nobody, foreign.body.id]) {
        for (const method of ['GET', 'PATCH', 'DELETE'])
          await expectRefused(server, [method, `${path}/${id}`, { body: {} }], unknown('application', id));
      }
      expect(await idsOf(server, list, `application_ids=${foreign.body.id}`)).toEqual([]);
      const filtered = `${path}?organization_id=${other.organizationId}`;
      await expectRefused(server, ['GET', filtered], unknown('organization', other.organizationId));
      const body = { name: 'web', organization_id: other.organizationId };
      await expectRefused(server, ['POST', path, { body }], unknown('organization', other.organizationId));
      await expectRefused(server, ['GET', `${path}/web`], invalid(['application_id', 'format', help.uuid]));
    });

    it('an application that the platform manages is neither changed nor deleted', async () => {
      const { id } = await createApplication(server);
      const managed = { managed: 1, editable: 0, deletable: 0 } as const;
      await server.services.storage.db.updateTable('applications').set(managed).where('id', '=', id).execute();
      const changed = forestalled('managed_resource', 'this application cannot be changed');
      await expectRefused(server, ['PATCH', `${path}/${id}`, { body: { name: 'mine' } }], changed);
      const deleted = forestalled('managed_resource', 'this application cannot be deleted');
      await expectRefused(server, ['DELETE', `${path}/${id}`], deleted);
    });

    it('one application more than the quota is refused, and a deleted one makes room', async () => {
      const { id } = await createApplication(server);
      const { total_count: quota } = (await server.call('GET', `${path}?page_size=1`)).body;
      await withQuota(server, 'iam_applications', quota, async () => {
        const request = ['POST', path, { body: { name: 'web' } }] as const;
        await expectRefused(server, request, overQuota('application', quota, organization));
        await server.call('DELETE', `${path}/${id}`);
        await createApplication(server);
      });
    });

    itIsGuarded(
      'applications',
      () => server,
      async () => (await createApplication(server)).id,
      {
        'applications.list': [`GET ${path}`, 'list application'],
        'applications.create': [`POST ${path}`, 'create application', { name: 'web' }],
        'applications.get': [`GET ${path}/{id}`, 'read application'],
        'applications.update': [`PATCH ${path}/{id}`, 'write application', { name: 'web' }],
        'applications.delete': [`DELETE ${path}/{id}`, 'delete application'],
      },
    );
  });
}
