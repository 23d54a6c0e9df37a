import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { deriveSecrets } from '../src/secrets.ts';
import { isWellFormedToken } from '../src/tokens.ts';
import { auditEntries } from './support/audit.ts';
import { createApplication, createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { ordersBy, refusedPaging } from './support/limits.ts';
import { expectOrder, idsOf } from './support/lists.ts';
import { expectRefused, type Fault, forbidden, help, invalid, unauthenticated, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/jwts';
const nobody = '6f0c0000-0000-4000-8000-000000000001';
const micros = (text: string) => Date.parse(text) * 1000 + Number(text.slice(-4, -1));

for (const database of databases()) {
  describe(`session tokens on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    let owner: string;

    beforeAll(() => {
      owner = server.organization.ownerId;
    });

    /** A member with a key, who begins sessions. */
    const createUser = async () => {
      const { id } = await createMember(server);
      const key = await keyFor(server, { user_id: id });
      const list = { path: `${path}?audience_id=${id}`, items: 'jwts', id: 'jti' };
      return { id, key, list, begin: (): Promise<Json> => createSession(server, id, key) };
    };
    /** The ids of a user's sessions, as the user sees them. */
    const sessionsOf = ({ id, key }: { id: string; key: string }, query = '') =>
      server.call('GET', `${path}?audience_id=${id}&page_size=100${query}`, { key }).then(({ body }) => {
        expect(body.total_count).toBe(body.jwts.length);
        return body.jwts.map(({ jti }: Json) => jti) as string[];
      });

    it('a session lasts an hour and shows who began it from where, its members in the order of the wire', async () => {
      const headers = { 'user-agent': 'console/1.0' };
      const answer = await server.call('POST', path, { headers, body: { user_id: owner, referrer: 'https://x' } });
      const { jwt, token, renew_token } = answer.body;
      const expected = {
        jti: jwt.jti,
        issuer_id: owner,
        audience_id: owner,
        created_at: jwt.created_at,
        updated_at: jwt.created_at,
        expires_at: jwt.expires_at,
        ip: '127.0.0.1',
        user_agent: 'console/1.0',
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ jwt: expected, token, renew_token })]);
      expect(jwt.jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(micros(jwt.expires_at) - micros(jwt.created_at)).toBe(3_600_000_000);
      expect(isWellFormedToken('bwrt', renew_token)).toBe(true);
      expect((await server.call('GET', `${path}/${jwt.jti.toUpperCase()}`)).text).toBe(JSON.stringify(expected));
      const listed = await server.call('GET', `${path}?audience_id=${owner}`);
      expect(listed.text).toBe(`{"jwts":[${JSON.stringify(expected)}],"total_count":1}`);
    });

    it('a token is signed with the published key and names its user, its session and its end', async () => {
      const { jwt, token } = (await server.call('POST', path, { body: { user_id: owner } })).body;
      const { body: keys } = await server.call('GET', '/.well-known/jwks.json', { key: null });
      const key = createPublicKey({ key: keys.keys[0], format: 'jwk' });
      const { payload } = await jwtVerify(token, key, { currentDate: new Date(jwt.created_at) });
      const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);
      expect(payload).toEqual({
        iss: 'https://iam.example.org',
        sub: owner,
        aud: owner,
        jti: jwt.jti,
        iat: seconds(jwt.created_at),
        exp: seconds(jwt.expires_at),
      });
      expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: keys.keys[0].kid });
    });

    it('a session does what its user may do, and what it does stands in the log under its user', async () => {
      const user = await createUser();
      const { token } = await user.begin();
      const itself = `/iam/v1alpha1/users/${user.id}`;
      const options = { ...withSession(token), body: { first_name: 'Ada' } };
      expect((await server.call('PATCH', itself, options)).body.first_name).toBe('Ada');
      expect((await auditEntries(server)).at(-1)).toMatchObject({ bearer_type: 'user', bearer_id: user.id });
      const others = ['GET', '/iam/v1alpha1/users', withSession(token)] as const;
      await expectRefused(server, others, forbidden(['list', 'user']));
      const another = await server.call('POST', path, { ...withSession(token), body: { user_id: user.id } });
      expect(another.body.jwt).toMatchObject({ issuer_id: user.id, audience_id: user.id });
    });

    it('a deleted session ends at once, and by itself too', async () => {
      const user = await createUser();
      const [first, second] = [await user.begin(), await user.begin()];
      const end = (jti: string, options: Json) => server.call('DELETE', `${path}/${jti}`, options);
      const deleted = await end(first.jwt.jti, { key: user.key });
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      expect((await end(second.jwt.jti, withSession(second.token))).status).toBe(204);
      for (const { jwt, token } of [first, second]) {
        await expectRefused(server, ['GET', user.list.path, withSession(token)], unauthenticated('jwt', 'not_found'));
        await expectRefused(server, ['GET', `${path}/${jwt.jti}`, { key: user.key }], unknown('jwt', jwt.jti));
        await expectRefused(server, ['DELETE', `${path}/${jwt.jti}`, { key: user.key }], unknown('jwt', jwt.jti));
      }
      expect(await sessionsOf(user)).toEqual([]);
    });

    it('a session works until its end and not any longer, but stays listed as expired', async () => {
      const user = await createUser();
      const old = await user.begin();
      server.clock.advance(3590);
      const young = await user.begin();
      expect((await server.call('GET', user.list.path, withSession(old.token))).status).toBe(200);
      expect(await sessionsOf(user, '&expired=false')).toEqual([old.jwt.jti, young.jwt.jti]);
      expect(await sessionsOf(user, '&expired=true')).toEqual([]);
      server.clock.advance(11);
      await expectRefused(server, ['GET', user.list.path, withSession(old.token)], unauthenticated('jwt', 'expired'));
      expect(await sessionsOf(user, '&expired=True')).toEqual([old.jwt.jti]);
      expect(await sessionsOf(user, '&expired=false')).toEqual([young.jwt.jti]);
      expect(await sessionsOf(user)).toEqual([old.jwt.jti, young.jwt.jti]);
      expect((await server.call('GET', user.list.path, withSession(young.token))).status).toBe(200);
    });

    it('the end that is kept counts, even if a token says a later one', async () => {
      const user = await createUser();
      const { jwt, token } = await user.begin();
      const { db } = server.services.storage;
      const request = ['GET', user.list.path, withSession(token)] as const;
      expect((await server.call(...request)).status).toBe(200);
      await db.updateTable('jwts').set({ expires_at: server.clock.now() }).where('jti', '=', jwt.jti).execute();
      await expectRefused(server, request, unauthenticated('jwt', 'expired'));
    });

    it('a user has at most a hundred sessions: one more ends the oldest, and those of others stay', async () => {
      const [user, other] = [await createUser(), await createUser()];
      const kept = await other.begin();
      const oldest = await user.begin();
      const later: string[] = [];
      for (let index = 0; index < 100; index += 1) later.push((await user.begin()).jwt.jti);
      expect(await sessionsOf(user)).toEqual(later);
      await expectRefused(
        server,
        ['GET', user.list.path, withSession(oldest.token)],
        unauthenticated('jwt', 'not_found'),
      );
      expect(await sessionsOf(other)).toEqual([kept.jwt.jti]);
    });

    it('lists are ordered by beginning and by renewal, ids decide between equals, and pages end', async () => {
      const user = await createUser();
      // A list of sessions is for its user only, so the lists are read with the user's key.
      const reader = { ...server, call: (method: string, at: string) => server.call(method, at, { key: user.key }) };
      const begun: string[] = [];
      for (let index = 0; index < 4; index += 1) begun.push((await user.begin()).jwt.jti);
      for (const field of ['created_at', 'updated_at']) await expectOrder(reader, user.list, field, begun);
      expect(await idsOf(reader, user.list)).toEqual(begun);
      const { db } = server.services.storage;
      await db.updateTable('jwts').set({ created_at: 1, updated_at: 1 }).where('audience_id', '=', user.id).execute();
      for (const field of ['created_at', 'updated_at']) await expectOrder(reader, user.list, field, begun.toSorted());
      const beyond = await server.call('GET', `${user.list.path}&page=10000`, { key: user.key });
      expect(beyond.text).toBe('{"jwts":[],"total_count":4}');
    });

    it('a token that is forged, changed, of another key or no token at all is refused', async () => {
      const user = await createUser();
      const { token } = await user.begin();
      const [header = '', , signature = ''] = token.split('.');
      const payload = Buffer.from(JSON.stringify({ ...decodeJwt(token), aud: owner, sub: owner })).toString(
        'base64url',
      );
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const claims = decodeJwt(token);
      const { kid, privateKey } = server.services.secrets.signingKey(0);
      const signed = (alter: Json) =>
        new SignJWT({ ...claims, ...alter }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey);
      const foreign = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .sign(deriveSecrets([{ id: null, bytes: Buffer.alloc(32, 8) }]).signingKey(0).privateKey);
      const malformed = ['', 'a', 'a.b.c', `${header}.${payload}.${signature}`, `${none}.${payload}.`, foreign];
      malformed.push(
        await signed({ iss: 'https://elsewhere.example.org' }),
        await signed({ jti: undefined }),
        user.key,
      );
      for (const forged of malformed) {
        const request = ['GET', user.list.path, withSession(forged)] as const;
        await expectRefused(server, request, unauthenticated('jwt', 'invalid_argument'));
      }
      // Signed by us, and yet not in the database: another session's id, or another user's.
      for (const forged of [await signed({ jti: nobody }), await signed({ aud: owner, sub: owner })]) {
        const request = ['GET', user.list.path, withSession(forged)] as const;
        await expectRefused(server, request, unauthenticated('jwt', 'not_found'));
      }
    });

    it('a secret key has precedence over a session token', async () => {
      const user = await createUser();
      const { token } = await user.begin();
      const headers = { 'x-session-token': token };
      expect((await server.call('GET', '/iam/v1alpha1/users', { headers })).status).toBe(200);
      const request = ['GET', user.list.path, { key: nobody, headers }] as const;
      await expectRefused(server, request, unauthenticated('api_key', 'not_found'));
    });

    it('sessions are for users, and each only for itself: the owner sees and ends none of others', async () => {
      const user = await createUser();
      const { jwt } = await user.begin();
      const { id: application } = await createApplication(server);
      const key = await keyFor(server, { application_id: application });
      const own = ['GET', `${path}?audience_id=${application}`, { key }] as const;
      await expectRefused(server, own, forbidden(['list', 'self_jwt']));
      const begin = (user_id: string, caller?: Json) => ['POST', path, { ...caller, body: { user_id } }] as const;
      await expectRefused(server, begin(application, { key }), forbidden(['create', 'self_jwt']));
      await expectRefused(server, begin(user.id), forbidden(['create', 'self_jwt']));
      await expectRefused(server, ['GET', user.list.path], forbidden(['list', 'self_jwt']));
      for (const method of ['GET', 'DELETE'])
        await expectRefused(server, [method, `${path}/${jwt.jti}`], unknown('jwt', jwt.jti));
      expect(await sessionsOf(user)).toEqual([jwt.jti]);
    });

    it('session tokens and renew tokens are kept nowhere, and shown only to who began the session', async () => {
      const user = await createUser();
      const { jwt, token, renew_token } = await user.begin();
      const rows = await server.services.storage.db.selectFrom('jwts').selectAll().execute();
      const entries = await auditEntries(server);
      expect(entries.at(-1)).toMatchObject({ operation: 'jwts.create', resource_type: 'jwt', resource_id: jwt.jti });
      const listed = await server.call('GET', user.list.path, { key: user.key });
      const shown = await server.call('GET', `${path}/${jwt.jti}`, { key: user.key });
      const seen = [JSON.stringify(rows), JSON.stringify(entries), listed.text, shown.text];
      for (const text of seen) {
        expect(text).toContain(jwt.jti);
        for (const secret of [token, token.split('.')[2], renew_token]) expect(text.includes(secret)).toBe(false);
      }
    });

    it('jwts.create and jwts.list refuse what is no user, and pages that are wrong', async () => {
      const create = (body: Json) => ['POST', path, { body }] as const;
      await expectRefused(server, create({}), invalid(['user_id', 'required', help.required]));
      await expectRefused(server, create({ user_id: 'me' }), invalid(['user_id', 'format', help.uuid]));
      const referrer = { user_id: owner, referrer: 'r'.repeat(2049) };
      await expectRefused(server, create(referrer), invalid(['referrer', 'constraint', help.atMost(2048)]));
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at', 'updated_at')),
        ['expired=maybe', ['expired', 'format', help.type('boolean')]],
      ];
      for (const [query, fault] of refused)
        await expectRefused(server, ['GET', `${path}?audience_id=${owner}&${query}`], invalid(fault));
      await expectRefused(server, ['GET', path], invalid(['audience_id', 'required', help.required]));
      await expectRefused(server, ['GET', `${path}?audience_id=me`], invalid(['audience_id', 'format', help.uuid]));
      await expectRefused(server, ['GET', `${path}/mine`], invalid(['jti', 'format', help.uuid]));
      await expectRefused(server, ['GET', `${path}/${nobody}`], unknown('jwt', nobody));
    });

    const existing = async () => (await server.call('POST', path, { body: { user_id: owner } })).body.jwt.jti;
    itIsGuarded('jwts', () => server, existing, {
      'jwts.list': [`GET ${path}?audience_id={id}`, 'list self_jwt'],
      'jwts.create': [`POST ${path}`, 'create self_jwt', { user_id: '{id}' }],
      'jwts.get': [`GET ${path}/{id}`, 'read self_jwt'],
      'jwts.delete': [`DELETE ${path}/{id}`, 'delete self_jwt'],
    });
  });
}
