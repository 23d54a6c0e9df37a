import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { type PageSays, registerAuthenticator, SoftAuthenticator, startRegistration } from './support/authenticator.ts';
import { keyFor } from './support/bearers.ts';
import { forbidden, invalid, refusalOf, unknown } from './support/refusals.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { refused, signInOn, unknownAttempt } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
const noAnswer = invalid([
  'attestation_object',
  'constraint',
  'this is no answer to the challenge of the registration',
]);

/** What a page or an authenticator may not say. */
const lies: readonly PageSays[] = [
  { origin: 'https://iam.example.org.evil.example' },
  { origin: 'http://iam.example.org' },
  { rpId: 'example.org' },
  { type: 'webauthn.other' },
  { flags: 0 },
];

for (const database of databases()) {
  describe(`authenticators on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });

    const member = async () => {
      const { id, username } = await auth.member();
      const key = await keyFor(server, { user_id: id });
      const finish = (body: Json) =>
        server.call('POST', `${iam}/users/${id}/finish-webauthn-registration`, { key, body });
      return { id, username, key, finish, start: () => startRegistration(server, id, key) };
    };
    /** A sign-in that waits for the authenticator, and what that is to sign. */
    const asked = async (username: string): Promise<{ readonly attempt: string; readonly challenge: string }> => {
      const { status, attempt } = await auth.signIn(username);
      expect(status).toBe('second_factor_needed');
      return { attempt, challenge: (await auth.done('webauthn', { attempt })).challenge };
    };
    const listOf = async (id: string): Promise<Json> =>
      (await server.call('GET', `${iam}/users/${id}/webauthn-authenticators`)).body;

    it('one that is registered is asked for at sign-in, and its signature finishes it', async () => {
      const { id, username, key } = await member();
      const { authenticator, id: authenticatorId } = await registerAuthenticator(server, id, key);
      expect(await auth.userRow(id)).toMatchObject({ mfa: 1 });
      const step = await auth.signIn(username);
      expect(step).toMatchObject({ status: 'second_factor_needed', second_factors: ['webauthn'] });
      const question = await auth.done('webauthn', { attempt: step.attempt });
      expect(question).toEqual({
        challenge: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        rp_id: 'iam.example.org',
        timeout: '300s',
        allow_credentials: [authenticator.credentialId.toString('base64')],
        user_verification: 'discouraged',
      });
      expect((await listOf(id)).authenticators[0].last_login_at).toBe(null);
      const proof = { attempt: step.attempt, webauthn: authenticator.assert(question.challenge) };
      expect((await auth.done('second-factor', proof)).status).toBe('signed_in');
      expect(await listOf(id)).toEqual({
        authenticators: [
          { id: authenticatorId, name: 'key ring', created_at: expect.any(String), last_login_at: expect.any(String) },
        ],
        total_count: 1,
      });
    });

    it('with both kinds the authenticator is offered first, and either finishes', async () => {
      const { id, username, key } = await member();
      const passwords = await setUpOneTimePasswords(server, id, key);
      await registerAuthenticator(server, id, key);
      const step = await auth.signIn(username);
      expect(step.second_factors).toEqual(['webauthn', 'one_time_password']);
      const proof = { attempt: step.attempt, one_time_password: passwords.next() };
      expect((await auth.done('second-factor', proof)).status).toBe('signed_in');
    });

    it('a registration takes only an answer to its own challenge, from the right page, once, within five minutes', async () => {
      const { id, key, finish, start } = await member();
      const authenticator = new SoftAuthenticator();
      const first = await start();
      for (const lie of lies)
        expect(refusalOf(await finish(authenticator.register(first, lie))), JSON.stringify(lie)).toEqual(noAnswer);
      const other = { ...first, challenge: Buffer.alloc(32).toString('base64') };
      expect(refusalOf(await finish(authenticator.register(other)))).toEqual(noAnswer);
      const right = authenticator.register(first);
      for (const name of ['attestation_object', 'client_data_json'])
        expect(refusalOf(await finish({ ...right, [name]: 'oA==' })), name).toEqual(noAnswer);
      const elsewhere = await finish({ ...right, origin: 'https://evil.example' });
      expect(refusalOf(elsewhere)).toEqual(invalid(['origin', 'constraint', 'value must be https://iam.example.org']));
      expect((await finish(right)).status).toBe(200);
      expect(refusalOf(await finish(right))).toEqual(unknown('webauthn_ceremony', first.ceremony_id));
      const again = await start();
      expect(again.exclude_credentials).toEqual([authenticator.credentialId.toString('base64')]);
      expect((await finish(authenticator.register(again))).body).toMatchObject({ type: 'already_exists' });
      const late = await start();
      server.clock.advance(301);
      const tooLate = await finish(new SoftAuthenticator().register(late));
      expect(refusalOf(tooLate)).toEqual(unknown('webauthn_ceremony', late.ceremony_id));
      const wrongPage = `${iam}/users/${id}/start-webauthn-registration?origin=https://evil.example`;
      expect((await server.call('POST', wrongPage, { key })).status).toBe(400);
    });

    it('a sign-in takes only a signature of its own challenge, of the right page and authenticator, that counts on', async () => {
      const { id, username, key } = await member();
      const { authenticator } = await registerAuthenticator(server, id, key);
      const wrong = async (make: (challenge: string) => Json) => {
        await auth.forgetTries();
        const { attempt, challenge } = await asked(username);
        expect(refusalOf(await auth.call('second-factor', { attempt, webauthn: make(challenge) }))).toEqual(refused);
        await server.services.storage.db.updateTable('users').set({ failed_sign_ins: 0 }).execute();
        return { attempt, challenge };
      };
      for (const lie of lies) await wrong((challenge) => authenticator.assert(challenge, lie));
      await wrong((challenge) => new SoftAuthenticator().assert(challenge));
      await wrong((challenge) => ({ ...authenticator.assert(challenge), signature: 'AAAA' }));
      await wrong((challenge) => ({ ...authenticator.assert(challenge), authenticator_data: 'AAAA' }));
      await wrong((challenge) => ({ ...authenticator.assert(challenge), raw_id: 'AAAA' }));
      await wrong(() => authenticator.assert(Buffer.alloc(32).toString('base64')));
      const { attempt, challenge } = await wrong((of) => authenticator.assert(of, { count: 0 }));
      // The challenge was used up by the wrong one, though the attempt was not.
      const late = await auth.call('second-factor', {
        attempt,
        webauthn: authenticator.assert(challenge, { count: 50 }),
      });
      expect(refusalOf(late)).toEqual(refused);
      const fresh = (await auth.done('webauthn', { attempt })).challenge;
      const proof = { attempt, webauthn: authenticator.assert(fresh, { count: 60 }) };
      expect((await auth.done('second-factor', proof)).status).toBe('signed_in');
      // A copy that has not counted on.
      await wrong((of) => authenticator.assert(of, { count: 60 }));
      // What answers one attempt is nothing in another.
      const [one, two] = [await asked(username), await asked(username)];
      const answer = authenticator.assert(one.challenge, { count: 70 });
      expect(refusalOf(await auth.call('second-factor', { attempt: two.attempt, webauthn: answer }))).toEqual(refused);
      expect((await auth.done('second-factor', { attempt: one.attempt, webauthn: answer })).status).toBe('signed_in');
      const replayed = await auth.call('second-factor', { attempt: one.attempt, webauthn: answer });
      expect(refusalOf(replayed)).toEqual(unknownAttempt);
    });

    it('of a hundred uses of one signature, and of one registration, at once, one wins', async () => {
      const { username, finish, start } = await member();
      const authenticator = new SoftAuthenticator();
      const body = authenticator.register(await start());
      const registered = await Promise.all(Array.from({ length: 100 }, () => finish(body)));
      expect(registered.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(registered.filter(({ status }) => status === 404)).toHaveLength(99);
      const { attempt, challenge } = await asked(username);
      const proof = { attempt, webauthn: authenticator.assert(challenge) };
      const answers = await Promise.all(Array.from({ length: 100 }, () => auth.call('second-factor', proof)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    });

    it('a user has its own and renames them; who manages users takes them away', async () => {
      const [one, other] = [await member(), await member()];
      const { id } = await registerAuthenticator(server, one.id, one.key);
      const path = `${iam}/webauthn-authenticator/${id}`;
      const rename = { authenticator_name: 'blue one' };
      expect(refusalOf(await server.call('PATCH', path, { key: other.key, body: rename }))).toEqual(
        forbidden(['write', 'self_mfa']),
      );
      expect(refusalOf(await server.call('PATCH', path, { body: rename }))).toEqual(forbidden(['write', 'self_mfa']));
      expect((await server.call('PATCH', path, { key: one.key, body: rename })).body).toMatchObject({
        name: 'blue one',
      });
      expect((await server.call('PATCH', path, { key: one.key, body: {} })).body).toMatchObject({ name: 'blue one' });
      expect(refusalOf(await server.call('DELETE', path, { key: other.key }))).toEqual(
        forbidden(['delete', 'user_mfa']),
      );
      const { secretKey } = await server.anotherOrganization();
      expect(refusalOf(await server.call('DELETE', path, { key: secretKey }))).toEqual(
        unknown('webauthn_authenticator', id),
      );
      const begun = await one.start();
      const foreign = await other.finish(new SoftAuthenticator().register(begun));
      expect(refusalOf(foreign)).toEqual(unknown('webauthn_ceremony', begun.ceremony_id));
      expect((await server.call('DELETE', path)).status).toBe(204);
      expect(await auth.userRow(one.id)).toMatchObject({ mfa: 0 });
      expect((await auth.signIn(one.username)).status).toBe('signed_in');
      const last = (await auditEntries(server)).findLast(({ operation }) => operation === 'webauthn.delete');
      expect(last).toMatchObject({ resource_type: 'user', resource_id: one.id, ip: '127.0.0.1', user_agent: 'tests' });
    });

    it('nobody has more than twenty', async () => {
      const { id, key } = await member();
      for (let number = 0; number < 20; number += 1) await registerAuthenticator(server, id, key);
      const path = `${iam}/users/${id}/start-webauthn-registration?origin=https://iam.example.org`;
      expect((await server.call('POST', path, { key })).status).toBe(412);
      const { authenticators, total_count } = (
        await server.call('GET', `${iam}/users/${id}/webauthn-authenticators?page_size=5&page=2`, { key })
      ).body;
      expect([authenticators.length, total_count]).toEqual([5, 20]);
    });
  });

  describe(`authenticators without a name of the server on ${database.name}`, () => {
    const server = serverOn(database, { settings: { publicUrl: () => 'http://127.0.0.1:8080' } });

    it('are told what is missing', async () => {
      const path = `${iam}/users/${server.organization.ownerId}/start-webauthn-registration?origin=http://127.0.0.1:8080`;
      const { status, body } = await server.call('POST', path);
      expect([status, body.precondition]).toEqual([412, 'attribute_must_be_set']);
    });
  });
}
