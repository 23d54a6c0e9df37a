import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries, historyOf } from './support/audit.ts';
import { createMember } from './support/bearers.ts';
import { connectDirectory, type Directory, errorOf, patchOf, userSchema } from './support/directory.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

for (const database of databases()) {
  describe(`users of a directory on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: 60 } });
    let directory: Directory;

    beforeAll(async () => {
      directory = await connectDirectory(server);
    });

    let made = 0;
    const newUser = (more: Json = {}): Json => {
      made += 1;
      return { schemas: [userSchema], userName: `ada.${made}@example.org`, ...more };
    };
    const create = async (more: Json = {}): Promise<Json> => {
      const { status, body, text } = await directory.call('POST', '/Users', newUser(more));
      expect(status, text).toBe(201);
      return body;
    };
    const patch = async (id: string, ...operations: readonly Json[]): Promise<Json> => {
      const { status, body, text } = await directory.call('PATCH', `/Users/${id}`, patchOf(...operations));
      expect(status, text).toBe(200);
      return body;
    };
    const memberOf = async ({ id }: Json): Promise<Json> => (await server.call('GET', `${iam}/users/${id}`)).body;
    const lastOperation = async () => {
      const { operation, bearer_type, bearer_id } = (await auditEntries(server)).at(-1) ?? {};
      return { operation, bearer_type, bearer_id };
    };
    /** The request changes nothing: no revision, no entry. */
    const expectNoChange = async (request: () => Promise<unknown>): Promise<void> => {
      const before = await historyOf(server);
      await request();
      expect(await historyOf(server)).toEqual(before);
    };

    it('a user that is made is a member, without a mail, and tells where it is', async () => {
      const sent = newUser({
        externalId: 'ext-1',
        name: { givenName: 'Ada', familyName: 'Lovelace', formatted: 'Ada Lovelace' },
        displayName: 'Ada Lovelace',
        emails: [
          { value: 'home@example.org', type: 'home' },
          { primary: true, value: 'Ada@Example.org', type: 'work' },
        ],
        phoneNumbers: [{ value: '+33 1 23', type: 'work' }],
        locale: 'fr-FR',
        active: true,
        [enterprise]: { department: 'Engines' },
      });
      const mails = async () => (await server.services.storage.db.selectFrom('outbox').selectAll().execute()).length;
      const before = await mails();
      const { status, body, headers } = await directory.call('POST', '/Users', sent);
      const address = `https://iam.example.org/scim/v2/${directory.scimId}/Users/${body.id}`;
      expect([status, headers.location]).toEqual([201, address]);
      expect(headers['content-type']).toBe('application/scim+json');
      expect(body).toEqual({
        schemas: [userSchema],
        id: expect.any(String),
        externalId: 'ext-1',
        userName: sent.userName,
        name: { givenName: 'Ada', familyName: 'Lovelace' },
        emails: [{ value: 'Ada@Example.org', type: 'work', primary: true }],
        phoneNumbers: [{ value: '+33 1 23', type: 'work' }],
        locale: 'fr-FR',
        active: true,
        meta: {
          resourceType: 'User',
          created: expect.any(String),
          lastModified: expect.any(String),
          location: address,
        },
      });
      expect(await memberOf(body)).toMatchObject({
        username: sent.userName,
        email: 'Ada@Example.org',
        first_name: 'Ada',
        last_name: 'Lovelace',
        phone_number: '+33 1 23',
        locale: 'fr_FR',
        type: 'member',
        status: 'activated',
        locked: false,
      });
      expect(await mails()).toBe(before);
      expect(await lastOperation()).toEqual({
        operation: 'users.create',
        bearer_type: 'platform',
        bearer_id: directory.tokenId,
      });
      expect((await directory.call('GET', `/Users/${body.id}`)).body).toEqual(body);
      expect((await directory.call('GET', `/Users/${body.id.toUpperCase()}`)).body).toEqual(body);
    });

    it('a new user needs an address, which may be its name, and may be locked from the beginning', async () => {
      expect((await create({ active: false })).active).toBe(false);
      const without = await directory.call('POST', '/Users', newUser({ userName: 'grace' }));
      expect(errorOf(without)).toEqual([
        400,
        'invalidValue',
        'emails must have a value, where userName is no e-mail address',
      ]);
      expect(without.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
      expect(without.body.status).toBe('400');
      const nameless = await directory.call('POST', '/Users', { schemas: [userSchema] });
      expect(errorOf(nameless)).toEqual([400, 'invalidValue', 'userName must have a value']);
      const wrong = await directory.call('POST', '/Users', newUser({ userName: 'a b', emails: [{ value: 'x' }] }));
      expect(errorOf(wrong)[2]).toMatch(/^emails: value must be a valid email address; userName: value does not match/);
    });

    it('a username or externalId that somebody has is refused, whoever that is', async () => {
      const user = await create({ externalId: 'one' });
      const again = await directory.call('POST', '/Users', newUser({ userName: user.userName.toUpperCase() }));
      expect(errorOf(again).slice(0, 2)).toEqual([409, 'uniqueness']);
      const other = await create();
      for (const body of [newUser({ externalId: 'one' })]) {
        expect(errorOf(await directory.call('POST', '/Users', body)).slice(0, 2)).toEqual([409, 'uniqueness']);
      }
      const renamed = patchOf({ op: 'replace', path: 'userName', value: user.userName });
      expect((await directory.call('PATCH', `/Users/${other.id}`, renamed)).status).toBe(409);
    });

    it('is found by what a directory knows of it', async () => {
      const member = await createMember(server, { username: 'Grace.Hopper', email: 'Grace@Example.org' });
      const user = await create({ externalId: 'quoted "one"' });
      const found = async (filter: string) => {
        const { status, body, text } = await directory.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        expect(status, text).toBe(200);
        expect(body).toMatchObject({ schemas: [listSchema], startIndex: 1, itemsPerPage: body.Resources.length });
        expect(body.totalResults).toBe(body.Resources.length);
        return body.Resources.map(({ id }: Json) => id);
      };
      expect(await found('userName eq "grace.hopper"')).toEqual([member.id]);
      expect(await found('USERNAME EQ "Grace.Hopper" and emails.value eq "grace@example.org"')).toEqual([member.id]);
      expect(await found('emails[type eq "work"].value eq "grace@example.org"')).toEqual([member.id]);
      expect(await found('emails[type eq "home"].value eq "grace@example.org"')).toEqual([]);
      expect(await found('emails[type eq "work" and value eq "GRACE@example.org"]')).toEqual([member.id]);
      expect(await found(`${userSchema}:userName eq "grace.hopper"`)).toEqual([member.id]);
      expect(await found('externalId eq "quoted \\"one\\""')).toEqual([user.id]);
      expect(await found(`(id eq "${user.id}")`)).toEqual([user.id]);
      expect(await found(`id eq "${user.id}" and id eq "${member.id}"`)).toEqual([]);
      expect(await found('userName eq "nobody"')).toEqual([]);
      // What a directory finds it may take over.
      const taken = await patch(member.id, { op: 'add', path: 'externalId', value: 'grace' });
      expect(taken.externalId).toBe('grace');
    });

    it('refuses every other filter by its word', async () => {
      const filters = ['userName co "a"', 'userName pr', 'not (id eq "1")', 'userName eq "a" or userName eq "b"', ''];
      const more = ['active eq true', 'title eq "a"', 'userName eq 1', 'eq', 'a'.repeat(1000), '__proto__ eq "a"'];
      const nested = `${'('.repeat(400)}id eq "1"${')'.repeat(400)} or`;
      for (const filter of [...filters, ...more, nested]) {
        const { body, status } = await directory.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        expect([status, body.scimType], filter).toEqual([400, 'invalidFilter']);
      }
      const long = await directory.call('GET', `/Users?filter=${'a'.repeat(1025)}`);
      expect([long.status, long.body.scimType]).toEqual([400, 'invalidValue']);
    });

    it('is listed in a steady order, page by page', async () => {
      const page = async (query: string) => (await directory.call('GET', `/Users?${query}`)).body;
      const all = await page('count=200');
      expect(all.Resources.length).toBe(all.totalResults);
      expect(all.Resources.length).toBeGreaterThan(5);
      const ids = all.Resources.map(({ id }: Json) => id);
      const second = await page('startIndex=3&count=2');
      expect(second).toMatchObject({ totalResults: ids.length, startIndex: 3, itemsPerPage: 2 });
      expect(second.Resources.map(({ id }: Json) => id)).toEqual(ids.slice(2, 4));
      for (const query of ['count=0', 'count=-5']) {
        expect(await page(query)).toMatchObject({ totalResults: ids.length, itemsPerPage: 0, Resources: [] });
      }
      expect((await page('startIndex=-1&count=1')).Resources).toEqual(all.Resources.slice(0, 1));
      expect(await page('startIndex=999999')).toMatchObject({ totalResults: ids.length, Resources: [] });
      expect((await page('count=100000')).itemsPerPage).toBe(ids.length);
      expect((await directory.call('GET', '/Users?count=many')).status).toBe(400);
    });

    it('shows what is asked for of it', async () => {
      const { id } = await create({ name: { givenName: 'Ada', familyName: 'King' } });
      const shown = async (query: string) => (await directory.call('GET', `/Users/${id}?${query}`)).body;
      const always = { schemas: [userSchema], id };
      expect(await shown('attributes=id')).toEqual(always);
      expect(await shown('attributes=name.givenName,ACTIVE')).toEqual({
        ...always,
        name: { givenName: 'Ada' },
        active: true,
      });
      expect(await shown(`attributes=${userSchema}:active`)).toEqual({ ...always, active: true });
      const excluded = await shown('excludedAttributes=name.givenName,emails,meta,locale');
      expect(excluded).toEqual({ ...always, userName: excluded.userName, name: { familyName: 'King' }, active: true });
    });

    it('a PATCH of Entra ID changes all it names, in one change', async () => {
      const user = await create();
      const before = await historyOf(server);
      const patched = await patch(
        user.id,
        { op: 'Replace', path: 'active', value: 'False' },
        { op: 'Add', path: 'name.givenName', value: 'Grace' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'grace@example.org' },
        { op: 'Add', value: { 'name.familyName': 'Hopper', externalId: 'entra-1' } },
      );
      expect(patched).toMatchObject({
        active: false,
        name: { givenName: 'Grace', familyName: 'Hopper' },
        emails: [{ value: 'grace@example.org', type: 'work', primary: true }],
        externalId: 'entra-1',
      });
      const after = await historyOf(server);
      expect(after).toEqual({ revision: before.revision + 1, entries: before.entries + 1 });
      expect(await lastOperation()).toMatchObject({ operation: 'users.update' });
      await expectNoChange(() => patch(user.id, { op: 'Replace', path: 'active', value: 'False' }));
      await patch(user.id, { op: 'Replace', path: 'active', value: 'True' });
      expect(await lastOperation()).toMatchObject({ operation: 'users.unlock' });
      const removed = await patch(
        user.id,
        { op: 'Remove', path: 'name.givenName' },
        { op: 'remove', path: 'externalId' },
      );
      expect([removed.name, removed.externalId]).toEqual([{ familyName: 'Hopper' }, undefined]);
    });

    it('a PATCH and a PUT of Okta do what they say, and nothing the second time', async () => {
      const user = await create({ name: { givenName: 'Ada' }, externalId: 'okta-1', phoneNumbers: [{ value: '1' }] });
      const off = { op: 'replace', value: { active: false } };
      expect((await patch(user.id, off)).active).toBe(false);
      expect(await lastOperation()).toMatchObject({ operation: 'users.lock' });
      await expectNoChange(() => patch(user.id, off));
      const { schemas, id, userName } = user;
      const profile = {
        schemas,
        id,
        userName,
        name: { givenName: 'Augusta', familyName: 'King' },
        emails: user.emails,
      };
      const put = () =>
        directory.call('PUT', `/Users/${id}`, { ...profile, meta: user.meta, groups: [], password: 'x' });
      const { status, body } = await put();
      expect([status, body.name]).toEqual([200, { givenName: 'Augusta', familyName: 'King' }]);
      // What a resource leaves out is gone, but for what has a default or is asked of everybody.
      expect(body).toMatchObject({ active: false, emails: user.emails, locale: user.locale });
      expect([body.externalId, body.phoneNumbers]).toEqual([undefined, undefined]);
      await expectNoChange(put);
      const renamed = { ...profile, userName: `x${userName}` };
      expect((await directory.call('PUT', `/Users/${id}`, renamed)).body.userName).toBe(`x${userName}`);
      expect(await lastOperation()).toMatchObject({ operation: 'users.updateUsername' });
    });

    it('a PATCH is made whole or not at all, and says what it does not understand', async () => {
      const user = await create();
      const refused: readonly (readonly [string, string, ...Json[]])[] = [
        [
          'invalidPath',
          'unsupported path for operation Add: displayName',
          { op: 'add', path: 'displayName', value: 'x' },
        ],
        ['invalidPath', 'unsupported path for operation Add: displayName', { op: 'Add', value: { displayName: 'x' } }],
        [
          'invalidPath',
          'unsupported path for operation Replace: name.formatted',
          { op: 'Replace', path: 'name.formatted', value: 'x' },
        ],
        [
          'invalidPath',
          'unsupported path for operation Replace: name.formatted',
          { op: 'Replace', path: 'name', value: { formatted: 'x' } },
        ],
        [
          'invalidPath',
          `unsupported path for operation Add: ${enterprise}:department`,
          { op: 'add', path: `${enterprise}:department`, value: 'x' },
        ],
        [
          'invalidPath',
          'unsupported path for operation Add: emails[type eq "home"].value',
          { op: 'add', path: 'emails[type eq "home"].value', value: 'a@b.c' },
        ],
        [
          'invalidPath',
          'unsupported path for operation Add: __proto__',
          { op: 'add', path: '__proto__', value: { polluted: true } },
        ],
        [
          'invalidPath',
          'unsupported path for operation Add: __proto__.polluted',
          { op: 'add', path: '__proto__.polluted', value: true },
        ],
        [
          'invalidPath',
          'unsupported path for operation Add: constructor.prototype',
          { op: 'add', path: 'constructor.prototype', value: true },
        ],
        ['invalidPath', 'this is no path: "emails[type eq"', { op: 'add', path: 'emails[type eq', value: 'x' }],
        ['invalidPath', 'what is to be removed must be named by a path', { op: 'remove' }],
        ['invalidSyntax', 'op must be add, replace or remove, not "move"', { op: 'move', path: 'active' }],
        ['invalidValue', 'active must be true or false, not 1', { op: 'add', path: 'active', value: 1 }],
        ['invalidValue', 'active must be true or false, not nothing', { op: 'remove', path: 'active' }],
        ['invalidValue', 'userName must have a value', { op: 'remove', path: 'userName' }],
        ['invalidValue', 'emails must have a value', { op: 'replace', path: 'emails', value: [] }],
        [
          'invalidValue',
          'name.givenName must be a text, not {"a":1}',
          { op: 'add', path: 'name.givenName', value: { a: 1 } },
        ],
        ['invalidValue', 'without a path, value must be an object, not "x"', { op: 'add', value: 'x' }],
        ['mutability', 'the id of a user stays as it is', { op: 'add', path: 'id', value: 'x' }],
      ];
      for (const [scimType, detail, operation] of refused) {
        await expectNoChange(async () => {
          const body = patchOf({ op: 'replace', path: 'name.givenName', value: 'Changed' }, operation);
          expect(errorOf(await directory.call('PATCH', `/Users/${user.id}`, body))).toEqual([400, scimType, detail]);
        });
      }
      expect('polluted' in {}).toBe(false);
      expect((await directory.call('GET', `/Users/${user.id}`)).body).toEqual(user);
      for (const body of [{}, { Operations: [] }, { Operations: 'x' }, { schemas: ['x'], Operations: [{}] }])
        expect(errorOf(await directory.call('PATCH', `/Users/${user.id}`, body)).slice(0, 2)).toEqual([
          400,
          'invalidSyntax',
        ]);
      const many = patchOf(...Array.from({ length: 1001 }, () => ({ op: 'add', path: 'active', value: true })));
      expect(errorOf(await directory.call('PATCH', `/Users/${user.id}`, many)).slice(0, 2)).toEqual([
        400,
        'invalidValue',
      ]);
    });

    it('a user that is deleted is gone with all that hangs on it', async () => {
      const user = await create();
      const { status, text } = await directory.call('DELETE', `/Users/${user.id}`);
      expect([status, text]).toEqual([204, '']);
      expect(await lastOperation()).toMatchObject({ operation: 'users.delete' });
      expect((await server.call('GET', `${iam}/users/${user.id}`)).status).toBe(404);
      for (const method of ['GET', 'DELETE'])
        expect(errorOf(await directory.call(method, `/Users/${user.id}`))).toEqual([
          404,
          undefined,
          `there is no user "${user.id}"`,
        ]);
    });

    it('the owner is not there', async () => {
      const { ownerId } = server.organization;
      const body = { ...newUser(), userName: 'owner@example.org' };
      const attempts = [
        ['GET', undefined],
        ['PUT', body],
        ['PATCH', patchOf({ op: 'replace', path: 'active', value: false })],
        ['DELETE', undefined],
      ] as const;
      for (const [method, sent] of attempts)
        expect((await directory.call(method, `/Users/${ownerId}`, sent)).status, method).toBe(404);
      const found = await directory.call(
        'GET',
        `/Users?filter=${encodeURIComponent('userName eq "owner@example.org"')}`,
      );
      expect(found.body.totalResults).toBe(0);
      expect((await directory.call('GET', '/Users?count=200')).text).not.toContain(ownerId);
      expect((await directory.call('POST', '/Users', body)).status).toBe(409);
    });

    it('quotas hold for a directory too', async () => {
      for (let tries = 0; tries < 60; tries += 1) {
        const answer = await directory.call('POST', '/Users', newUser());
        if (answer.status === 201) continue;
        expect(errorOf(answer)).toEqual([403, undefined, 'the organization may have 60 of user, and has them']);
        return;
      }
      throw new Error('there was no end');
    });
  });
}
