import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import {
  type Contents,
  connectDirectory,
  type Directory,
  groupSchema,
  patchOf,
  synchronize,
  userSchema,
} from './support/directory.ts';
import {
  callApi,
  dataFolder,
  type Json,
  removeData,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

for (const database of databases()) {
  describe(`a server that directories provision on ${database.name}`, { timeout: 60_000 }, () => {
    let created: TestDatabase;
    let server: ServerProcess;
    let directory: Directory;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ data: dataFolder(), databaseUrl: created.url });
      directory = await connectDirectory(server);
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const ask = async (status: number, method: string, path: string, body?: Json): Promise<Json> => {
      const answer = await directory.call(method, path, body);
      expect([answer.status, method, path], JSON.stringify(answer.body)).toEqual([status, method, path]);
      return answer.body;
    };
    const found = async (path: string, filter: string): Promise<Json[]> =>
      (await ask(200, 'GET', `${path}${path.includes('?') ? '&' : '?'}filter=${encodeURIComponent(filter)}`)).Resources;
    const entryOf = async (): Promise<Json> =>
      (await callApi(server, 'GET', `${iam}/logs?order_by=created_at_desc&page_size=1`)).body.logs[0];

    it('Entra ID tests the connection, makes a user, changes, disables and deletes it', async () => {
      // Its test of the connection asks for somebody that nobody is.
      expect(await found('/Users', 'userName eq "6f0c0000-0000-4000-8000-00000000000f"')).toEqual([]);
      const user = await ask(201, 'POST', '/Users', {
        schemas: [userSchema, enterprise],
        externalId: 'entra-ada',
        userName: 'ada@entra.example.org',
        active: true,
        displayName: 'Ada Lovelace',
        emails: [{ primary: true, type: 'work', value: 'ada@entra.example.org' }],
        meta: { resourceType: 'User' },
        name: { formatted: 'Ada Lovelace', familyName: 'Lovelace', givenName: 'Ada' },
        roles: [],
        [enterprise]: { employeeNumber: '1815' },
      });
      expect((await entryOf()).bearer_id).toBe(directory.tokenId);
      expect((await ask(200, 'GET', `/Users/${user.id}`)).userName).toBe('ada@entra.example.org');
      expect((await found('/Users', 'externalId eq "entra-ada"'))[0].id).toBe(user.id);
      const changes = patchOf(
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'countess@entra.example.org' },
        { op: 'Replace', path: 'name.familyName', value: 'King' },
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '1843' },
      );
      const changed = await ask(200, 'PATCH', `/Users/${user.id}`, changes);
      expect(changed).toMatchObject({ name: { familyName: 'King' }, phoneNumbers: [{ value: '1843' }] });
      const renamed = patchOf({ op: 'Replace', path: 'userName', value: 'countess@entra.example.org' });
      expect((await ask(200, 'PATCH', `/Users/${user.id}`, renamed)).userName).toBe('countess@entra.example.org');
      const disabled = patchOf({ op: 'Replace', path: 'active', value: 'False' });
      expect((await ask(200, 'PATCH', `/Users/${user.id}`, disabled)).active).toBe(false);
      expect((await callApi(server, 'GET', `${iam}/users/${user.id}`)).body.locked).toBe(true);
      await ask(204, 'DELETE', `/Users/${user.id}`);
      await ask(404, 'DELETE', `/Users/${user.id}`);
    });

    it('Entra ID makes a group, finds it without its members, and moves people in and out', async () => {
      const ids: string[] = [];
      for (const name of ['grace', 'joan'])
        ids.push(
          (await ask(201, 'POST', '/Users', { schemas: [userSchema], userName: `${name}@entra.example.org` })).id,
        );
      const body = { schemas: [groupSchema], externalId: 'entra-group', displayName: 'Entra Engineers', members: [] };
      const { id } = await ask(201, 'POST', '/Groups', body);
      const listed = await found('/Groups?excludedAttributes=members', 'displayName eq "Entra Engineers"');
      expect([listed[0].id, 'members' in listed[0]]).toEqual([id, false]);
      await ask(200, 'GET', `/Groups/${id}?excludedAttributes=members`);
      const value = ids.map((each) => ({ value: each }));
      await ask(204, 'PATCH', `/Groups/${id}`, patchOf({ op: 'Add', path: 'members', value }));
      const isMember = async (user: string | undefined) =>
        (await found('/Groups?attributes=id', `id eq "${id}" and members eq "${user}"`)).length === 1;
      expect([await isMember(ids[0]), await isMember(ids[1])]).toEqual([true, true]);
      await ask(204, 'PATCH', `/Groups/${id}`, patchOf({ op: 'Remove', path: 'members', value: [value[0]] }));
      expect([await isMember(ids[0]), await isMember(ids[1])]).toEqual([false, true]);
      const renamed = patchOf({ op: 'Replace', path: 'displayName', value: 'Entra Scientists' });
      await ask(204, 'PATCH', `/Groups/${id}`, renamed);
      await ask(204, 'DELETE', `/Groups/${id}`);
    });

    it('Okta looks before it makes, tells the taken from the free, and pushes profiles and groups', async () => {
      expect((await ask(200, 'GET', '/Users?startIndex=1&count=2')).startIndex).toBe(1);
      const userName = 'grace@okta.example.org';
      expect(await found('/Users?startIndex=1&count=100', `userName eq "${userName}"`)).toEqual([]);
      const name = { givenName: 'Grace', familyName: 'Hopper' };
      const emails = [{ primary: true, value: userName, type: 'work' }];
      const profile = { schemas: [userSchema], userName, name, emails, displayName: 'Grace Hopper', locale: 'en-US' };
      const sent = {
        ...profile,
        externalId: 'okta-grace',
        groups: [],
        password: 'a word that is not kept',
        active: true,
      };
      const user = await ask(201, 'POST', '/Users', sent);
      expect(JSON.stringify(user)).not.toContain('not kept');
      const taken = await ask(409, 'POST', '/Users', sent);
      expect([taken.status, taken.scimType]).toEqual(['409', 'uniqueness']);
      await ask(404, 'GET', '/Users/010101001010101011001010101011');
      const put = { ...user, name: { ...name, familyName: 'Murray' } };
      expect((await ask(200, 'PUT', `/Users/${user.id}`, put)).name.familyName).toBe('Murray');
      const off = patchOf({ op: 'replace', value: { active: false } });
      expect((await ask(200, 'PATCH', `/Users/${user.id}`, off)).active).toBe(false);
      // Its tests compare names without regard to case.
      expect((await found('/Users', `userName eq "${userName.toUpperCase()}"`))[0].id).toBe(user.id);

      const group = await ask(201, 'POST', '/Groups', { schemas: [groupSchema], displayName: 'Okta', members: [] });
      const value = { id: group.id, displayName: 'Okta renamed' };
      await ask(204, 'PATCH', `/Groups/${group.id}`, patchOf({ op: 'replace', value }));
      const join = { op: 'add', path: 'members', value: [{ value: user.id, display: userName }] };
      await ask(204, 'PATCH', `/Groups/${group.id}`, patchOf(join));
      expect((await ask(200, 'GET', `/Groups/${group.id}`)).members).toMatchObject([{ value: user.id }]);
      const leave = { op: 'remove', path: `members[value eq "${user.id}"]` };
      await ask(204, 'PATCH', `/Groups/${group.id}`, patchOf(leave));
      await ask(
        204,
        'PATCH',
        `/Groups/${group.id}`,
        patchOf({ op: 'replace', path: 'members', value: [{ value: user.id }] }),
      );
      await ask(204, 'DELETE', `/Groups/${group.id}`);
      expect((await ask(200, 'GET', `/Users/${user.id}`)).active).toBe(false);
    });

    it('a thousand users in a hundred groups come in, and coming again change nothing', async () => {
      const contents: Contents = {
        users: Array.from({ length: 1000 }, (_, number) => ({
          externalId: `external-${number}`,
          userName: `ada.${number}@example.org`,
          givenName: `Ada ${number}`,
        })),
        groups: Array.from({ length: 100 }, (_, number) => ({
          externalId: `group-${number}`,
          displayName: `Group ${number}`,
          members: Array.from({ length: 20 }, (_member, index) => (number * 10 + index) % 1000),
        })),
      };
      const revision = async () => {
        const { headers } = await callApi(server, 'POST', `${iam}/groups`, {
          name: `Marker ${Math.random()}`.replace('.', ''),
        });
        return Number(headers.get('x-bailiwick-revision'));
      };
      const before = await revision();
      await synchronize(directory, contents);
      const between = await revision();
      // One for each user, two for each group (it is made, then filled), and the marker.
      expect(between - before).toBe(1000 + 200 + 1);
      await synchronize(directory, contents);
      expect((await revision()) - between).toBe(1);
      const group = (await found('/Groups', 'displayName eq "Group 99"'))[0];
      expect(group.members).toHaveLength(20);
    }, 300_000);
  });
}
