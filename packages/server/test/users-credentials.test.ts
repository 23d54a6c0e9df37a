import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { create, createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { expectRefused, forestalled, help, invalid, taken, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/users';

for (const database of databases()) {
  describe(`usernames, passwords and sessions of users on ${database.name}`, () => {
    const server = serverOn(database);
    let owner: string;

    beforeAll(() => {
      owner = server.organization.ownerId;
    });

    const get = async (id: string): Promise<Json> => (await server.call('GET', `${path}/${id}`)).body;
    const act = (id: string, action: string, body: Json = {}) =>
      server.call('POST', `${path}/${id}/${action}`, { body });
    const storedPassword = async (id: string) => {
      const { db } = server.services.storage;
      const row = await db.selectFrom('users').select('password_hash').where('id', '=', id).executeTakeFirstOrThrow();
      return row.password_hash;
    };
    /** A member with a key and two sessions. */
    const createSignedIn = async (member: Json = {}) => {
      const { id } = await createMember(server, member);
      const key = await keyFor(server, { user_id: id });
      const [first, second] = [await createSession(server, id, key), await createSession(server, id, key)];
      return { id, key, sessions: [first.token as string, second.token as string], first, second } as const;
    };
    const isAlive = async (id: string, token: string) =>
      (await server.call('GET', `${path}/${id}`, withSession(token))).status === 200;
    const expectEnded = (id: string, token: string) =>
      expectRefused(server, ['GET', `${path}/${id}`, withSession(token)], unauthenticated('jwt', 'not_found'));

    it('a username changes by itself; its answer has a new updated_at and later ones a newer', async () => {
      const made = await createMember(server);
      const { body } = await act(made.id, 'update-username', { username: 'Renamed' });
      expect(body).toEqual({ ...made, username: 'Renamed', updated_at: body.updated_at });
      const later = await get(made.id);
      expect(later).toEqual({ ...body, updated_at: later.updated_at });
      expect([body.updated_at > made.updated_at, later.updated_at > body.updated_at]).toEqual([true, true]);
      expect((await act(made.id, 'update-username', { username: 'RENAMED' })).body.username).toBe('RENAMED');
      const other = await createMember(server);
      const refused = taken('user', made.id, 'the username "renamed" is taken: choose another');
      await expectRefused(
        server,
        ['POST', `${path}/${other.id}/update-username`, { body: { username: 'renamed' } }],
        refused,
      );
    });

    it('users.updateUsername refuses the owner and what is no username', async () => {
      const request = (id: string, body: Json) => ['POST', `${path}/${id}/update-username`, { body }] as const;
      const refused = forestalled('protected_resource', "the owner's username is its e-mail address");
      await expectRefused(server, request(owner, { username: 'boss' }), refused);
      const { id } = await createMember(server);
      const pattern = help.pattern('^[a-zA-Z0-9@._-]+$');
      await expectRefused(server, request(id, {}), invalid(['username', 'required', help.required]));
      await expectRefused(server, request(id, { username: 'a' }), invalid(['username', 'constraint', help.atLeast(2)]));
      await expectRefused(
        server,
        request(id, { username: 'a'.repeat(151) }),
        invalid(['username', 'constraint', help.atMost(150)]),
      );
      await expectRefused(server, request(id, { username: 'a b' }), invalid(['username', 'format', pattern]));
      expect((await act(id, 'update-username', { username: 'a'.repeat(150) })).status).toBe(200);
    });

    it('a password is kept as argon2id, may have 72 bytes and none of its answers shows it', async () => {
      const password = `é${'p'.repeat(70)}`;
      const made = await createMember(server, { password });
      const first = await storedPassword(made.id);
      expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      const answer = await act(made.id, 'update-password', { password: 'p'.repeat(72) });
      expect(answer.body).toEqual({ ...made, updated_at: answer.body.updated_at });
      expect(answer.body.updated_at > made.updated_at).toBe(true);
      expect(await storedPassword(made.id)).toMatch(/^\$argon2id\$/);
      expect(await storedPassword(made.id)).not.toBe(first);
    });

    it('a member without a password has none, whether it is left out, null or empty', async () => {
      for (const member of [{}, { password: null }, { password: '' }])
        expect(await storedPassword((await createMember(server, member)).id)).toBeNull();
    });

    it('users.updatePassword refuses an empty password, one of 73 bytes and none', async () => {
      const { id } = await createMember(server);
      const request = (body: Json) => ['POST', `${path}/${id}/update-password`, { body }] as const;
      await expectRefused(
        server,
        request({ password: '' }),
        invalid(['password', 'constraint', help.bytes('at least 1')]),
      );
      for (const password of ['p'.repeat(73), '😀'.repeat(18).concat('p')])
        await expectRefused(
          server,
          request({ password }),
          invalid(['password', 'constraint', help.bytes('at most 72')]),
        );
      for (const body of [{}, { password: null }])
        await expectRefused(server, request(body), invalid(['password', 'required', help.required]));
      await expectRefused(server, request({ password: 1 }), invalid(['password', 'format', help.type('string')]));
    });

    it('a new password ends the sessions of the user, and of nobody else', async () => {
      const [changed, other] = [await createSignedIn(), await createSignedIn()];
      expect((await act(changed.id, 'update-password', { password: 'open sesame street' })).status).toBe(200);
      for (const token of changed.sessions) await expectEnded(changed.id, token);
      expect(await isAlive(other.id, other.sessions[0]!)).toBe(true);
      expect((await server.call('GET', `${path}/${changed.id}`, { key: changed.key })).status).toBe(200);
    });

    it('a session that changes the password of its user goes on, the other ones end', async () => {
      const { id, sessions, second } = await createSignedIn();
      const [ended = '', kept = ''] = sessions;
      const options = { ...withSession(kept), body: { password: 'open sesame street' } };
      expect((await server.call('POST', `${path}/${id}/update-password`, options)).status).toBe(200);
      await expectEnded(id, ended);
      const list = { path: `/iam/v1alpha1/jwts?audience_id=${id}`, items: 'jwts', id: 'jti' };
      const { body } = await server.call('GET', list.path, withSession(kept));
      expect(body.jwts).toEqual([second.jwt]);
    });

    it('no password, secret key or session token is in any list, answer, log or audit entry', async () => {
      const password = 'never to be seen again';
      const { id, key, sessions, first, second } = await createSignedIn({ password });
      await act(id, 'update-password', { password: `${password}!` });
      const application = await create(server, '/iam/v1alpha1/applications', { name: 'web' });
      const appKey = await create(server, '/iam/v1alpha1/api-keys', { application_id: application.id });
      const session = await createSession(server, id, key);
      const paths = [
        ...['users', 'groups', 'applications', 'policies', 'api-keys', 'ssh-keys', 'logs'].map(
          (name) => `${name}?page_size=100`,
        ),
        `users/${id}`,
        `api-keys/${appKey.access_key}`,
      ];
      const seen = [JSON.stringify(await auditEntries(server))];
      for (const each of paths) {
        const { status, text } = await server.call('GET', `/iam/v1alpha1/${each}`);
        expect(status, text).toBe(200);
        seen.push(text);
      }
      for (const each of [`jwts?audience_id=${id}`, `jwts/${session.jwt.jti}`])
        seen.push((await server.call('GET', `/iam/v1alpha1/${each}`, { key })).text);
      expect(seen.join('')).toContain(session.jwt.jti);
      const hash = (await storedPassword(id)) ?? '';
      const tokens = [first, second, session].flatMap(({ token, renew_token }) => [token, renew_token]);
      const secrets = [password, hash, key, appKey.secret_key, server.organization.secretKey, ...sessions, ...tokens];
      for (const secret of secrets) {
        expect(secret).not.toBe('');
        expect(seen.join('').includes(secret)).toBe(false);
      }
    });
  });
}
