import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createGroup, createMember } from './support/bearers.ts';
import { idsOf } from './support/lists.ts';
import { insertRows } from './support/many-rows.ts';
import { expectRefused, type Fault, forestalled, help, invalid, taken, unknown } from './support/refusals.ts';
import { user } from './support/rows.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/groups';
const list = { path, items: 'groups' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`members of groups on ${database.name}`, () => {
    const quotas = { iam_groups: null, iam_users: null, iam_applications: null };
    const server = serverOn(database, { quotas });
    let owner: string;
    /** Two users and two applications. */
    let ada: string;
    let bob: string;
    let web: string;
    let api: string;

    beforeAll(async () => {
      owner = server.organization.ownerId;
      [ada, bob] = [(await createMember(server)).id, (await createMember(server)).id];
      [web, api] = [(await createApplication(server)).id, (await createApplication(server)).id];
    });

    const get = async (id: string): Promise<Json> => (await server.call('GET', `${path}/${id}`)).body;
    const set = (id: string, body: Json) => server.call('PUT', `${path}/${id}/members`, { body });
    const act = (id: string, action: string, body: Json) => server.call('POST', `${path}/${id}/${action}`, { body });
    const createWith = async (user_ids: string[], application_ids: string[]): Promise<Json> => {
      const { id } = await createGroup(server);
      return (await set(id, { user_ids, application_ids })).body;
    };

    it('setting members replaces both lists in the order sent, and leaves updated_at', async () => {
      const group = await createGroup(server);
      const first = await set(group.id, { user_ids: [bob, owner, ada], application_ids: [web] });
      expect(first.body).toEqual({ ...group, user_ids: [bob, owner, ada], application_ids: [web] });
      const second = await set(group.id, { user_ids: [ada, bob, ada], application_ids: [api, web, api] });
      expect(second.body).toEqual({ ...group, user_ids: [ada, bob], application_ids: [api, web] });
      expect(await get(group.id)).toEqual(second.body);
      const listed = await server.call('GET', `${path}?group_ids=${group.id}`);
      expect(listed.body.groups).toEqual([second.body]);
    });

    it('setting members with a list left out, null or empty empties that list', async () => {
      for (const body of [{ application_ids: [web] }, { user_ids: null, application_ids: [web] }]) {
        const { id } = await createWith([ada], [api]);
        expect((await set(id, body)).body).toMatchObject({ user_ids: [], application_ids: [web] });
      }
      const { id } = await createWith([ada], [api]);
      expect((await set(id, { user_ids: [], application_ids: [] })).body).toMatchObject({
        user_ids: [],
        application_ids: [],
      });
    });

    it('adding one member keeps the others, leaves updated_at, and does nothing for one who is there', async () => {
      const group = await createGroup(server);
      await act(group.id, 'add-member', { user_id: ada });
      await act(group.id, 'add-member', { application_id: web, user_id: null });
      const added = await act(group.id, 'add-member', { user_id: owner });
      expect([added.status, added.body]).toEqual([200, { ...group, user_ids: [ada, owner], application_ids: [web] }]);
      const again = await act(group.id, 'add-member', { user_id: ada });
      expect([again.status, again.text]).toEqual([200, added.text]);
      expect(await get(group.id)).toEqual(added.body);
    });

    it('adding several members puts those who are new behind those who are there', async () => {
      const group = await createWith([ada, owner], [web]);
      const added = await act(group.id, 'add-members', { user_ids: [bob, owner, bob], application_ids: [api] });
      expect(added.body).toEqual({ ...group, user_ids: [ada, owner, bob], application_ids: [web, api] });
      expect((await act(group.id, 'add-members', {})).body).toEqual(added.body);
      expect((await act(group.id, 'add-members', { user_ids: null })).body).toEqual(added.body);
    });

    it('removing a member leaves the others and updated_at', async () => {
      const group = await createWith([ada, bob], [web, api]);
      expect((await act(group.id, 'remove-member', { user_id: ada })).body).toEqual({ ...group, user_ids: [bob] });
      const removed = await act(group.id, 'remove-member', { application_id: api });
      expect(removed.body).toEqual({ ...group, user_ids: [bob], application_ids: [web] });
      expect(await get(group.id)).toEqual(removed.body);
    });

    it('removing who is not in the group names no resource, whether it exists or not', async () => {
      const { id } = await createWith([ada], [web]);
      const remove = (body: Json) => ['POST', `${path}/${id}/remove-member`, { body }] as const;
      await expectRefused(server, remove({ user_id: bob }), unknown('', bob));
      await expectRefused(server, remove({ application_id: api }), unknown('', api));
      await expectRefused(server, remove({ user_id: web }), unknown('', web));
      await expectRefused(server, remove({ application_id: nobody.toUpperCase() }), unknown('', nobody));
    });

    it('nobody is added who does not exist in the organization, and the members stay as they were', async () => {
      const other = await server.anotherOrganization();
      const { id } = await createWith([ada], [web]);
      const before = await get(id);
      for (const stranger of [nobody, other.ownerId, web]) {
        const user = unknown('user', stranger);
        await expectRefused(server, ['POST', `${path}/${id}/add-member`, { body: { user_id: stranger } }], user);
        for (const [method, action] of [
          ['POST', 'add-members'],
          ['PUT', 'members'],
        ] as const) {
          const body = { user_ids: [bob, stranger], application_ids: [api] };
          await expectRefused(server, [method, `${path}/${id}/${action}`, { body }], user);
        }
      }
      const body = { user_ids: [bob], application_ids: [api, ada] };
      await expectRefused(server, ['PUT', `${path}/${id}/members`, { body }], unknown('application', ada));
      await expectRefused(
        server,
        ['POST', `${path}/${id}/add-member`, { body: { application_id: ada } }],
        unknown('application', ada),
      );
      expect(await get(id)).toEqual(before);
    });

    it('one call names exactly one member', async () => {
      const { id } = await createGroup(server);
      for (const action of ['add-member', 'remove-member']) {
        const request = (body: Json) => ['POST', `${path}/${id}/${action}`, { body }] as const;
        const none: Fault = ['member', 'required', 'value is required: one of user_id, application_id'];
        const both: Fault = ['member', 'constraint', 'only one of user_id, application_id may be set'];
        await expectRefused(server, request({}), invalid(none));
        await expectRefused(server, request({ user_id: null }), invalid(none));
        await expectRefused(server, request({ user_id: ada, application_id: web }), invalid(both));
        await expectRefused(server, request({ user_id: '' }), invalid(['user_id', 'format', help.uuid]));
        await expectRefused(
          server,
          request({ application_id: 'web' }),
          invalid(['application_id', 'format', help.uuid]),
        );
      }
    });

    it('a list of members is a list of UUIDs, of at most 10000', async () => {
      const { id } = await createGroup(server);
      for (const [method, action] of [
        ['POST', 'add-members'],
        ['PUT', 'members'],
      ] as const) {
        const request = (body: Json) => [method, `${path}/${id}/${action}`, { body }] as const;
        await expectRefused(server, request({ user_ids: ada }), invalid(['user_ids', 'format', help.type('array')]));
        await expectRefused(server, request({ user_ids: [ada, 'x'] }), invalid(['user_ids[1]', 'format', help.uuid]));
        await expectRefused(
          server,
          request({ application_ids: [null] }),
          invalid(['application_ids[0]', 'format', help.type('string')]),
        );
        const tooMany: Fault = ['user_ids', 'constraint', 'value must contain no more than 10000 item(s)'];
        await expectRefused(server, request({ user_ids: Array(10_001).fill(ada) }), invalid(tooMany));
        const most = await server.call(...request({ user_ids: Array(10_000).fill(ada) }));
        expect([most.status, most.body.user_ids]).toEqual([200, [ada]]);
      }
    });

    const specialGroup = async (kind: 'all_users' | 'all_applications'): Promise<Json> => {
      const { body } = await server.call('GET', `${path}?page_size=100`);
      return body.groups.find((group: Json) => group[kind]);
    };

    it('an organization is born with two special groups, which are managed, and three ordinary ones', async () => {
      const other = await server.anotherOrganization();
      const { body } = await server.call('GET', path, { key: other.secretKey });
      const shown = body.groups.map(({ id, created_at, updated_at, description, ...group }: Json) => group);
      const ordinary = {
        organization_id: other.organizationId,
        user_ids: [],
        application_ids: [],
        tags: [],
        editable: true,
        deletable: true,
        managed: false,
        all_users: false,
        all_applications: false,
      };
      const special = { ...ordinary, editable: false, deletable: false, managed: true };
      expect([body.total_count, shown]).toEqual([
        5,
        [
          { ...special, name: 'All Users', user_ids: [other.ownerId], all_users: true },
          { ...special, name: 'All Applications', all_applications: true },
          { ...ordinary, name: 'Administrators' },
          { ...ordinary, name: 'Editors' },
          { ...ordinary, name: 'Billing Administrators' },
        ],
      ]);
    });

    it('the special groups hold who exists: users with the owner, applications without managed ones', async () => {
      const [member, application] = [await createMember(server), await createApplication(server)];
      const managed = await createApplication(server);
      const { db } = server.services.storage;
      await db.updateTable('applications').set({ managed: 1 }).where('id', '=', managed.id).execute();
      const users = await specialGroup('all_users');
      expect([users.user_ids, users.application_ids]).toEqual([[owner, ada, bob, member.id], []]);
      const applications = await specialGroup('all_applications');
      expect([applications.user_ids, applications.application_ids]).toEqual([[], [web, api, application.id]]);
      expect(await get(users.id)).toEqual(users);
      expect(await get(applications.id)).toEqual(applications);
      await server.call('DELETE', `/iam/v1alpha1/users/${member.id}`);
      await server.call('DELETE', `/iam/v1alpha1/applications/${application.id}`);
      expect((await get(users.id)).user_ids).toEqual([owner, ada, bob]);
      expect((await get(applications.id)).application_ids).toEqual([web, api]);
    });

    it('a special group shows its first thousand members, and is found by each', async () => {
      const { db } = server.services.storage;
      const { organizationId, ownerId, secretKey } = await server.anotherOrganization();
      const many = Array.from({ length: 1200 }, () => {
        const created_at = server.clock.now();
        return user(server.services.ids.uuid(), organizationId, { created_at });
      });
      for (const some of [many.slice(0, 600), many.slice(600)]) await insertRows(db, 'users', some);
      const { body } = await server.call('GET', path, { key: secretKey });
      const everybody = body.groups[0];
      expect(everybody.user_ids).toEqual([ownerId, ...many.slice(0, 999).map(({ id }) => id)]);
      const last = many.at(-1)?.id;
      const found = await server.call('GET', `${path}?user_ids=${last}`, { key: secretKey });
      expect(found.body.groups).toEqual([everybody]);
    });

    it('groups are found by member, the special ones too', async () => {
      const [users, applications] = [await specialGroup('all_users'), await specialGroup('all_applications')];
      const { id } = await createGroup(server);
      const [member, application] = [await createMember(server), await createApplication(server)];
      await set(id, { user_ids: [member.id], application_ids: [application.id] });
      expect(await idsOf(server, list, `user_ids=${member.id}`)).toEqual([users.id, id]);
      expect(await idsOf(server, list, `application_ids=${application.id}`)).toEqual([applications.id, id]);
      expect(await idsOf(server, list, `user_ids=${member.id}&application_ids=${application.id}`)).toEqual([id]);
      const other = await server.anotherOrganization();
      expect(await idsOf(server, list, `user_ids=${other.ownerId}`)).toEqual([]);
    });

    it('the special groups are not changed in any way, but policies attach to them', async () => {
      const refused = forestalled('managed_resource', 'this group belongs to the platform: it cannot be changed');
      for (const kind of ['all_users', 'all_applications'] as const) {
        const group = await specialGroup(kind);
        const calls: readonly (readonly [method: string, action: string, body?: Json])[] = [
          ['PATCH', '', { description: 'mine' }],
          ['PATCH', '', { name: 'Mine' }],
          ['DELETE', ''],
          ['PUT', '/members', { user_ids: [], application_ids: [] }],
          ['POST', '/add-member', { user_id: ada }],
          ['POST', '/add-members', { application_ids: [web] }],
          ['POST', '/remove-member', { user_id: ada }],
        ];
        for (const [method, action, body] of calls)
          await expectRefused(server, [method, `${path}/${group.id}${action}`, { body }], refused);
        expect(await get(group.id)).toEqual(group);
        const held = taken('group', group.id, `a group is called "${group.name}" already: choose another name`);
        await expectRefused(server, ['POST', path, { body: { name: group.name } }], held);
        const policy = await create(server, '/iam/v1alpha1/policies', { name: 'p', group_id: group.id });
        expect(policy.group_id).toBe(group.id);
      }
    });
  });
}
