import { decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { signingPeriod } from '../src/jwts/signing-keys.ts';
import { auditEntries } from './support/audit.ts';
import { createSession, withSession } from './support/bearers.ts';
import { refusalOf, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';
import { signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const day = 86_400;

for (const database of databases()) {
  describe(`sessions on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const itself = (id: string, token: string) => server.call('GET', `${iam}/users/${id}`, withSession(token));
    const limitSessions = (seconds: number) =>
      server.call('PATCH', `${iam}/organizations/${server.organization.organizationId}/security-settings`, {
        body: { max_login_session_duration: `${seconds}s` },
      });
    const renew = (session: Json): Promise<Json> => auth.done('renew', { renew_token: session.renew_token });
    const renewal = async (session: Json) => refusalOf(await auth.call('renew', { renew_token: session.renew_token }));

    it('a session is renewed after its hour: the same session, with new tokens', async () => {
      const { id, username } = await auth.member();
      const first = await auth.signIn(username);
      server.clock.advance(3700);
      expect(refusalOf(await itself(id, first.token))).toEqual(unauthenticated('jwt', 'expired'));
      const second = await renew(first);
      expect(Object.keys(second)).toEqual(['jwt', 'token', 'renew_token']);
      expect(second.jwt).toMatchObject({ jti: first.jwt.jti, created_at: first.jwt.created_at });
      expect(second.jwt.expires_at > first.jwt.expires_at).toBe(true);
      expect(second.renew_token).not.toBe(first.renew_token);
      expect((await itself(id, second.token)).status).toBe(200);
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'signIn.renew', action: 'updated', resource_id: first.jwt.jti, bearer_id: id, reason: '' },
      });
    });

    it('a renew token that was used before ends the session, whoever has the newer one', async () => {
      const { id, username } = await auth.member();
      const first = await auth.signIn(username);
      const third = await renew(await renew(first));
      const other = await auth.signIn(username);
      expect(await renewal(first)).toEqual(unauthenticated('jwt', 'not_found'));
      expect(refusalOf(await itself(id, third.token))).toEqual(unauthenticated('jwt', 'not_found'));
      expect(await renewal(third)).toEqual(unauthenticated('jwt', 'not_found'));
      expect((await itself(id, other.token)).status).toBe(200);
      expect((await auditEntries(server)).at(-1)).toMatchObject({
        ...{ operation: 'signIn.renew', action: 'deleted', resource_type: 'jwt', resource_id: first.jwt.jti },
        reason: 'renew_token_reused',
      });
    });

    it('a session ends when the longest life is over, counted from the sign-in', async () => {
      const { id, username } = await auth.member();
      await limitSessions(7200);
      let session = await auth.signIn(username);
      server.clock.advance(3000);
      session = await renew(session);
      server.clock.advance(3000);
      session = await renew(session);
      // Twenty minutes are left.
      const left = Date.parse(session.jwt.expires_at) - Date.parse(session.jwt.updated_at);
      expect(Math.round(left / 1000)).toBe(1200);
      server.clock.advance(1199);
      expect((await itself(id, session.token)).status).toBe(200);
      server.clock.advance(2);
      expect((await itself(id, session.token)).status).toBe(401);
      expect(await renewal(session)).toEqual(unauthenticated('jwt', 'expired'));
      await limitSessions(30 * day);
    });

    it('a shorter longest life holds for running sessions at once', async () => {
      const { id, username } = await auth.member();
      const old = await auth.signIn(username);
      server.clock.advance(3500);
      const running = await renew(old);
      server.clock.advance(200);
      expect((await itself(id, running.token)).status).toBe(200);
      await limitSessions(3600);
      expect(refusalOf(await itself(id, running.token))).toEqual(unauthenticated('jwt', 'expired'));
      expect(await renewal(running)).toEqual(unauthenticated('jwt', 'expired'));
      await limitSessions(30 * day);
    });

    it('a session that is begun in a session ends with it at the latest', async () => {
      const { id, username } = await auth.member();
      await limitSessions(7200);
      const first = await auth.signIn(username);
      server.clock.advance(3500);
      const { body: second } = await server.call('POST', `${iam}/jwts`, {
        ...withSession(first.token),
        body: { user_id: id },
      });
      server.clock.advance(3699);
      expect((await renew(second)).jwt.jti).toBe(second.jwt.jti);
      const { ownerId, secretKey } = server.organization;
      const own = await createSession(server, ownerId, secretKey);
      server.clock.advance(2);
      expect((await auth.call('renew', { renew_token: second.renew_token })).status).toBe(401);
      expect((await auth.call('renew', { renew_token: own.renew_token })).status).toBe(200);
      await limitSessions(30 * day);
    });

    it('a session that was ended is not renewed', async () => {
      const { username } = await auth.member();
      const session = await auth.signIn(username);
      await server.call('DELETE', `${iam}/jwts/${session.jwt.jti}`, withSession(session.token));
      expect(await renewal(session)).toEqual(unauthenticated('jwt', 'not_found'));
    });

    it('keys take turns: the one before stays published and accepted, an older one does not', async () => {
      const { id, username } = await auth.member();
      const published = async (): Promise<string[]> =>
        (await server.call('GET', '/.well-known/jwks.json', { key: null })).body.keys.map(({ kid }: Json) => kid);
      const first = await auth.signIn(username);
      const [before = ''] = await published();
      expect(decodeProtectedHeader(first.token).kid).toBe(before);
      server.clock.advance(signingPeriod + 1);
      const [young, second] = [await auth.signIn(username), await auth.signIn(username)];
      const kid = decodeProtectedHeader(young.token).kid ?? '';
      expect(kid).not.toBe(before);
      expect(decodeProtectedHeader(second.token).kid).toBe(kid);
      expect(await published()).toEqual([kid, before]);
      // As an operator might who fears for the key: two generations on, what the first has signed counts no more.
      const { db } = server.services.storage;
      const { generation } = await db
        .selectFrom('signing_keys')
        .select('generation')
        .orderBy('generation', 'desc')
        .executeTakeFirstOrThrow();
      const retire = (next: number) =>
        db.insertInto('signing_keys').values({ generation: next, created_at: server.clock.now() }).execute();
      await retire(generation + 1);
      expect((await itself(id, young.token)).status).toBe(200);
      await retire(generation + 2);
      expect(refusalOf(await itself(id, young.token))).toEqual(unauthenticated('jwt', 'invalid_argument'));
      const renewed = await renew(young);
      expect((await itself(id, renewed.token)).status).toBe(200);
    });
  });
}
