import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { create, createGroup, createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { idsOf } from './support/lists.ts';
import { expectRefused, forbidden, forestalled, unauthenticated, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/users';

for (const database of databases()) {
  describe(`the life of users on ${database.name}`, () => {
    const server = serverOn(database);
    let owner: string;

    beforeAll(() => {
      owner = server.organization.ownerId;
    });

    const get = async (id: string): Promise<Json> => (await server.call('GET', `${path}/${id}`)).body;
    const act = (id: string, action: string, body: Json = {}) =>
      server.call('POST', `${path}/${id}/${action}`, { body });
    /** A member with a key and two sessions. */
    const createSignedIn = async (member: Json = {}) => {
      const { id } = await createMember(server, member);
      const key = await keyFor(server, { user_id: id });
      const [first, second] = [await createSession(server, id, key), await createSession(server, id, key)];
      return { id, key, sessions: [first.token as string, second.token as string], first, second } as const;
    };
    const expectEnded = (id: string, token: string) =>
      expectRefused(server, ['GET', `${path}/${id}`, withSession(token)], unauthenticated('jwt', 'not_found'));

    it('a locked member keeps groups and policies, its sessions are over and its keys may do nothing', async () => {
      const member = await createSignedIn();
      const before = await get(member.id);
      const group = await createGroup(server);
      const groupPath = `/iam/v1alpha1/groups/${group.id}`;
      await server.call('POST', `${groupPath}/add-member`, { body: { user_id: member.id } });
      const policy = await create(server, '/iam/v1alpha1/policies', { name: 'p', user_id: member.id });
      const locked = await act(member.id, 'lock');
      expect(locked.body).toEqual({ ...before, locked: true, updated_at: locked.body.updated_at });
      for (const token of member.sessions) await expectEnded(member.id, token);
      const jwts = ['POST', '/iam/v1alpha1/jwts', { key: member.key, body: { user_id: member.id } }] as const;
      await expectRefused(server, jwts, forbidden(['create', 'self_jwt']));
      const itself = ['GET', `${path}/${member.id}`, { key: member.key }] as const;
      await expectRefused(server, itself, forbidden(['read', 'user']));
      const again = await act(member.id, 'lock');
      expect(again.body).toEqual({ ...locked.body, updated_at: again.body.updated_at });
      expect((await server.call('GET', groupPath)).body.user_ids).toEqual([member.id]);
      expect((await server.call('GET', `/iam/v1alpha1/policies/${policy.id}`)).body).toEqual(policy);
      const unlocked = await act(member.id, 'unlock');
      expect(unlocked.body).toEqual({ ...before, updated_at: unlocked.body.updated_at });
      expect((await server.call(...itself)).body).toEqual(unlocked.body);
      for (const token of member.sessions) await expectEnded(member.id, token);
    });

    it('the owner is neither locked, unlocked nor deleted', async () => {
      const locked = forestalled('protected_resource', 'the owner cannot be locked');
      await expectRefused(server, ['POST', `${path}/${owner}/lock`, { body: {} }], locked);
      const unlocked = forestalled('protected_resource', 'the owner is never locked');
      await expectRefused(server, ['POST', `${path}/${owner}/unlock`, { body: {} }], unlocked);
      const deleted = forestalled('protected_resource', 'the owner cannot be deleted');
      await expectRefused(server, ['DELETE', `${path}/${owner}`], deleted);
    });

    it('nobody locks itself, whatever its rights', async () => {
      const { id } = await createMember(server);
      const key = await keyFor(server, { user_id: id });
      const organization_id = server.organization.organizationId;
      const rules = [{ permission_set_names: ['IAMUserManager'], organization_id }];
      const granted = await server.call('POST', '/iam/v1alpha1/policies', { body: { name: 'x', user_id: id, rules } });
      expect(granted.status).toBe(200);
      const refused = forestalled('protected_resource', 'nobody can lock itself');
      await expectRefused(server, ['POST', `${path}/${id}/lock`, { key, body: {} }], refused);
      expect((await get(id)).locked).toBe(false);
    });

    it('a deleted member takes keys and sessions along, leaves its groups, and frees its policies and username', async () => {
      const { id, key, sessions } = await createSignedIn({ username: 'leaving' });
      const group = await createGroup(server);
      const membership = { body: { user_id: id } };
      await server.call('POST', `/iam/v1alpha1/groups/${group.id}/add-member`, membership);
      const policy = await create(server, '/iam/v1alpha1/policies', { name: 'p', user_id: id });
      const deleted = await server.call('DELETE', `${path}/${id}`);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      await expectRefused(server, ['GET', path, { key }], unauthenticated('api_key', 'not_found'));
      for (const token of sessions) await expectEnded(id, token);
      expect((await server.call('GET', `/iam/v1alpha1/groups/${group.id}`)).body).toEqual(group);
      const { user_id: _, ...detached } = policy;
      const kept = await server.call('GET', `/iam/v1alpha1/policies/${policy.id}`);
      expect(kept.body).toEqual({ ...detached, no_principal: true });
      const keys = { path: `/iam/v1alpha1/api-keys?bearer_id=${id}`, items: 'api_keys', id: 'access_key' };
      expect(await idsOf(server, keys)).toEqual([]);
      await expectRefused(server, ['GET', `${path}/${id}`], unknown('user', id));
      await expectRefused(server, ['DELETE', `${path}/${id}`], unknown('user', id));
      expect((await createMember(server, { username: 'leaving' })).id).not.toBe(id);
    });

    it('a member deletes itself, which is the last thing its session does', async () => {
      const { id, key, sessions } = await createSignedIn();
      const [token = '', other = ''] = sessions;
      expect((await server.call('DELETE', `${path}/${id}`, withSession(token))).status).toBe(204);
      for (const session of [token, other]) await expectEnded(id, session);
      await expectRefused(server, ['GET', path, { key }], unauthenticated('api_key', 'not_found'));
      const entry = (await auditEntries(server)).at(-1);
      expect(entry).toMatchObject({ operation: 'users.delete', bearer_id: id, resource_id: id });
    });

    it('a member has rights on itself, and none on others', async () => {
      const { id, key } = await createSignedIn();
      const other = await createMember(server);
      const change = { key, body: { first_name: 'Ada', email: 'mine@example.org', tags: ['a'] } };
      expect((await server.call('GET', `${path}/${id}`, { key })).body).toEqual(await get(id));
      expect((await server.call('PATCH', `${path}/${id}`, change)).body).toMatchObject(change.body);
      expect(
        (
          await server.call('POST', `${path}/${id}/update-password`, {
            key,
            body: { password: 'correct horse battery' },
          })
        ).status,
      ).toBe(200);
      const username = { key, body: { username: 'chosen' } };
      await expectRefused(
        server,
        ['POST', `${path}/${id}/update-username`, username],
        forbidden(['set_username', 'user']),
      );
      await expectRefused(server, ['POST', `${path}/${id}/unlock`, { key, body: {} }], forbidden(['lock', 'user']));
      await expectRefused(server, ['GET', path, { key }], forbidden(['list', 'user']));
      await expectRefused(server, ['GET', `${path}/${other.id}`, { key }], forbidden(['read', 'user']));
      await expectRefused(server, ['PATCH', `${path}/${other.id}`, change], forbidden(['write', 'user']));
      await expectRefused(server, ['DELETE', `${path}/${other.id}`, { key }], forbidden(['delete', 'user']));
    });
  });
}
