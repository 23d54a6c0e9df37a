import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createMember } from './support/bearers.ts';
import { longestTags } from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf, repeated } from './support/lists.ts';
import { expectRefused, taken } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/users';
const list = { path, items: 'users' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`users on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: 1000 } });
    let organization: string;
    let owner: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      owner = server.organization.ownerId;
    });

    const get = async (id: string): Promise<Json> => (await server.call('GET', `${path}/${id}`)).body;

    it('a new member is usable at once, has the defaults, and its members are in the order of the wire', async () => {
      const member = { username: 'ada', email: 'Ada@Example.org', password: '', locale: '', send_welcome_email: true };
      const answer = await server.call('POST', path, { body: { organization_id: organization, member } });
      const { id, created_at } = answer.body;
      const expected = {
        id,
        email: 'Ada@Example.org',
        username: 'ada',
        first_name: '',
        last_name: '',
        phone_number: '',
        locale: 'en_US',
        created_at,
        updated_at: created_at,
        organization_id: organization,
        deletable: true,
        last_login_at: null,
        type: 'member',
        two_factor_enabled: false,
        status: 'activated',
        mfa: false,
        account_root_user_id: '',
        tags: [],
        locked: false,
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      expect((await server.call('GET', `${path}/${id.toUpperCase()}`)).text).toBe(JSON.stringify(expected));
      const listed = await server.call('GET', `${path}?user_ids=${id}`);
      expect(listed.text).toBe(`{"users":[${JSON.stringify(expected)}],"total_count":1}`);
    });

    it('the owner is its e-mail address, belongs to an account and stays', async () => {
      const { account_root_user_id: account, ...user } = await get(owner);
      expect(user).toMatchObject({
        id: owner,
        email: 'owner@example.org',
        username: 'owner@example.org',
        type: 'owner',
        deletable: false,
        status: 'activated',
        locked: false,
      });
      expect(account).toMatch(/^[0-9a-f-]{36}$/);
      expect([owner, organization]).not.toContain(account);
      expect(await idsOf(server, list, 'type=owner')).toEqual([owner]);
    });

    it('a user invited by e-mail has the address as username and an open invitation', async () => {
      const invited = await create(server, path, { email: 'grace@example.org', tags: ['a'] });
      const { email, username, status, type, tags } = invited;
      expect({ email, username, status, type, tags }).toEqual({
        email: 'grace@example.org',
        username: 'grace@example.org',
        status: 'invitation_pending',
        type: 'member',
        tags: ['a'],
      });
      expect(await get(invited.id)).toEqual(invited);
    });

    it('a member may have everything at its limits, and addresses may be shared', async () => {
      const member = {
        email: 'ada@example.org',
        username: 'aZ09@._-'.padEnd(150, 'x'),
        password: 'é'.repeat(36),
        first_name: '😀'.repeat(64),
        last_name: '😀'.repeat(64),
        phone_number: '+33 1 02 03 04 05',
        locale: 'fr_FR',
      };
      const { password: _, ...shown } = member;
      const made = await createMember(server, member, { tags: longestTags });
      expect(made).toMatchObject({ ...shown, tags: longestTags });
      expect(await createMember(server, { username: 'ab', email: member.email })).toMatchObject({
        email: member.email,
      });
    });

    it('null is absent in a new member and in a change of it', async () => {
      const nulls = { first_name: null, last_name: null, phone_number: null, locale: null, password: null };
      const made = await createMember(server, nulls, { tags: null, email: null, organization_id: null });
      expect(made).toMatchObject({ first_name: '', last_name: '', phone_number: '', locale: 'en_US', tags: [] });
      const body = { ...nulls, email: null, tags: null };
      const changed = await server.call('PATCH', `${path}/${made.id}`, { body });
      expect(changed.body).toEqual(made);
    });

    it('the answer to a change shows it with the former updated_at, which later answers have moved', async () => {
      const made = await createMember(server, { first_name: 'Ada', phone_number: '1' }, { tags: ['a'] });
      const body = {
        email: 'x@example.org',
        first_name: '',
        last_name: 'King',
        locale: 'fr_FR',
        tags: [],
        username: 'x',
      };
      const changed = await server.call('PATCH', `${path}/${made.id}`, { body });
      const expected = { ...made, ...body, username: made.username };
      expect([changed.status, changed.body]).toEqual([200, expected]);
      const later = await get(made.id);
      expect(later.updated_at > made.updated_at).toBe(true);
      expect(later).toEqual({ ...expected, updated_at: later.updated_at });
      const emptied = await server.call('PATCH', `${path}/${made.id}`, { body: { locale: '' } });
      expect([emptied.body.locale, emptied.body.updated_at]).toEqual(['en_US', later.updated_at]);
    });

    it("the owner's username follows its address, unless a member has it as username", async () => {
      const holder = await createMember(server, { username: 'new@example.org' });
      const request = (email: string) => ['PATCH', `${path}/${owner}`, { body: { email } }] as const;
      const refused = taken('user', holder.id, 'the username "New@Example.org" is taken: choose another');
      await expectRefused(server, request('New@Example.org'), refused);
      const { body } = await server.call(...request('boss+iam@example.org'));
      expect([body.email, body.username]).toEqual(['boss+iam@example.org', 'boss+iam@example.org']);
      await server.call(...request('owner@example.org'));
    });

    it('lists filter by id, type, second factor and tag', async () => {
      const one = await createMember(server, {}, { tags: ['filtered', 'x'] });
      const two = await createMember(server, {}, { tags: ['unfiltered'] });
      const { db } = server.services.storage;
      await db.updateTable('users').set({ mfa: 1 }).where('id', '=', two.id).execute();
      expect(await get(two.id)).toMatchObject({ mfa: true, two_factor_enabled: true });
      const ids = repeated('user_ids', [one.id, two.id, owner, nobody]);
      const expected = {
        [ids]: [owner, one.id, two.id],
        [`${ids}&type=member`]: [one.id, two.id],
        [`${ids}&type=owner`]: [owner],
        [`${ids}&type=unknown_type&organization_id=${organization}`]: [owner, one.id, two.id],
        [`${ids}&mfa=true`]: [two.id],
        [`${ids}&mfa=False&organization_id=`]: [owner, one.id],
        'tag=filtered': [one.id, two.id],
        'tag=unf': [two.id],
        'tag=filtered&mfa=false': [one.id],
        [`user_ids=${nobody}`]: [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found);
    });

    it('lists are ordered by address and username without regard to case, and ids decide between equals', async () => {
      const names = [
        ['Zoe', 'B@x.org'],
        ['adam', 'á@x.org'],
        ['Mia', 'a@x.org'],
        ['bob', 'a@x.org'],
      ] as const;
      const made: Json[] = [];
      for (const [username, email] of names)
        made.push(await createMember(server, { username, email }, { tags: ['o'] }));
      const [zoe, adam, mia, bob] = made.map(({ id }) => id);
      await expectOrder(server, list, 'username', [adam, bob, mia, zoe], 'tag=o');
      await expectOrder(server, list, 'email', [...[mia, bob].toSorted(), adam, zoe], 'tag=o');
      await expectOrder(server, list, 'created_at', [zoe, adam, mia, bob], 'tag=o');
      expect(await idsOf(server, list, 'tag=o')).toEqual([zoe, adam, mia, bob]);
      await server.call('PATCH', `${path}/${adam}`, { body: { first_name: 'Adam' } });
      await expectOrder(server, list, 'updated_at', [zoe, mia, bob, adam], 'tag=o');
      const { db } = server.services.storage;
      await db.updateTable('users').set({ last_login_at: 5 }).where('id', '=', mia).execute();
      await db.updateTable('users').set({ last_login_at: 4 }).where('id', '=', zoe).execute();
      await expectOrder(server, list, 'last_login', [zoe, mia, ...[adam, bob].toSorted()], 'tag=o');
      expect((await get(mia)).last_login_at).toBe('1970-01-01T00:00:00.000005Z');
      await db.updateTable('users').set({ created_at: 1, updated_at: 1 }).where('tags', '=', '["o"]').execute();
      for (const field of ['created_at', 'updated_at'])
        await expectOrder(server, list, field, [zoe, adam, mia, bob].toSorted(), 'tag=o');
      await expectPagesEnd(server, list);
      await expectPagesEnd(server, { ...list, path: `${path}?tag=o` });
    });
  });
}
