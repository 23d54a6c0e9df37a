import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { expectOrder, expectPagesEnd, idsOf, repeated } from './support/lists.ts';
import { expectRefused, unauthenticated, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/api-keys';
const list = { path, items: 'api_keys', id: 'access_key' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`API keys on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_api_keys: null } });
    let organization: string;
    let application: string;

    beforeAll(async () => {
      organization = server.organization.organizationId;
      application = (await createApplication(server)).id;
    });

    const createKey = (body: Json = {}): Promise<Json> =>
      create(server, path, { application_id: application, ...body });
    const newProject = async (): Promise<string> => (await create(server, '/account/v3/projects', { name: 'web' })).id;
    const opens = async (secret: string): Promise<boolean> => {
      const sets = `/iam/v1alpha1/permission-sets?page_size=1&organization_id=${organization}`;
      return (await server.call('GET', sets, { key: secret })).status === 200;
    };

    it('a new key shows its secret, its members stand in the order of the wire, the bearer last', async () => {
      const answer = await server.call('POST', path, { body: { application_id: application } });
      const { access_key, secret_key, created_at } = answer.body;
      expect(access_key).toMatch(/^SCW[0-9A-HJKMNP-TV-Z]{17}$/);
      expect(secret_key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(created_at).toMatch(/^2030-01-02T03:04:05\.\d{6}Z$/);
      const expected = {
        access_key,
        secret_key,
        description: '',
        created_at,
        updated_at: created_at,
        expires_at: null,
        default_project_id: organization,
        editable: true,
        deletable: true,
        managed: false,
        creation_ip: '127.0.0.1',
        application_id: application,
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      expect(await opens(secret_key)).toBe(true);
    });

    it('the secret is in no later answer, and not in the database', async () => {
      const key = await createKey({ description: 'seen once' });
      const shown = JSON.stringify({ ...key, secret_key: null });
      expect((await server.call('GET', `${path}/${key.access_key}`)).text).toBe(shown);
      const listed = await server.call('GET', `${path}?access_key=${key.access_key}`);
      expect(listed.text).toBe(`{"api_keys":[${shown}],"total_count":1}`);
      const rows = await server.services.storage.db.selectFrom('api_keys').selectAll().execute();
      expect(JSON.stringify(rows)).toContain(key.access_key);
      expect(JSON.stringify(rows)).not.toContain(key.secret_key);
    });

    it('the key of a user names the user last, and no application', async () => {
      const key = await createKey({ application_id: null, user_id: server.organization.ownerId });
      expect(Object.keys(key).slice(-2)).toEqual(['creation_ip', 'user_id']);
      expect((await server.call('GET', path, { key: key.secret_key })).status).toBe(200);
    });

    it('null is absent, and members that nobody knows are ignored', async () => {
      const nulls = { description: null, default_project_id: null, expires_at: null, user_id: null };
      const key = await createKey({ ...nulls, colour: 'blue', access_key: 'SCWAAAAAAAAAAAAAAAAA' });
      expect([key.description, key.default_project_id, key.expires_at]).toEqual(['', organization, null]);
      expect('colour' in key || key.access_key === 'SCWAAAAAAAAAAAAAAAAA').toBe(false);
    });

    const times = [
      ['2035-07-06T09:00:00Z', '2035-07-06T09:00:00Z'],
      ['2035-07-06T11:00:00+02:00', '2035-07-06T09:00:00Z'],
      ['2035-07-06T09:00:00.120Z', '2035-07-06T09:00:00.120Z'],
      ['2035-07-06 09:00:00.5+00:00', '2035-07-06T09:00:00.500Z'],
      ['2035-07-06T09:00:00.358300Z', '2035-07-06T09:00:00.358300Z'],
      ['2035-07-06T11:00:00.648653999+02:00', '2035-07-06T09:00:00.648653Z'],
    ] as const;
    for (const [sent, shown] of times) {
      it(`the end ${sent} is shown as ${shown}`, async () => {
        expect((await createKey({ expires_at: sent })).expires_at).toBe(shown);
      });
    }

    it('a change replaces what it names, moves updated_at at once and answers the whole key without its secret', async () => {
      const key = await createKey({ description: 'first' });
      const change = { default_project_id: await newProject(), expires_at: '2036-01-01T00:00:00Z' };
      const answer = await server.call('PATCH', `${path}/${key.access_key}`, { body: change });
      const { updated_at } = answer.body;
      expect(answer.text).toBe(JSON.stringify({ ...key, secret_key: null, ...change, updated_at }));
      expect(updated_at > key.updated_at).toBe(true);
      expect((await server.call('GET', `${path}/${key.access_key}`)).text).toBe(answer.text);
      const emptied = await server.call('PATCH', `${path}/${key.access_key}`, { body: { description: '' } });
      expect([emptied.body.description, emptied.body.expires_at]).toEqual(['', change.expires_at]);
    });

    it('a key works until its end; afterwards it is refused, and still listed and changed', async () => {
      const key = await createKey({ expires_at: '2030-02-01T00:00:00Z' });
      server.clock.advance((Date.parse(key.expires_at) * 1000 - server.clock.now()) / 1_000_000 - 1);
      expect(await opens(key.secret_key)).toBe(true);
      expect(await idsOf(server, list, `access_keys=${key.access_key}&expired=false`)).toEqual([key.access_key]);
      server.clock.advance(1);
      await expectRefused(server, ['GET', path, { key: key.secret_key }], unauthenticated('api_key', 'expired'));
      expect(await idsOf(server, list, `access_keys=${key.access_key}`)).toEqual([key.access_key]);
      expect(await idsOf(server, list, `access_keys=${key.access_key}&expired=true`)).toEqual([key.access_key]);
      const body = { description: 'over', expires_at: key.expires_at };
      const changed = await server.call('PATCH', `${path}/${key.access_key}`, { body });
      expect([changed.status, changed.body.description, changed.body.expires_at]).toEqual([
        200,
        'over',
        key.expires_at,
      ]);
    });

    it('a deleted key opens nothing at the next request, and is gone', async () => {
      const key = await createKey();
      expect(await opens(key.secret_key)).toBe(true);
      const deleted = await server.call('DELETE', `${path}/${key.access_key}`);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      await expectRefused(server, ['GET', path, { key: key.secret_key }], unauthenticated('api_key', 'not_found'));
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await expectRefused(
          server,
          [method, `${path}/${key.access_key}`, { body: {} }],
          unknown('access_key', key.access_key),
        );
    });

    it('a user without rights sees, changes and deletes its own keys, and makes new ones', async () => {
      const { id } = await createMember(server);
      const key = await keyFor(server, { user_id: id });
      const own = (query: string) => server.call('GET', `${path}?${query}`, { key });
      const [first] = (await own(`bearer_id=${id}`)).body.api_keys;
      expect([first.user_id, first.secret_key]).toEqual([id, null]);
      const made = await server.call('POST', path, { key, body: { user_id: id, description: 'second' } });
      expect([made.status, made.body.user_id]).toEqual([200, id]);
      expect((await own(`user_id=${id}`)).body.total_count).toBe(2);
      const { access_key } = made.body;
      expect((await server.call('GET', `${path}/${access_key}`, { key })).body.description).toBe('second');
      const changed = await server.call('PATCH', `${path}/${access_key}`, { key, body: { description: 'mine' } });
      expect([changed.status, changed.body.description]).toEqual([200, 'mine']);
      expect((await server.call('DELETE', `${path}/${access_key}`, { key })).status).toBe(204);
    });

    it('lists filter by bearer, kind of bearer, description, key and whether it can be changed', async () => {
      const other = (await createApplication(server)).id;
      const description = 'filtered';
      const [a, b] = [await createKey({ description }), await createKey({ application_id: other, description })];
      const { ownerId } = server.organization;
      const c = await createKey({ application_id: null, user_id: ownerId, description });
      const { db } = server.services.storage;
      await db.updateTable('api_keys').set({ editable: 0 }).where('access_key', '=', b.access_key).execute();
      const keys = repeated('access_keys', [a.access_key, b.access_key, c.access_key, 'SCWAAAAAAAAAAAAAAAAA']);
      const expected: Readonly<Record<string, readonly Json[]>> = {
        'description=filtered': [a, b, c],
        'description=filter': [],
        'description=Filtered': [],
        [keys]: [a, b, c],
        [`access_key=${b.access_key}`]: [b],
        'access_key=nothing': [],
        [`bearer_id=${other}`]: [b],
        [`bearer_id=${nobody}`]: [],
        [`application_id=${other}`]: [b],
        [`${keys}&user_id=${ownerId}`]: [c],
        [`${keys}&bearer_id=${ownerId}`]: [c],
        [`${keys}&bearer_type=user`]: [c],
        [`${keys}&bearer_type=application`]: [a, b],
        [`${keys}&bearer_type=unknown_bearer_type`]: [a, b, c],
        [`${keys}&bearer_type=user&bearer_id=${other}`]: [],
        [`${keys}&editable=true`]: [a, c],
        [`${keys}&editable=False`]: [b],
        [`${keys}&organization_id=${organization}`]: [a, b, c],
        [`${keys}&organization_id=&application_ids=${nobody}`]: [a, b, c],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found.map(({ access_key }) => access_key));
    });

    it('lists are ordered by creation, change, end and access key, and access keys decide between equals', async () => {
      const ends = ['2040-01-01T00:00:00Z', null, '2039-01-01T00:00:00Z', null, '2039-01-01T00:00:00Z'];
      const made: string[] = [];
      for (const expires_at of ends) made.push((await createKey({ expires_at, description: 'ordered' })).access_key);
      const [a = '', b = '', c = '', d = '', e = ''] = made;
      const filter = 'description=ordered';
      expect(await idsOf(server, list, filter)).toEqual(made);
      await expectOrder(server, list, 'created_at', made, filter);
      await expectOrder(server, list, 'access_key', made.toSorted(), filter);
      await expectOrder(server, list, 'expires_at', [...[c, e].toSorted(), a, ...[b, d].toSorted()], filter);
      await server.call('PATCH', `${path}/${a}`, { body: { description: 'ordered' } });
      await expectOrder(server, list, 'updated_at', [b, c, d, e, a], filter);
      const { db } = server.services.storage;
      await db.updateTable('api_keys').set({ created_at: 1 }).where('description', '=', 'ordered').execute();
      await expectOrder(server, list, 'created_at', made.toSorted(), filter);
    });

    it('a list has pages of 20 and counts all, also on a page past the end', async () => {
      for (let index = 0; index < 21; index += 1) await createKey({ description: 'paged' });
      const { body } = await server.call('GET', `${path}?description=paged`);
      expect([body.api_keys.length, body.total_count]).toEqual([20, 21]);
      await expectPagesEnd(server, { ...list, path: `${path}?description=paged` });
      await expectPagesEnd(server, list);
    });
  });
}
