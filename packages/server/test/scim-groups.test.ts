import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries, historyOf } from './support/audit.ts';
import { create, createApplication, createGroup, createMember } from './support/bearers.ts';
import { connectDirectory, type Directory, errorOf, groupSchema, patchOf } from './support/directory.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const plenty = { iam_users: 20_000, iam_groups: 1000 };

for (const database of databases()) {
  describe(`groups of a directory on ${database.name}`, () => {
    const server = serverOn(database, { quotas: plenty });
    let directory: Directory;
    let users: readonly string[];

    beforeAll(async () => {
      directory = await connectDirectory(server);
      const made = await Promise.all(Array.from({ length: 4 }, () => createMember(server)));
      users = made.map(({ id }) => id);
    });

    let made = 0;
    const newGroup = (more: Json = {}): Json => {
      made += 1;
      return { schemas: [groupSchema], displayName: `Engineers ${made}`, ...more };
    };
    const member = (value: string | undefined) => ({ value });
    const createScimGroup = async (more: Json = {}): Promise<Json> => {
      const { status, body, text } = await directory.call('POST', '/Groups', newGroup(more));
      expect(status, text).toBe(201);
      return body;
    };
    const patch = async (id: string, ...operations: readonly Json[]): Promise<void> => {
      const { status, text } = await directory.call('PATCH', `/Groups/${id}`, patchOf(...operations));
      expect([status, text]).toEqual([204, '']);
    };
    const membersOf = async (id: string): Promise<string[]> =>
      ((await directory.call('GET', `/Groups/${id}`)).body.members ?? []).map(({ value }: Json) => value);
    const lastOperation = async () => (await auditEntries(server)).at(-1)?.operation;
    const expectNoChange = async (request: () => Promise<unknown>): Promise<void> => {
      const before = await historyOf(server);
      await request();
      expect(await historyOf(server)).toEqual(before);
    };

    it('a group that is made is a group of the organization, and tells where it is', async () => {
      const sent = newGroup({ externalId: 'g-1', members: [member(users[0]), { ...member(users[1]), type: 'User' }] });
      const { status, body, headers } = await directory.call('POST', '/Groups', sent);
      const address = `https://iam.example.org/scim/v2/${directory.scimId}`;
      expect([status, headers.location]).toEqual([201, `${address}/Groups/${body.id}`]);
      expect(body).toEqual({
        schemas: [groupSchema],
        id: expect.any(String),
        externalId: 'g-1',
        displayName: sent.displayName,
        members: users.slice(0, 2).map((value) => ({
          value,
          $ref: `${address}/Users/${value}`,
          type: 'User',
        })),
        meta: {
          resourceType: 'Group',
          created: expect.any(String),
          lastModified: expect.any(String),
          location: headers.location,
        },
      });
      expect(await lastOperation()).toBe('groups.create');
      const kept = (await server.call('GET', `${iam}/groups/${body.id}`)).body;
      expect(kept).toMatchObject({ name: sent.displayName, user_ids: users.slice(0, 2), application_ids: [] });
      expect((await directory.call('GET', `/Groups/${body.id}`)).body).toEqual(body);
      expect((await directory.call('GET', `/Groups/${body.id}?excludedAttributes=members`)).body).not.toHaveProperty(
        'members',
      );
    });

    it('is found by name, id, externalId and member, and in a list', async () => {
      const group = await createScimGroup({ externalId: 'g-2', members: [member(users[3])] });
      const found = async (filter: string) =>
        (await directory.call('GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent(filter)}`)).body;
      for (const filter of [
        `displayName eq "${group.displayName}"`,
        `id eq "${group.id}"`,
        'externalId eq "g-2"',
        `members.value eq "${users[3]}"`,
        `members[value eq "${users[3]}"] and displayName eq "${group.displayName}"`,
      ]) {
        const { totalResults, Resources } = await found(filter);
        expect([totalResults, Resources[0]?.id], filter).toEqual([1, group.id]);
        expect(Resources[0]).not.toHaveProperty('members');
      }
      expect((await found('displayName eq "nobody"')).Resources).toEqual([]);
      const all = (await directory.call('GET', '/Groups')).body;
      expect(all.Resources.find(({ id }: Json) => id === group.id)).toEqual(group);
      expect(all.totalResults).toBe(all.Resources.length);
      const page = (await directory.call('GET', '/Groups?startIndex=2&count=1')).body;
      expect(page).toMatchObject({ totalResults: all.totalResults, startIndex: 2, itemsPerPage: 1 });
      expect(page.Resources).toEqual(all.Resources.slice(1, 2));
      expect((await directory.call('GET', '/Groups?count=0')).body.totalResults).toBe(all.totalResults);
    });

    it('members come and go as Entra ID and Okta ask for it, each in one change, and never twice', async () => {
      const { id } = await createScimGroup();
      const [first = '', second = '', third = ''] = users;
      const before = await historyOf(server);
      await patch(id, { op: 'Add', path: 'members', value: [member(first), member(second)] });
      expect(await membersOf(id)).toEqual([first, second]);
      expect(await historyOf(server)).toEqual({ revision: before.revision + 1, entries: before.entries + 1 });
      expect(await lastOperation()).toBe('groups.addMembers');
      await expectNoChange(() => patch(id, { op: 'Add', path: 'members', value: [member(second)] }));
      await patch(id, { op: 'Remove', path: `members[value eq "${first}"]` });
      expect(await membersOf(id)).toEqual([second]);
      expect(await lastOperation()).toBe('groups.removeMember');
      await expectNoChange(() => patch(id, { op: 'remove', path: `members[value eq "${first}"]` }));
      await expectNoChange(() => patch(id, { op: 'remove', path: 'members[value eq "nobody"]' }));
      await patch(
        id,
        { op: 'remove', path: 'members', value: [member(second)] },
        { op: 'add', value: { members: [member(third)] } },
      );
      expect(await membersOf(id)).toEqual([third]);
      expect(await lastOperation()).toBe('groups.setMembers');
      await patch(id, { op: 'replace', path: 'members', value: [member(first), member(third)] });
      expect((await membersOf(id)).toSorted()).toEqual([first, third].toSorted());
      await expectNoChange(() => patch(id, { op: 'replace', path: 'members', value: [member(third), member(first)] }));
      // What comes later counts.
      await expectNoChange(() =>
        patch(
          id,
          { op: 'remove', path: 'members' },
          { op: 'add', path: 'members', value: [member(first), member(third)] },
        ),
      );
      await patch(id, { op: 'remove', path: 'members' });
      expect(await membersOf(id)).toEqual([]);
    });

    it('Okta renames a group with its id in the value; a PUT says all of it', async () => {
      const group = await createScimGroup({ members: [member(users[0])], externalId: 'g-3' });
      await patch(group.id, { op: 'replace', value: { id: group.id, displayName: 'Renamed by Okta' } });
      expect(await lastOperation()).toBe('groups.update');
      const body = newGroup({ displayName: 'Renamed by PUT', members: [member(users[1])] });
      const put = () => directory.call('PUT', `/Groups/${group.id}`, body);
      const answer = (await put()).body;
      expect([answer.displayName, answer.externalId]).toEqual(['Renamed by PUT', undefined]);
      expect(await membersOf(group.id)).toEqual([users[1]]);
      await expectNoChange(put);
      const asked = `/Groups/${group.id}?attributes=displayName`;
      const named = await directory.call('PATCH', asked, patchOf({ op: 'add', path: 'externalId', value: 'g-4' }));
      expect([named.status, named.body]).toEqual([
        200,
        { schemas: [groupSchema], id: group.id, displayName: 'Renamed by PUT' },
      ]);
    });

    it('applications and the owner in a group are not seen, and stay', async () => {
      const { id } = await createGroup(server, { name: 'Mixed' });
      const application = await createApplication(server);
      const { ownerId } = server.organization;
      await create(server, `${iam}/groups/${id}/add-members`, {
        user_ids: [ownerId, users[0]],
        application_ids: [application.id],
      });
      expect(await membersOf(id)).toEqual([users[0]]);
      const body = { schemas: [groupSchema], displayName: 'Mixed', members: [] };
      expect((await directory.call('PUT', `/Groups/${id}`, body)).status).toBe(200);
      await patch(id, { op: 'remove', path: 'members' }, { op: 'add', path: 'members', value: [member(users[1])] });
      await expectNoChange(() => patch(id, { op: 'remove', path: `members[value eq "${ownerId}"]` }));
      const kept = (await server.call('GET', `${iam}/groups/${id}`)).body;
      expect([kept.user_ids, kept.application_ids]).toEqual([[ownerId, users[1]], [application.id]]);
      const owned = await directory.call('GET', `/Groups?filter=${encodeURIComponent(`members eq "${ownerId}"`)}`);
      expect(owned.body.totalResults).toBe(0);
      for (const value of [ownerId, application.id, id, 'nobody']) {
        const refused = await directory.call(
          'PATCH',
          `/Groups/${id}`,
          patchOf({ op: 'add', path: 'members', value: [{ value }] }),
        );
        expect(errorOf(refused)).toEqual([400, 'invalidValue', `there is no user "${value}" that could be a member`]);
      }
    });

    it('the special groups are not there', async () => {
      const { body } = await server.call('GET', `${iam}/groups?page_size=100`);
      const special = body.groups.filter(({ all_users, all_applications }: Json) => all_users || all_applications);
      expect(special).toHaveLength(2);
      const list = (await directory.call('GET', '/Groups?count=200')).text;
      for (const { id, name } of special) {
        expect(list).not.toContain(id);
        for (const method of ['GET', 'DELETE'])
          expect((await directory.call(method, `/Groups/${id}`)).status).toBe(404);
        const change = patchOf({ op: 'add', path: 'members', value: [member(users[0])] });
        expect((await directory.call('PATCH', `/Groups/${id}`, change)).status).toBe(404);
        expect((await directory.call('POST', '/Groups', newGroup({ displayName: name }))).status).toBe(409);
      }
    });

    it('refuses what a group cannot be, whole', async () => {
      const group = await createScimGroup({ members: [member(users[0])] });
      const refused: readonly (readonly [string, string | RegExp, Json])[] = [
        [
          'invalidValue',
          'groups hold users, not "Group": nested groups are not supported',
          { op: 'add', path: 'members', value: [{ value: group.id, type: 'Group' }] },
        ],
        [
          'invalidValue',
          'a member must have a value, which is the id of a user: {"display":"x"}',
          { op: 'add', path: 'members', value: [{ display: 'x' }] },
        ],
        ['invalidValue', 'members must be a list of objects, not ["x"]', { op: 'add', path: 'members', value: ['x'] }],
        ['invalidValue', 'displayName must have a value', { op: 'remove', path: 'displayName' }],
        ['invalidValue', /^displayName: value does not match/, { op: 'replace', path: 'displayName', value: 'a/b' }],
        [
          'invalidPath',
          'unsupported path for operation Replace: members[value eq "x"].display',
          { op: 'replace', path: 'members[value eq "x"].display', value: 'x' },
        ],
        [
          'invalidPath',
          'unsupported path for operation Remove: members[type eq "User"]',
          { op: 'remove', path: 'members[type eq "User"]' },
        ],
        [
          'invalidPath',
          'unsupported path for operation Add: description',
          { op: 'add', path: 'description', value: 'x' },
        ],
        ['mutability', 'the id of a group stays as it is', { op: 'replace', value: { id: 'x' } }],
      ];
      for (const [scimType, detail, operation] of refused) {
        await expectNoChange(async () => {
          const body = patchOf({ op: 'remove', path: 'members' }, operation);
          const [status, type, told] = errorOf(await directory.call('PATCH', `/Groups/${group.id}`, body));
          expect([status, type]).toEqual([400, scimType]);
          expect(told).toMatch(detail);
        });
      }
      const nameless = await directory.call('POST', '/Groups', { schemas: [groupSchema] });
      expect(errorOf(nameless)).toEqual([400, 'invalidValue', 'displayName must have a value']);
      const again = await directory.call('POST', '/Groups', newGroup({ displayName: group.displayName }));
      expect(errorOf(again).slice(0, 2)).toEqual([409, 'uniqueness']);
    });

    it('a group that is deleted is gone; its members stay', async () => {
      const { id } = await createScimGroup({ members: [member(users[2])] });
      expect((await directory.call('DELETE', `/Groups/${id}`)).status).toBe(204);
      expect(await lastOperation()).toBe('groups.delete');
      expect((await directory.call('DELETE', `/Groups/${id}`)).status).toBe(404);
      expect((await directory.call('GET', `/Users/${users[2]}`)).status).toBe(200);
    });

    it('one member more in a group of thousands writes one row', async () => {
      const { db } = server.services.storage;
      const { organizationId } = server.organization;
      const template = await db
        .selectFrom('users')
        .selectAll()
        .where('id', '=', users[0] ?? '')
        .executeTakeFirstOrThrow();
      const { last_login_order: _computed, ...columns } = template;
      const ids = Array.from({ length: 3000 }, () => server.services.ids.uuid());
      for (let first = 0; first < ids.length; first += 300) {
        const rows = ids.slice(first, first + 300).map((id) => ({ ...columns, id, username: id, username_key: id }));
        await db.insertInto('users').values(rows).execute();
      }
      const { id } = await createScimGroup({ members: ids.slice(1).map(member) });
      const rows = () =>
        db
          .selectFrom('group_members')
          .selectAll()
          .where('organization_id', '=', organizationId)
          .where('group_id', '=', id)
          .orderBy('position')
          .execute();
      const before = await rows();
      expect(before).toHaveLength(2999);
      await patch(id, { op: 'Add', path: 'members', value: [member(ids[0])] });
      const after = await rows();
      expect(after.slice(0, -1)).toEqual(before);
      expect(after.at(-1)?.user_id).toBe(ids[0]);
      const whole = { schemas: [groupSchema], displayName: 'All of them', members: ids.map(member) };
      expect((await directory.call('PUT', `/Groups/${id}`, whole)).status).toBe(200);
      expect(await rows()).toEqual(after);
    });
  });
}
