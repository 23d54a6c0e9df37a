import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createGroup, createMember } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import {
  acceptedNames,
  itRefusesInputs,
  longestDescription,
  longestTags,
  ordersBy,
  refusedDescriptions,
  refusedNames,
  refusedPaging,
  refusedTags,
} from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf, repeated } from './support/lists.ts';
import { withQuota } from './support/quota.ts';
import { expectRefused, type Fault, help, invalid, overQuota, taken, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/groups';
const list = { path, items: 'groups' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`groups on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_groups: 1000 } });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    it('a new group is empty, has the defaults, and its members are in the order of the wire', async () => {
      const answer = await server.call('POST', path, { body: { name: 'ops', organization_id: organization } });
      const { id, created_at } = answer.body;
      const expected = {
        id,
        created_at,
        updated_at: created_at,
        organization_id: organization,
        name: 'ops',
        description: '',
        user_ids: [],
        application_ids: [],
        tags: [],
        editable: true,
        deletable: true,
        managed: false,
        all_users: false,
        all_applications: false,
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      expect((await server.call('GET', `${path}/${id.toUpperCase()}`)).text).toBe(JSON.stringify(expected));
      const listed = await server.call('GET', `${path}?group_ids=${id}`);
      expect(listed.text).toBe(`{"groups":[${JSON.stringify(expected)}],"total_count":1}`);
    });

    it('null is absent and an empty text is a value', async () => {
      const made = await createGroup(server, { description: null, tags: null, organization_id: null });
      expect([made.description, made.tags, made.organization_id]).toEqual(['', [], organization]);
      const body = { description: 'a', tags: ['b'] };
      const described = await server.call('PATCH', `${path}/${made.id}`, { body });
      const nulls = { name: null, description: null, tags: null };
      const kept = await server.call('PATCH', `${path}/${made.id}`, { body: nulls });
      expect({ ...kept.body, updated_at: '' }).toEqual({ ...described.body, updated_at: '' });
      const emptied = await server.call('PATCH', `${path}/${made.id}`, { body: { description: '', tags: [] } });
      expect(emptied.body).toEqual({ ...made, updated_at: emptied.body.updated_at });
    });

    it('names, descriptions and tags may be as long as the limits', async () => {
      for (const name of acceptedNames) {
        const made = await createGroup(server, { name, description: longestDescription, tags: longestTags });
        expect([made.name, made.description, made.tags]).toEqual([name, longestDescription, longestTags]);
      }
    });

    it('a change moves updated_at at once, keeps members and answers the whole group', async () => {
      const { id: user_id } = await createMember(server);
      const { id } = await createGroup(server, { tags: ['a', 'b'] });
      const { body: before } = await server.call('POST', `${path}/${id}/add-member`, { body: { user_id } });
      const changed = await server.call('PATCH', `${path}/${id}`, { body: { name: 'renamed', tags: ['c'] } });
      const { updated_at } = changed.body;
      expect(changed.body).toEqual({ ...before, name: 'renamed', tags: ['c'], updated_at });
      expect(updated_at > before.updated_at).toBe(true);
      expect((await server.call('GET', `${path}/${id}`)).text).toBe(changed.text);
    });

    it('a name belongs to one group, is free for others after a change or a deletion, and case counts', async () => {
      const first = await createGroup(server, { name: 'Unique' });
      const second = await createGroup(server, { name: 'unique' });
      const refused = (name: string, holder: string) =>
        taken('group', holder, `a group is called "${name}" already: choose another name`);
      await expectRefused(server, ['POST', path, { body: { name: 'Unique' } }], refused('Unique', first.id));
      const rename = (id: string, name: string) => ['PATCH', `${path}/${id}`, { body: { name } }] as const;
      await expectRefused(server, rename(second.id, 'Unique'), refused('Unique', first.id));
      expect((await server.call(...rename(first.id, 'Unique'))).status).toBe(200);
      await server.call(...rename(first.id, 'Former'));
      expect((await server.call(...rename(second.id, 'Unique'))).body.name).toBe('Unique');
      await server.call('DELETE', `${path}/${second.id}`);
      expect((await createGroup(server, { name: 'Unique' })).name).toBe('Unique');
    });

    it('two organizations may have groups with the same name', async () => {
      const other = await server.anotherOrganization();
      await createGroup(server, { name: 'everywhere' });
      const answer = await server.call('POST', path, { key: other.secretKey, body: { name: 'everywhere' } });
      expect([answer.status, answer.body.organization_id]).toEqual([200, other.organizationId]);
    });

    it('a group is deleted with members and policies attached, which stay', async () => {
      const [member, application] = [await createMember(server), await createApplication(server)];
      const group = await createGroup(server);
      const members = { user_ids: [member.id], application_ids: [application.id] };
      await server.call('PUT', `${path}/${group.id}/members`, { body: members });
      const policy = await create(server, '/iam/v1alpha1/policies', { name: 'p', group_id: group.id });
      const deleted = await server.call('DELETE', `${path}/${group.id}`);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      await expectRefused(server, ['GET', `${path}/${group.id}`], unknown('group', group.id));
      await expectRefused(server, ['DELETE', `${path}/${group.id}`], unknown('group', group.id));
      const { group_id: _, ...detached } = policy;
      const kept = await server.call('GET', `/iam/v1alpha1/policies/${policy.id}`);
      expect(kept.body).toEqual({ ...detached, no_principal: true });
      expect((await server.call('GET', `/iam/v1alpha1/users/${member.id}`)).body).toEqual(member);
      expect((await server.call('GET', `/iam/v1alpha1/applications/${application.id}`)).body).toEqual(application);
    });

    it('lists filter by name, tag, id and member', async () => {
      const [ada, bob] = [await createMember(server), await createMember(server)];
      const web = await createApplication(server);
      const one = await createGroup(server, { name: 'Filtered one', tags: ['filtered'] });
      const two = await createGroup(server, { name: 'Filtered two', tags: ['unfiltered', 'x'] });
      await server.call('PUT', `${path}/${one.id}/members`, {
        body: { user_ids: [ada.id, bob.id], application_ids: [] },
      });
      await server.call('PUT', `${path}/${two.id}/members`, {
        body: { user_ids: [bob.id], application_ids: [web.id] },
      });
      const ids = repeated('group_ids', [two.id, one.id, nobody]);
      const expected = {
        'name=Filtered%20one': [one.id],
        'name=Filtered': [],
        'name=filtered%20one': [],
        'tag=filtered': [one.id, two.id],
        'tag=unf': [two.id],
        [ids]: [one.id, two.id],
        [`${ids}&user_ids=${ada.id}`]: [one.id],
        [`${ids}&${repeated('user_ids', [ada.id, bob.id, nobody])}`]: [one.id, two.id],
        [`${ids}&application_ids=${web.id}&organization_id=${organization}`]: [two.id],
        [`${ids}&application_ids=${web.id}&user_ids=${ada.id}`]: [],
        [`${ids}&user_ids=${nobody}&organization_id=`]: [],
        [`group_ids=${nobody}`]: [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found);
    });

    it('lists are ordered by name without regard to case, by creation and by change, and ids decide between equals', async () => {
      const made: Json[] = [];
      for (const name of ['Zulu', 'yankee', 'Xray', 'zulu'])
        made.push(await createGroup(server, { name, tags: ['o'] }));
      const [capitalZulu, yankee, xray, zulu] = made.map(({ id }) => id);
      await expectOrder(server, list, 'name', [xray, yankee, capitalZulu, zulu], 'tag=o');
      await expectOrder(server, list, 'created_at', [capitalZulu, yankee, xray, zulu], 'tag=o');
      expect(await idsOf(server, list, 'tag=o')).toEqual([capitalZulu, yankee, xray, zulu]);
      await server.call('PATCH', `${path}/${yankee}`, { body: { description: 'later' } });
      await expectOrder(server, list, 'updated_at', [capitalZulu, xray, zulu, yankee], 'tag=o');
      // Servers that share a database may read the same time.
      const { db } = server.services.storage;
      await db.updateTable('groups').set({ created_at: 1, updated_at: 1 }).where('tags', '=', '["o"]').execute();
      for (const field of ['created_at', 'updated_at'])
        await expectOrder(server, list, field, made.map(({ id }) => id).toSorted(), 'tag=o');
      await expectPagesEnd(server, list);
      await expectPagesEnd(server, { ...list, path: `${path}?tag=o` });
    });

    itRefusesInputs('groups', () => server, { path, body: { name: 'refused' }, make: () => createGroup(server) }, [
      ...refusedNames,
      ...refusedDescriptions,
      ...refusedTags,
    ]);

    it('groups.create needs a name and an organization in the form of one', async () => {
      const faults: readonly Fault[] = [
        ['name', 'required', help.required],
        ['organization_id', 'format', help.uuid],
      ];
      await expectRefused(server, ['POST', path, { body: { name: null, organization_id: '' } }], invalid(...faults));
    });

    it('groups.list refuses filters and pages that are wrong', async () => {
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at', 'updated_at', 'name')),
        ['name=', ['name', 'constraint', help.atLeast(1)]],
        [`group_ids=${nobody}&group_ids=x`, ['group_ids[1]', 'format', help.uuid]],
        ['user_ids=x', ['user_ids[0]', 'format', help.uuid]],
        ['application_ids=', ['application_ids[0]', 'format', help.uuid]],
        ['organization_id=mine', ['organization_id', 'format', help.uuid]],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
    });

    it('a group that is not there, or of another organization, is not found by any operation', async () => {
      const other = await server.anotherOrganization();
      const key = other.secretKey;
      const foreign = await server.call('POST', path, { key, body: { name: 'foreign' } });
      const user = { user_id: server.organization.ownerId };
      const calls: readonly (readonly [method: string, action: string, body?: Json])[] = [
        ['GET', ''],
        ['PATCH', '', { name: 'mine' }],
        ['DELETE', ''],
        ['PUT', '/members', { user_ids: [], application_ids: [] }],
        ['POST', '/add-member', user],
        ['POST', '/add-members', {}],
        ['POST', '/remove-member', user],
      ];
      for (const id of [nobody, foreign.body.id]) {
        for (const [method, action, body] of calls)
          await expectRefused(server, [method, `${path}/${id}${action}`, { body }], unknown('group', id));
      }
      expect((await server.call('GET', `${path}/${foreign.body.id}`, { key })).body).toEqual(foreign.body);
      const refused = unknown('organization', other.organizationId);
      const body = { name: 'elsewhere', organization_id: other.organizationId };
      await expectRefused(server, ['POST', path, { body }], refused);
      await expectRefused(server, ['GET', `${path}?organization_id=${other.organizationId}`], refused);
      for (const [method, action] of calls)
        await expectRefused(
          server,
          [method, `${path}/ops${action}`, { body: user }],
          invalid(['group_id', 'format', help.uuid]),
        );
    });

    it('one group more than the quota is refused, the special ones do not count, and a deleted one makes room', async () => {
      const { id } = await createGroup(server);
      const { total_count: all } = (await server.call('GET', `${path}?page_size=1`)).body;
      const quota = all - 2;
      await withQuota(server, 'iam_groups', quota, async () => {
        await expectRefused(
          server,
          ['POST', path, { body: { name: 'more' } }],
          overQuota('group', quota, organization),
        );
        await server.call('DELETE', `${path}/${id}`);
        await createGroup(server);
      });
    });

    itIsGuarded(
      'groups',
      () => server,
      async () => (await createGroup(server)).id,
      {
        'groups.list': [`GET ${path}`, 'list group'],
        'groups.create': [`POST ${path}`, 'create group', { name: 'mine' }],
        'groups.get': [`GET ${path}/{id}`, 'read group'],
        'groups.update': [`PATCH ${path}/{id}`, 'write group', { name: 'mine' }],
        'groups.delete': [`DELETE ${path}/{id}`, 'delete group'],
        'groups.setMembers': [`PUT ${path}/{id}/members`, 'manage_members group', { user_ids: [] }],
        'groups.addMember': [`POST ${path}/{id}/add-member`, 'manage_members group', { user_id: '{id}' }],
        'groups.addMembers': [`POST ${path}/{id}/add-members`, 'manage_members group', { user_ids: ['{id}'] }],
        'groups.removeMember': [`POST ${path}/{id}/remove-member`, 'manage_members group', { user_id: '{id}' }],
      },
    );
  });
}
