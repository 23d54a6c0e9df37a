import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { loadBuiltInCatalogue } from '../src/catalogue/catalogue.ts';
import { createApplication, createMember, keyFor } from './support/bearers.ts';
import { ordersBy, refusedPaging } from './support/limits.ts';
import { expectPagesEnd, idsOf } from './support/lists.ts';
import { expectRefused, forbidden, help, invalid, unauthenticated, unknown } from './support/refusals.ts';
import { serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/permission-sets';
const { permissionSets } = loadBuiltInCatalogue();

for (const database of databases()) {
  describe(`permission sets on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    const list = () => ({ path: `${path}?organization_id=${organization}`, items: 'permission_sets', id: 'name' });

    it('there are the 202 sets of the reference and one of ours, each once, by name without regard to case', async () => {
      const names = await idsOf(server, list(), '', 100);
      expect([names.length, new Set(names).size]).toEqual([203, 203]);
      expect(names.filter((name) => name !== 'IAMDecisionPoint')).toHaveLength(202);
      const byName = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
      expect(names).toEqual(permissionSets.map(({ name }) => name).toSorted(byName));
      expect(names.indexOf('IAMManager')).toBeLessThan(names.indexOf('InstancesFullAccess'));
    });

    it('a set shows its members in the order of the wire, and not what it permits', async () => {
      const { body, text } = await server.call('GET', `${list().path}&page_size=100`);
      const manager = body.permission_sets.find(({ name }: { name: string }) => name === 'IAMManager');
      expect(Object.keys(manager)).toEqual(['id', 'name', 'scope_type', 'description', 'categories']);
      const known = permissionSets.find(({ name }) => name === 'IAMManager');
      expect(manager).toEqual({
        id: known?.id,
        name: 'IAMManager',
        scope_type: 'organization',
        description: known?.description,
        categories: known?.categories,
      });
      expect(text).not.toMatch(/"(permissions|includes|former_names)"/);
    });

    it('a set that was renamed is listed under its new name only', async () => {
      const names = await idsOf(server, list(), '', 100);
      expect(names).toContain('BillingManager');
      expect(names).not.toContain('ResellerCustomerBillingManager');
    });

    it('the order of creation is that of the catalogue', async () => {
      const names = permissionSets.map(({ name }) => name);
      expect(await idsOf(server, list(), 'order_by=created_at_asc', 100)).toEqual(names);
      expect(await idsOf(server, list(), 'order_by=created_at_desc', 100)).toEqual(names.toReversed());
    });

    it('both directions of both orders agree on pages of every size', async () => {
      const ascending = await idsOf(server, list(), '', 100);
      for (const pageSize of [7, 20, 100]) {
        expect(await idsOf(server, list(), 'order_by=name_asc', pageSize)).toEqual(ascending);
        expect(await idsOf(server, list(), 'order_by=name_desc', pageSize)).toEqual(ascending.toReversed());
      }
    });

    it('a page has 20 sets, the last one the rest, and a page past the end none', async () => {
      const page = async (number: number) =>
        (await server.call('GET', `${list().path}&page=${number}`)).body.permission_sets.length;
      expect([await page(1), await page(11), await page(12)]).toEqual([20, 3, 0]);
      await expectPagesEnd(server, list());
    });

    it('every bearer may list them, whatever its rights', async () => {
      const { id } = await createApplication(server);
      const member = await createMember(server);
      for (const bearer of [{ application_id: id }, { user_id: member.id }]) {
        const { status, body } = await server.call('GET', list().path, { key: await keyFor(server, bearer) });
        expect([status, body.total_count]).toEqual([200, 203]);
      }
    });

    it('one of them, by its name, tells everybody what it grants: what it includes and what patterns reach', async () => {
      const key = await keyFor(server, { application_id: (await createApplication(server)).id });
      const get = (name: string) => server.call('GET', `${path}/${name}`, { key });
      const { body } = await get('IAMReadOnly');
      const shown = (await server.call('GET', `${list().path}&page_size=100`)).body.permission_sets;
      expect(body).toMatchObject(shown.find(({ name }: { name: string }) => name === 'IAMReadOnly'));
      expect(body.permissions).toContain('iam:policy:list');
      expect(body.permissions).not.toContain('iam:policy:write');
      expect(body.permissions.every((permission: string) => !permission.includes('*'))).toBe(true);
      expect((await get('IAMManager')).body.permissions).toContain('iam:policy:write');
      // Its product is not here.
      expect((await get('InstancesFullAccess')).body.permissions).toEqual([]);
      await expectRefused(server, ['GET', `${path}/Nothing`, { key }], unknown('permission_set', 'Nothing'));
    });

    it('a locked member may not, and who is unknown may not', async () => {
      const member = await createMember(server);
      const key = await keyFor(server, { user_id: member.id });
      await server.call('POST', `/iam/v1alpha1/users/${member.id}/lock`, { body: {} });
      await expectRefused(server, ['GET', list().path, { key }], forbidden());
      await server.call('POST', `/iam/v1alpha1/users/${member.id}/unlock`, { body: {} });
      expect((await server.call('GET', list().path, { key })).status).toBe(200);
      const nobody = { key: '6f0c0000-0000-4000-8000-000000000001' };
      await expectRefused(server, ['GET', list().path, nobody], unauthenticated('api_key', 'not_found'));
      await expectRefused(server, ['GET', list().path, { key: null }], unauthenticated('api_key', 'invalid_argument'));
    });

    it('permissionSets.list needs an organization, the own one, and refuses pages that are wrong', async () => {
      await expectRefused(server, ['GET', path], invalid(['organization_id', 'required', help.required]));
      await expectRefused(
        server,
        ['GET', `${path}?organization_id=`],
        invalid(['organization_id', 'format', help.uuid]),
      );
      const { organizationId } = await server.anotherOrganization();
      const foreign = ['GET', `${path}?organization_id=${organizationId}`] as const;
      await expectRefused(server, foreign, unknown('organization', organizationId));
      for (const [query, fault] of refusedPaging(ordersBy('name', 'created_at')))
        await expectRefused(server, ['GET', `${list().path}&${query}`], invalid(fault));
    });
  });
}
