import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createGroup } from './support/bearers.ts';
import { acceptedNames, longestDescription, longestTags } from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf, itemsOf, repeated } from './support/lists.ts';
import { expectRefused, unauthenticated, unknown } from './support/refusals.ts';
import { serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/applications';
const list = { path, items: 'applications' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`applications on ${database.name}`, () => {
    const server = serverOn(database, {
      quotas: { iam_applications: 1000 },
    });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    it('a new application has only its name, everything else at rest, and its members in the order of the wire', async () => {
      const answer = await server.call('POST', path, { body: { name: 'web' } });
      const { id, created_at } = answer.body;
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(created_at).toMatch(/^2030-01-02T03:04:05\.\d{6}Z$/);
      const expected = {
        id,
        name: 'web',
        description: '',
        created_at,
        updated_at: created_at,
        organization_id: organization,
        editable: true,
        deletable: true,
        managed: false,
        nb_api_keys: 0,
        tags: [],
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      expect((await server.call('GET', `${path}/${id.toUpperCase()}`)).text).toBe(JSON.stringify(expected));
      const listed = await server.call('GET', `${path}?application_ids=${id}`);
      expect(listed.text).toBe(`{"applications":[${JSON.stringify(expected)}],"total_count":1}`);
    });

    it('null is absent and an empty text is a value', async () => {
      const body = { name: 'web', description: null, tags: null, organization_id: null, unheard_of: 1 };
      const made = await createApplication(server, body);
      expect([made.description, made.tags, made.organization_id]).toEqual(['', [], organization]);
      const described = await server.call('PATCH', `${path}/${made.id}`, { body: { description: 'a', tags: ['b'] } });
      const kept = await server.call('PATCH', `${path}/${made.id}`, {
        body: { name: null, description: null, tags: null },
      });
      expect({ ...kept.body, updated_at: '' }).toEqual({ ...described.body, updated_at: '' });
      const emptied = await server.call('PATCH', `${path}/${made.id}`, { body: { description: '', tags: [] } });
      expect([emptied.body.name, emptied.body.description, emptied.body.tags]).toEqual(['web', '', []]);
    });

    it('names, descriptions and tags may be as long as the limits', async () => {
      for (const name of acceptedNames) {
        const made = await createApplication(server, { name, description: longestDescription, tags: longestTags });
        expect([made.name, made.description, made.tags]).toEqual([name, longestDescription, longestTags]);
      }
    });

    it('two applications may have the same name', async () => {
      const first = await createApplication(server, { name: 'twin' });
      const second = await createApplication(server, { name: 'twin' });
      expect(second.id).not.toBe(first.id);
    });

    it('a change replaces what it names, moves updated_at at once and answers the whole application', async () => {
      const made = await createApplication(server, { description: 'first', tags: ['a', 'b'] });
      const changed = await server.call('PATCH', `${path}/${made.id}`, { body: { name: 'api', tags: ['c'] } });
      expect(changed.body).toEqual({ ...made, name: 'api', tags: ['c'], updated_at: changed.body.updated_at });
      expect(changed.body.updated_at > made.updated_at).toBe(true);
      expect((await server.call('GET', `${path}/${made.id}`)).text).toBe(changed.text);
    });

    it('nb_api_keys is the number of keys there are now', async () => {
      const { id } = await createApplication(server);
      const count = async () => (await server.call('GET', `${path}/${id}`)).body.nb_api_keys;
      const keys = [];
      for (const expected of [1, 2]) {
        keys.push(await create(server, '/iam/v1alpha1/api-keys', { application_id: id }));
        expect(await count()).toBe(expected);
      }
      await server.call('DELETE', `/iam/v1alpha1/api-keys/${keys[0].access_key}`);
      expect([await count(), (await itemsOf(server, list, `application_ids=${id}`))[0].nb_api_keys]).toEqual([1, 1]);
    });

    it('a deleted application takes its keys along, leaves groups and policies behind and is gone', async () => {
      const { id } = await createApplication(server);
      const key = await create(server, '/iam/v1alpha1/api-keys', { application_id: id });
      const group = await createGroup(server);
      await server.call('POST', `/iam/v1alpha1/groups/${group.id}/add-member`, { body: { application_id: id } });
      const policy = await create(server, '/iam/v1alpha1/policies', { name: 'p', application_id: id });
      const deleted = await server.call('DELETE', `${path}/${id}`);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      expect((await server.call('GET', `/iam/v1alpha1/groups/${group.id}`)).body).toEqual(group);
      const { application_id: _, ...detached } = policy;
      const kept = await server.call('GET', `/iam/v1alpha1/policies/${policy.id}`);
      expect(kept.body).toEqual({ ...detached, no_principal: true });
      await expectRefused(server, ['GET', path, { key: key.secret_key }], unauthenticated('api_key', 'not_found'));
      const keyPath = `/iam/v1alpha1/api-keys/${key.access_key}`;
      await expectRefused(server, ['GET', keyPath], unknown('access_key', key.access_key));
      await expectRefused(server, ['DELETE', `${path}/${id}`], unknown('application', id));
      expect(await idsOf(server, list, `application_ids=${id}`)).toEqual([]);
    });

    it('lists filter by name, tag, id and whether it can be changed', async () => {
      const tag = 'filtered';
      const web = await createApplication(server, { name: 'Filtered web', tags: [tag, 'blue/green'] });
      const api = await createApplication(server, { name: 'Filtered api', tags: [`${tag}-too`] });
      const run = await createApplication(server, { name: 'Filtered run', tags: ['x'] });
      const { db } = server.services.storage;
      await db.updateTable('applications').set({ editable: 0 }).where('id', '=', run.id).execute();
      const ids = repeated('application_ids', [web.id, api.id, run.id, nobody]);
      const expected = {
        'name=Filtered%20web': [web.id],
        'name=Filtered': [],
        'name=filtered%20web': [],
        'tag=filtered': [web.id, api.id],
        'tag=Filtered': [],
        'tag=e/g': [web.id],
        'tag=%25': [],
        [ids]: [web.id, api.id, run.id],
        [`${ids}&editable=true`]: [web.id, api.id],
        [`${ids}&editable=False`]: [run.id],
        [`${ids}&tag=filtered&name=Filtered%20api&organization_id=${organization}`]: [api.id],
        [`${ids}&organization_id=&application_id=${nobody}`]: [web.id, api.id, run.id],
        [`application_ids=${nobody}`]: [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found);
    });

    it('lists are ordered by name without regard to case, by creation and by change, and ids decide between equals', async () => {
      const names = ['delta', 'Alpha', 'charlie', 'alpha', 'Bravo', 'bravo', 'bravo'];
      const made = [];
      for (const name of names) made.push(await createApplication(server, { name, tags: ['ordered'] }));
      const [delta, capitalAlpha, charlie, alpha, capitalBravo, ...bravos] = made.map(({ id }) => id);
      const byName = [capitalAlpha, alpha, capitalBravo, ...bravos.toSorted(), charlie, delta];
      await expectOrder(server, list, 'name', byName, 'tag=ordered');
      await expectOrder(
        server,
        list,
        'created_at',
        made.map(({ id }) => id),
        'tag=ordered',
      );
      expect(await idsOf(server, list, 'tag=ordered')).toEqual(made.map(({ id }) => id));
      await server.call('PATCH', `${path}/${delta}`, { body: { description: 'later' } });
      await expectOrder(
        server,
        list,
        'updated_at',
        [...made.slice(1), made[0]].map(({ id }) => id),
        'tag=ordered',
      );
      // Servers that share a database may read the same time.
      const { db } = server.services.storage;
      await db
        .updateTable('applications')
        .set({ created_at: 1, updated_at: 1 })
        .where('tags', '=', '["ordered"]')
        .execute();
      for (const field of ['created_at', 'updated_at'])
        await expectOrder(server, list, field, made.map(({ id }) => id).toSorted(), 'tag=ordered');
    });

    it('a list has pages of 20 and counts all, also on a page past the end', async () => {
      for (let index = 0; index < 21; index += 1) await createApplication(server, { tags: ['paged'] });
      const { body } = await server.call('GET', `${path}?tag=paged`);
      expect([body.applications.length, body.total_count]).toEqual([20, 21]);
      await expectPagesEnd(server, { ...list, path: `${path}?tag=paged` });
      await expectPagesEnd(server, list);
    });
  });
}
