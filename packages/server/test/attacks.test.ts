import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import {
  anotherApp,
  type Taking,
  takings,
  tellingOfAuthorization,
  waitingToBeAuthorized,
  waitingToBegin,
} from './support/attacks.ts';
import { historyOf } from './support/audit.ts';
import { keyFor } from './support/bearers.ts';
import { refusalOf, unauthenticated } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const unlimited = {
  iam_users: null,
  iam_applications: null,
  iam_groups: null,
  iam_policies: null,
  iam_api_keys: null,
  account_projects: null,
};

for (const database of databases()) {
  describe(`a right that is taken away on ${database.name}`, () => {
    const server = serverOn(database, { quotas: unlimited });
    let app: FastifyInstance;

    beforeAll(async () => {
      app = await anotherApp(server.services);
    });
    afterAll(async () => {
      await app.close();
    });

    const takeAway = async ({ takeAway: [method, path, body] }: Taking) => {
      const answer = await server.call(method, path, { body });
      expect(answer.status, answer.text).toBeLessThan(300);
      return Number(answer.headers['x-bailiwick-revision']);
    };

    /** The whole answer, so that it tells nothing else. */
    const expectRefusal = (answer: LightMyRequestResponse, { refusal: [status, details], tells }: Taking) => {
      expect([answer.statusCode, answer.json()]).toEqual([
        status,
        tells ??
          (status === 403
            ? { details, message: 'insufficient permissions', type: 'permissions_denied' }
            : { ...details, message: 'authentication is denied', type: 'denied_authentication' }),
      ]);
    };

    for (const [what, prepare] of Object.entries(takings)) {
      it(`${what} counts at the very next request`, async () => {
        const taking = await prepare(server);
        for (let again = 0; again < 3; again += 1)
          expect((await app.inject(taking.change())).statusCode).toBeLessThan(300);
        await takeAway(taking);
        for (let again = 0; again < 3; again += 1) expectRefusal(await app.inject(taking.change()), taking);
      });

      it(`${what} counts for a request that was known already, and not authorized yet`, async () => {
        const taking = await prepare(server);
        const gate = waitingToBeAuthorized(server.services);
        const gated = await anotherApp(gate.services);
        const change = gated.inject(taking.change());
        await gate.arrived;
        await takeAway(taking);
        const before = await historyOf(server);
        gate.open();
        const answer = await change;
        // Whoever was known just before may be refused for what it may do.
        expect([401, 403], answer.body).toContain(answer.statusCode);
        expect(await historyOf(server)).toEqual(before);
        await gated.close();
      });

      it(`${what} counts for a change that was authorized already, and waits for its turn`, async () => {
        const taking = await prepare(server);
        const { revision, entries } = await historyOf(server);
        const gate = waitingToBegin(server.services);
        const watched = tellingOfAuthorization(server.services);
        const [first, second] = [await anotherApp(gate.services), await anotherApp(watched.services)];
        const [method, url, payload] = taking.takeAway;
        const headers = { 'x-auth-token': server.organization.secretKey };
        const taken = first.inject({ method: method as 'POST', url, headers, ...(payload && { payload }) });
        await gate.arrived;
        const change = second.inject(taking.change());
        await watched.arrived;
        await setImmediate();
        gate.open();
        expect((await taken).statusCode).toBeLessThan(300);
        expectRefusal(await change, taking);
        // The one that took the right away, and no other.
        expect(await historyOf(server)).toEqual({ revision: revision + 1, entries: entries + 1 });
        await Promise.all([first.close(), second.close()]);
      });

      it(`${what} counts among changes made at once: none comes after it`, async () => {
        const taking = await prepare(server);
        const changes = Array.from({ length: 12 }, () => app.inject(taking.change()));
        const taken = takeAway(taking);
        const later = Array.from({ length: 12 }, () => app.inject(taking.change()));
        const answers = await Promise.all([...changes, ...later]);
        const revision = await taken;
        for (const answer of answers) {
          if (answer.statusCode < 300) expect(Number(answer.headers['x-bailiwick-revision'])).toBeLessThan(revision);
          // Whoever was known just before may be refused for what it may do.
          else expect([401, 403], answer.body).toContain(answer.statusCode);
        }
      });
    }

    it('a change that lost nothing in between is made, whatever else was changed', async () => {
      const taking = await takings['a deleted key']!(server);
      const gate = waitingToBeAuthorized(server.services);
      const gated = await anotherApp(gate.services);
      const change = gated.inject(taking.change());
      await gate.arrived;
      expect((await app.inject(taking.change())).statusCode).toBe(200);
      gate.open();
      expect((await change).statusCode).toBe(200);
      await gated.close();
    });

    it('an expired key is refused to the microsecond', async () => {
      const { ownerId } = server.organization;
      const end = server.clock.now() + 60_000_000;
      const key = await keyFor(server, { user_id: ownerId }, end);
      const ask = () => server.call('GET', '/iam/v1alpha1/users', { key });
      for (let again = 0; again < 3; again += 1) expect((await ask()).status).toBe(200);
      server.clock.advance((end - server.clock.now()) / 1_000_000);
      for (let again = 0; again < 3; again += 1)
        expect(refusalOf(await ask())).toEqual(unauthenticated('api_key', 'expired'));
    });

    it('who may do everything in one organization may do nothing with the things of another', async () => {
      const theirs = await server.anotherOrganization();
      const make = async (path: string, body: Json): Promise<Json> =>
        (await server.call('POST', `/iam/v1alpha1/${path}`, { key: theirs.secretKey, body })).body;
      const { id: group } = await make('groups', { name: 'administrators' });
      const { id: application } = await make('applications', { name: 'web' });
      const { id: policy } = await make('policies', { name: 'all', group_id: group });
      const { id: project } = (
        await server.call('POST', '/account/v3/projects', { key: theirs.secretKey, body: { name: 'rooms' } })
      ).body;
      const ownRule = { permission_set_names: ['IAMManager'], organization_id: server.organization.organizationId };
      const { ownerId } = server.organization;
      const attempts: readonly (readonly [string, string, Json])[] = [
        ['POST', 'api-keys', { application_id: application }],
        ['POST', 'api-keys', { user_id: theirs.ownerId }],
        ['POST', 'policies', { name: 'mine', rules: [ownRule], group_id: group }],
        ['POST', 'policies', { name: 'mine', organization_id: theirs.organizationId, rules: [ownRule] }],
        ['POST', 'policies', { name: 'mine', rules: [{ ...ownRule, organization_id: theirs.organizationId }] }],
        [
          'POST',
          'policies',
          { name: 'mine', rules: [{ permission_set_names: ['VPCFullAccess'], project_ids: [project] }] },
        ],
        ['PATCH', `policies/${policy}`, { user_id: ownerId }],
        ['PUT', 'rules', { policy_id: policy, rules: [ownRule] }],
        ['POST', `groups/${group}/add-member`, { user_id: ownerId }],
        ['PUT', `groups/${group}/members`, { user_ids: [ownerId], application_ids: [] }],
        ['POST', `users/${theirs.ownerId}/update-password`, { password: 'correct horse battery' }],
        ['POST', 'jwts', { user_id: theirs.ownerId }],
      ];
      const before = await historyOf(server);
      for (const [method, path, body] of attempts) {
        // Headers of other services that name an organization or a project say nothing here.
        const headers = { 'x-organization-id': theirs.organizationId, 'x-project-id': project };
        const answer = await server.call(method, `/iam/v1alpha1/${path}`, { body, headers });
        expect([400, 403, 404], `${method} ${path}: ${answer.text}`).toContain(answer.status);
      }
      expect(await historyOf(server)).toEqual(before);
      const mine = await server.call('GET', '/iam/v1alpha1/policies', { key: theirs.secretKey });
      expect(mine.body.policies.find(({ id }: Json) => id === policy)).toMatchObject({ group_id: group, nb_rules: 0 });
    });
  });
}
