import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardRows } from '../../../scripts/guard-rows.ts';
import { databases } from '../../../test-support/databases.ts';
import { anotherApp } from './support/attacks.ts';
import { createMember, keyFor } from './support/bearers.ts';
import { dumpTables } from './support/dump.ts';
import { type GuardWorld, guardApplication, guardMember, guardSamples } from './support/guard-samples.ts';
import { type Call, callsTo, serverOn, type TestServer } from './support/server.ts';

const iam = '/iam/v1alpha1';
/** Answers that show a secret, which is what they are for. */
const makers = [
  `POST ${iam}/api-keys`,
  `POST ${iam}/jwts`,
  ...['start', 'password', 'send-code', 'code', 'second-factor', 'renew'].map((step) => `POST /auth/v1/${step}`),
];
/** Those of a user. */
const ofUser = /\/(mfa-otp|mfa-otp-address|validate-mfa-otp|initiate-connection)$/;
const password = 'a canary of a password';

for (const database of databases()) {
  describe(`secrets on ${database.name}`, () => {
    const quotas = { iam_users: null, iam_applications: null, iam_groups: null, iam_policies: null };
    const own = serverOn(database, { quotas });
    let server: TestServer;
    let app: FastifyInstance;
    const secrets = new Set<string>([password, 'correct horse battery']);
    /** Everything that left the server, but for what makes a secret. */
    const seen: string[] = [];
    const lines: string[] = [];

    beforeAll(async () => {
      app = await anotherApp(own.services, { lines });
      server = { ...own, call: watched(callsTo(app, own.organization.secretKey)) };
    });
    afterAll(() => app.close());

    /** Calls the app whose log is read, and keeps what it answers. */
    const watched =
      (call: Call): Call =>
      async (method, path, options = {}) => {
        const { key = own.organization.secretKey, headers = {} } = options;
        for (const each of [key, headers['x-session-token']]) if (each) secrets.add(each);
        const answer = await call(method, path, options);
        const { status, body, text } = answer;
        if ((makers.includes(`${method} ${path}`) || ofUser.test(path)) && status === 200) {
          const { secret_key, token, renew_token, attempt, secret, recovery_codes = [] } = body;
          const made = [secret_key, token, renew_token, attempt, secret, ...recovery_codes];
          for (const each of made) if (each) secrets.add(each);
        } else seen.push(text, JSON.stringify(answer.headers));
        return answer;
      };

    const expectNoSecret = async () => {
      const tables = JSON.stringify(await dumpTables(server.services));
      expect(secrets.size).toBeGreaterThan(20);
      expect(lines.length).toBeGreaterThan(100);
      const places = { answers: seen.join('\n'), log: lines.join(''), tables };
      for (const [place, text] of Object.entries(places)) {
        // Not shown by a failure, which is read by others too.
        for (const secret of secrets) expect(text.includes(secret), `a secret in the ${place}`).toBe(false);
        for (const secret of secrets) expect(text.includes(btoa(secret)), `a secret in the ${place}`).toBe(false);
      }
    };

    it('are in no later answer, log line or table, whatever is asked', async () => {
      const { organizationId: organization } = server.organization;
      const { body: project } = await server.call('POST', '/account/v3/projects', { body: { name: 'rooms' } });
      const otherUser = await guardMember(server);
      const world: GuardWorld = {
        ...{ server, organization, project: project.id, otherUser },
        otherApplication: await guardApplication(server),
      };
      const withPassword = await createMember(server, { password });
      const owner = { kind: 'user', id: server.organization.ownerId, key: server.organization.secretKey } as const;
      for (const { operation, method, when } of guardRows()) {
        for (const about of [world.otherUser, world.otherApplication, owner]) {
          // What the owner can do to itself last of all is not tried.
          if (about === owner && operation.startsWith('users.')) continue;
          const [path, options] = await guardSamples[operation](world, about, when);
          for (const key of [owner.key, otherUser.key, null]) await server.call(method, path, { ...options, key });
        }
      }
      await server.call('POST', `${iam}/users/${withPassword.id}/update-password`, {
        body: { password: `${password}2` },
      });
      secrets.add(`${password}2`);
      await expectNoSecret();
    });

    it('are in no refusal and no log line, wherever they are sent by mistake', async () => {
      const { id } = await createMember(server, { password });
      const secret = await keyFor(server, { user_id: id });
      const { body: session } = await server.call('POST', `${iam}/jwts`, { key: secret, body: { user_id: id } });
      for (const leaked of [secret, session.token, password]) {
        const encoded = encodeURIComponent(leaked);
        const requests: readonly (readonly [string, string, Parameters<Call>[2]?])[] = [
          ['GET', `${iam}/api-keys/${encoded}`],
          ['GET', `${iam}/users?order_by=${encoded}`],
          ['GET', `${iam}/users/${id}?page=${encoded}`],
          ['GET', `${iam}/users`, { key: null, headers: { 'x-auth-token': leaked.slice(1) } }],
          ['GET', `${iam}/users`, { key: null, headers: { 'x-session-token': leaked } }],
          ['GET', `${iam}/users`, { headers: { 'x-bailiwick-at-least': leaked } }],
          ['POST', `${iam}/groups`, { raw: `{"name": "${leaked}` }],
          ['POST', `${iam}/groups`, { raw: `"${leaked}"` }],
          ['POST', `${iam}/groups`, { raw: leaked, headers: { 'content-type': 'text/plain' } }],
          ['POST', `${iam}/users/${id}/update-password`, { body: { password: [leaked] } }],
          ['POST', `${iam}/users/${id}/update-password`, { body: { password: leaked.repeat(100) } }],
          ['POST', `${iam}/explain`, { body: { permission: leaked, subject: { secret_key: leaked } } }],
          ['POST', `${iam}/explain`, { body: { permission: 'iam:user:list', subject: { session_token: leaked } } }],
        ];
        for (const [method, path, options] of requests) {
          const { status } = await server.call(method, path, options);
          expect(status, path).toBeLessThan(500);
        }
      }
      await expectNoSecret();
    });

    it('are in no log line of a request that fails within', async () => {
      const broken = {
        ...server.services.ids,
        uuid: () => {
          throw new Error('no more ids');
        },
      };
      const failing = await anotherApp({ ...server.services, ids: broken }, { lines });
      const headers = { 'x-auth-token': server.organization.secretKey };
      const member = { username: 'canary', email: 'canary@example.org', password };
      const answer = await failing.inject({ method: 'POST', url: `${iam}/users`, headers, payload: { member } });
      expect(answer.statusCode).toBe(500);
      expect(Object.keys(answer.json())).toEqual(['message', 'request_id', 'type']);
      expect(lines.join('')).toContain('no more ids');
      seen.push(answer.body);
      await expectNoSecret();
      await failing.close();
    });
  });
}
