import { randomBytes } from 'node:crypto';
import { operations } from '@bailiwick/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries, historyOf } from './support/audit.ts';
import { createMember, createSession, keyFor, withSession } from './support/bearers.ts';
import { connectDirectory, type Directory, errorOf, groupSchema, patchOf, userSchema } from './support/directory.ts';
import { type Answer, type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';
const wrongToken = 'send the token of this SCIM configuration as `Authorization: Bearer …`';
const unknownToken = 'this token is not one of this SCIM configuration';
const nobody = '6f0c0000-0000-4000-8000-000000000001';

/** Paths below a configuration that there are, with what they take. */
const roads = operations
  .filter(({ access }) => access.kind === 'scim')
  .map(({ method, path }) => [method, path.replace('/scim/v2/{scim_id}', '').replace(/\{\w+\}/, nobody)] as const);

const expectError = (answer: Answer, status: number, detail: string): void => {
  const { body, headers } = answer;
  expect([body, headers['content-type']]).toEqual([
    { schemas: [errorSchema], status: String(status), detail },
    'application/scim+json',
  ]);
  expect(answer.status).toBe(status);
};
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

for (const database of databases()) {
  describe(`who gets in by SCIM on ${database.name}`, () => {
    const server = serverOn(database);
    let directory: Directory;
    let other: Directory;

    beforeAll(async () => {
      directory = await connectDirectory(server);
      other = await connectDirectory(server, await server.anotherOrganization());
    });

    it('a token opens its own configuration and no other', async () => {
      for (const [method, path] of roads) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        expectError(await directory.call(method, path, body, bearer(other.token)), 401, unknownToken);
        const foreign = await server.call(method, `/scim/v2/${nobody}${path}`, {
          key: null,
          ...bearer(directory.token),
        });
        expectError(foreign, 401, unknownToken);
        expect(foreign.headers['www-authenticate']).toBe('Bearer realm="bailiwick"');
      }
    });

    it('no other credential opens it, and its token opens nothing else', async () => {
      const { ownerId, secretKey } = server.organization;
      const session = await createSession(server, ownerId, secretKey);
      const path = `/scim/v2/${directory.scimId}/Users`;
      const attempts = [
        { key: null },
        { key: secretKey },
        withSession(session.token),
        { key: null, ...bearer(secretKey) },
        { key: null, ...bearer(session.token) },
        { key: null, headers: { authorization: `Basic ${directory.token}` } },
        { key: null, headers: { authorization: directory.token } },
        { key: null, ...bearer(`${directory.token}x`) },
        { key: null, headers: { 'x-auth-token': directory.token } },
      ];
      for (const attempt of attempts) expectError(await server.call('GET', path, attempt), 401, wrongToken);
      const made = directory.token.replace(/\..*/, `.${randomBytes(54).toString('base64url')}`);
      expectError(await server.call('GET', path, { key: null, ...bearer(made) }), 401, unknownToken);
      for (const headers of [
        { authorization: `Bearer ${directory.token}` },
        { 'x-auth-token': directory.token },
        { 'x-session-token': directory.token },
      ]) {
        for (const elsewhere of [`${iam}/users`, `${iam}/logs`, '/access/v1/evaluation', '/forward-auth'])
          expect((await server.call('POST', elsewhere, { key: null, headers, body: {} })).status, elsewhere).toBe(401);
      }
    });

    it('what belongs to another organization is not there', async () => {
      const member = await createMember(server);
      const { body: group } = await directory.call('POST', '/Groups', { schemas: [groupSchema], displayName: 'Ours' });
      const before = await historyOf(server);
      const bodies = new Map<string, Json>([
        ['PUT', { userName: 'ada@example.org', displayName: 'Theirs' }],
        ['PATCH', patchOf({ op: 'add', path: 'externalId', value: 'x' })],
      ]);
      for (const [method, path] of roads) {
        if (!path.includes(nobody) || path.includes('Schemas') || path.includes('ResourceTypes')) continue;
        const own = path.replace(nobody, path.startsWith('/Users') ? member.id : group.id);
        const body = bodies.get(method);
        expect((await other.call(method, own, body)).status, `${method} ${own}`).toBe(404);
        expect((await other.call(method, path, body)).status, `${method} ${path}`).toBe(404);
      }
      const theirs = await other.call('POST', '/Groups', {
        schemas: [groupSchema],
        displayName: 'Ours',
        members: [{ value: member.id }],
      });
      expect(errorOf(theirs).slice(0, 2)).toEqual([400, 'invalidValue']);
      for (const path of ['/Users', '/Groups', `/Users?filter=${encodeURIComponent(`id eq "${member.id}"`)}`])
        expect((await other.call('GET', path)).text).not.toContain(member.id);
      // The same names and ids of a directory are free there.
      const sent = { schemas: [userSchema], userName: 'twice@example.org', externalId: 'twice' };
      expect((await directory.call('POST', '/Users', sent)).status).toBe(201);
      expect((await other.call('POST', '/Users', sent)).status).toBe(201);
      expect((await historyOf(server)).revision).toBe(before.revision + 1);
    });

    it('a deleted token, one that has ended, and one whose configuration is gone are dead at once', async () => {
      const third = await server.anotherOrganization();
      const key = third.secretKey;
      const [first, second] = [await connectDirectory(server, third), await connectDirectory(server, third)];
      expect([(await first.call('GET', '/Users')).status, (await second.call('GET', '/Users')).status]).toEqual([
        200, 200,
      ]);
      expect((await server.call('DELETE', `${iam}/scim-tokens/${first.tokenId}`, { key })).status).toBe(204);
      expectError(await first.call('GET', '/Users'), 401, unknownToken);
      const { body } = await second.call('POST', '/Users', { userName: 'kept@example.org', externalId: 'kept' });
      expect((await server.call('DELETE', `${iam}/scim/${second.scimId}`, { key })).status).toBe(204);
      for (const [method, path] of roads) expectError(await second.call(method, path), 401, unknownToken);
      expect((await server.call('GET', `${iam}/users/${body.id}`, { key })).status).toBe(200);
      // Another directory has names of its own.
      const fourth = await connectDirectory(server, third);
      expect((await fourth.call('GET', `/Users/${body.id}`)).body).not.toHaveProperty('externalId');
      server.clock.advance(366 * 86_400);
      expectError(await fourth.call('GET', '/Users'), 401, 'this token has ended: make a new one');
      server.clock.advance(-366 * 86_400);
    });

    it('who may make tokens where nobody gives more than it holds has to hold what a directory can give', async () => {
      const strict = await server.anotherOrganization();
      const key = strict.secretKey;
      const organization_id = strict.organizationId;
      const call = async (method: string, path: string, body: Json, by = key): Promise<Answer> =>
        server.call(method, path, { key: by, body });
      const application = (await call('POST', `${iam}/applications`, { name: 'robot' })).body;
      const rules = [{ permission_set_names: ['IAMManager'], organization_id }];
      await call('POST', `${iam}/policies`, { name: 'robot', application_id: application.id, rules });
      const robot = (await call('POST', `${iam}/api-keys`, { application_id: application.id })).body.secret_key;
      const { scimId } = await connectDirectory(server, strict);
      const tokens = `${iam}/scim/${scimId}/tokens`;
      await call('PATCH', `${iam}/organizations/${organization_id}/security-settings`, { no_escalation: true });
      expect((await server.call('POST', tokens, { key: robot })).status).toBe(403);
      const { body, status } = await server.call('POST', tokens, { key });
      expect(status).toBe(200);
      const made = await server.call('POST', `/scim/v2/${scimId}/Users`, {
        key: null,
        ...bearer(body.bearer_token),
        body: { userName: 'ada@example.org' },
      });
      expect(made.status).toBe(201);
    });

    it('every change of a directory makes one revision, tells it, and has one entry with its address', async () => {
      const changes: readonly (readonly [string, string, Json, string, string])[] = [
        ['POST', '/Users', { userName: 'one@example.org' }, 'users.create', 'created'],
        ['PATCH', '/Users/{}', patchOf({ op: 'add', path: 'externalId', value: 'one' }), 'users.update', 'updated'],
        ['PUT', '/Users/{}', { userName: 'two@example.org', externalId: 'one' }, 'users.updateUsername', 'updated'],
        ['DELETE', '/Users/{}', undefined, 'users.delete', 'deleted'],
        ['POST', '/Groups', { displayName: 'One' }, 'groups.create', 'created'],
        ['PATCH', '/Groups/{}', patchOf({ op: 'add', path: 'externalId', value: 'one' }), 'groups.update', 'updated'],
        ['PUT', '/Groups/{}', { displayName: 'Two', externalId: 'one' }, 'groups.update', 'updated'],
        ['DELETE', '/Groups/{}', undefined, 'groups.delete', 'deleted'],
      ];
      let id = '';
      for (const [method, path, body, operation, action] of changes) {
        const { revision } = await historyOf(server);
        const answer = await directory.call(method, path.replace('{}', id), body, { headers: { 'user-agent': path } });
        expect(answer.headers['x-bailiwick-revision'], answer.text).toBe(String(revision + 1));
        id = answer.body.id ?? id;
        expect((await auditEntries(server)).at(-1)).toMatchObject({
          revision: revision + 1,
          operation,
          action,
          resource_type: path.startsWith('/Users') ? 'user' : 'group',
          resource_id: id,
          bearer_type: 'platform',
          bearer_id: directory.tokenId,
          user_agent: path,
          ip: '127.0.0.1',
          request_id: answer.headers['x-request-id'],
        });
        const { body: log } = await server.call('GET', `${iam}/logs?order_by=created_at_desc&page_size=1`);
        expect(log.logs[0]).toMatchObject({ resource_id: id, action, bearer_id: directory.tokenId });
      }
      const changing = operations.filter(({ access, audit }) => access.kind === 'scim' && audit !== undefined);
      expect(changes).toHaveLength(changing.length);
    });

    it('a locked member that a directory has made may do nothing', async () => {
      const { body } = await directory.call('POST', '/Users', { userName: 'lock@example.org' });
      const key = await keyFor(server, { user_id: body.id });
      const itself = () => server.call('GET', `${iam}/users/${body.id}`, { key });
      expect((await itself()).status).toBe(200);
      await directory.call('PATCH', `/Users/${body.id}`, patchOf({ op: 'replace', value: { active: false } }));
      expect((await itself()).status).toBe(403);
    });
  });

  describe(`how much a directory may ask on ${database.name}`, () => {
    const none = { address: null, organization: null, decisions: null };
    const limits = { ...none, principal: { perSecond: 1, atOnce: 3 }, failures: { perSecond: 1, atOnce: 5 } };
    const server = serverOn(database, { settings: { limits: () => limits } });

    it('a token has the limits of every principal, and wrong ones those of every credential, in the form of SCIM', async () => {
      const [first, second] = [
        await connectDirectory(server),
        await connectDirectory(server, await server.anotherOrganization()),
      ];
      for (let again = 0; again < 3; again += 1) expect((await first.call('GET', '/Users')).status).toBe(200);
      const refused = await first.call('GET', '/Users');
      expect([refused.headers['retry-after'], refused.headers['ratelimit-policy']]).toEqual([
        '1',
        '"principal";q=3;w=3',
      ]);
      expectError(refused, 429, 'too many requests of one user or application');
      expect((await second.call('GET', '/Users')).status).toBe(200);
      const made = first.token.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
      for (let again = 0; again < 5; again += 1)
        expect((await first.call('GET', '/Users', undefined, bearer(made))).status).toBe(401);
      const stopped = await first.call('GET', '/Users', undefined, bearer(made));
      expectError(stopped, 429, 'too many wrong credentials of one address');
    });
  });

  describe(`what SCIM refuses on ${database.name}`, () => {
    const server = serverOn(database);
    let directory: Directory;

    beforeAll(async () => {
      directory = await connectDirectory(server);
    });

    const send = (raw: string | Buffer, headers = {}) =>
      directory.call('POST', '/Users', undefined, {
        raw,
        headers: { 'content-type': 'application/scim+json', ...headers },
      });
    const expectRefused = async (answer: Promise<Answer>, ...expected: readonly unknown[]): Promise<void> => {
      const { status, body, headers } = await answer;
      expect([status, body.status, body.scimType]).toEqual([expected[0], String(expected[0]), expected[1]]);
      expect([body.schemas, headers['content-type']]).toEqual([[errorSchema], 'application/scim+json']);
      expect(typeof body.detail).toBe('string');
      expect(body.detail.length).toBeGreaterThan(3);
    };

    it('a body that is none is refused in the form of SCIM', async () => {
      for (const raw of ['{', '[]', '"x"', '{"a":1}x', Buffer.from([0xff, 0xfe]), '{"userName":"\\u0000"}'])
        await expectRefused(send(raw), 400, raw === '{"userName":"\\u0000"}' ? 'invalidSyntax' : 'invalidSyntax');
      await expectRefused(send('{"userName":"\\ud800@example.org"}'), 400, 'invalidSyntax');
      await expectRefused(send('{"\\ud800":1}'), 400, 'invalidSyntax');
      await expectRefused(send(`{"a":${'['.repeat(100_000)}`), 400, 'invalidValue');
      await expectRefused(send('<x/>', { 'content-type': 'application/xml' }), 400, 'invalidValue');
      await expectRefused(send(' '.repeat(1024 * 1024 + 1)), 413, undefined);
      await expectRefused(send('null'), 400, 'invalidValue');
    });

    it('a value of the wrong kind is refused by its name', async () => {
      const wrong: readonly Json[] = [
        { userName: 1 },
        { userName: ['a'] },
        { userName: { $ne: null } },
        { userName: 'a@example.org', name: 'Ada' },
        { userName: 'a@example.org', name: { givenName: 1 } },
        { userName: 'a@example.org', emails: 'a@example.org' },
        { userName: 'a@example.org', emails: [{ value: 1 }] },
        { userName: 'a@example.org', emails: [{ type: 'work' }] },
        { userName: 'a@example.org', active: 'maybe' },
        { userName: 'a@example.org', externalId: 'x'.repeat(256) },
        { userName: 'a@example.org', locale: 'x'.repeat(17) },
        { userName: 'a@example.org', phoneNumbers: [{ value: '1'.repeat(33) }] },
        { userName: `${'a'.repeat(150)}@example.org` },
      ];
      const before = await historyOf(server);
      for (const body of wrong) await expectRefused(directory.call('POST', '/Users', body), 400, 'invalidValue');
      expect(await historyOf(server)).toEqual(before);
    });

    it('__proto__ and constructor are names like any that we do not know', async () => {
      const raw =
        '{"userName":"proto@example.org","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
      expect((await send(raw)).status).toBe(201);
      const group = '{"displayName":"Proto","members":[],"__proto__":{"members":[]}}';
      const options = { raw: group, headers: { 'content-type': 'application/json' } };
      expect((await directory.call('POST', '/Groups', undefined, options)).status).toBe(201);
      expect('polluted' in {}).toBe(false);
    });

    it('nothing of a request is looked at before it is known who asks', async () => {
      const headers = { 'content-type': 'x', 'x-bailiwick-at-least': 'x', authorization: 'Bearer x' };
      for (const [method, path] of roads) {
        const answer = server.call(method, `/scim/v2/%zz${path}?count=x&count=`, { key: null, raw: '{', headers });
        await expectRefused(answer, 401, undefined);
      }
    });

    it('a path or a method that is not there is refused in the form of SCIM, by those who may ask', async () => {
      for (const path of ['', '/', '/Users/', '/Users/.search/x', '/Users/a/b', '/users', '/ServiceProviderConfigs'])
        await expectRefused(directory.call('GET', path), 404, undefined);
      for (const path of ['/Bulk', '/.search', '/Users/.search', '/Groups/.search', '/Me'])
        await expectRefused(directory.call('POST', path, {}), 501, undefined);
      await expectRefused(directory.call('POST', '/Groups/.search/x', {}), 404, undefined);
      await expectRefused(directory.call('PUT', '/Users', {}), 405, undefined);
      await expectRefused(directory.call('DELETE', '/ServiceProviderConfig'), 405, undefined);
      for (const path of ['/scim/v2', '/scim/v2/', '/scim/v2/x/Users', `/scim/v2/${directory.scimId}/Me`]) {
        const answer = await server.call('GET', path, { key: null, headers: { accept: 'text/html' } });
        expect([answer.status, answer.body.schemas], path).toEqual([401, [errorSchema]]);
      }
    });

    it('tells what it serves', async () => {
      const { body: service } = await directory.call('GET', '/ServiceProviderConfig');
      expect(service).toMatchObject({
        patch: { supported: true },
        bulk: { supported: false },
        filter: { supported: true, maxResults: 200 },
        sort: { supported: false },
        etag: { supported: false },
        changePassword: { supported: false },
      });
      for (const path of ['/ResourceTypes', '/Schemas']) {
        const { body } = await directory.call('GET', path);
        expect([body.totalResults, body.Resources.length]).toEqual([2, 2]);
        for (const each of body.Resources)
          expect((await directory.call('GET', `${path}/${each.id}`)).body).toEqual(each);
        await expectRefused(directory.call('GET', `${path}/nothing`), 404, undefined);
      }
    });

    it('parameters are read by the rules of every request', async () => {
      await expectRefused(directory.call('GET', '/Users?count=1&count=2'), 400, 'invalidValue');
      await expectRefused(directory.call('GET', '/Users?filter=%ff'), 400, 'invalidValue');
      await expectRefused(directory.call('GET', `/Users?attributes=${'a,'.repeat(1000)}`), 400, 'invalidValue');
      await expectRefused(directory.call('GET', '/Users/%00'), 400, 'invalidValue');
      expect((await directory.call('GET', '/Users?sortBy=userName&sortOrder=descending')).status).toBe(200);
    });
  });
}
