import { formatTimestamp } from '@bailiwick/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { auditEntries } from './support/audit.ts';
import { createApplication, createGroup, createMember, keyFor } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { ordersBy, refusedPaging } from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf, itemsOf } from './support/lists.ts';
import { expectRefused, type Fault, help, invalid, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/logs';
const list = { path, items: 'logs' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

for (const database of databases()) {
  describe(`logs on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let owner: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      owner = server.organization.ownerId;
    });

    it('an entry tells what was done to what, by whom, when and from where, its members in the order of the wire', async () => {
      const headers = { 'user-agent': 'scw/2' };
      const { body } = await server.call('POST', '/iam/v1alpha1/applications', { headers, body: { name: 'web' } });
      const listed = await server.call('GET', `${path}?search=${body.id}`);
      const [{ id }] = listed.body.logs;
      const expected = {
        id,
        created_at: body.created_at,
        ip: '127.0.0.1',
        user_agent: 'scw/2',
        action: 'created',
        bearer_id: owner,
        organization_id: organization,
        resource_type: 'application',
        resource_id: body.id,
      };
      expect(listed.text).toBe(`{"logs":[${JSON.stringify(expected)}],"total_count":1}`);
      const shown = await server.call('GET', `${path}/${id.toUpperCase()}`);
      expect([shown.status, shown.text]).toEqual([200, JSON.stringify(expected)]);
    });

    it('an entry is as old as the change that it tells', async () => {
      const group = await createGroup(server);
      const path = `/iam/v1alpha1/groups/${group.id}`;
      const { body: changed } = await server.call('PATCH', path, { body: { description: 'later' } });
      const times = (await itemsOf(server, list, `search=${group.id}`)).map(({ created_at }) => created_at);
      expect(times).toEqual([group.created_at, changed.updated_at]);
    });

    it('lists begin with the oldest entry, or with the newest, and ids decide between equals', async () => {
      const { id } = await createMember(server);
      for (let index = 0; index < 4; index += 1)
        await server.call('PATCH', `/iam/v1alpha1/users/${id}`, { body: { first_name: `Ada ${index}` } });
      const entries = (await auditEntries(server)).filter(({ resource_id }) => resource_id === id);
      await expectOrder(
        server,
        list,
        'created_at',
        entries.map((entry) => entry.id),
        `search=${id}`,
      );
      expect(await idsOf(server, list, `search=${id}`)).toEqual(entries.map((entry) => entry.id));
      // Servers that share a database may read the same time. Entries are never changed, so these are put beside.
      const twins = entries.map((entry, index) => ({
        ...entry,
        id: `6f0c0000-0000-4000-8000-00000000001${(index * 7) % 5}`,
        revision: -1 - index,
        resource_id: nobody,
        created_at: 1,
      }));
      await server.services.storage.db.insertInto('audit_entries').values(twins).execute();
      const ids = twins.map((entry) => entry.id).toSorted();
      await expectOrder(server, list, 'created_at', ids, `search=${nobody}`);
      await expectPagesEnd(server, list);
      await expectPagesEnd(server, { ...list, path: `${path}?search=${id}` });
    });

    it('lists filter by action, kind of thing, bearer and thing', async () => {
      const member = await createMember(server);
      const key = await keyFor(server, { user_id: member.id });
      const application = await createApplication(server);
      const itself = `/iam/v1alpha1/users/${member.id}`;
      await server.call('PATCH', itself, { key, body: { first_name: 'Ada' } });
      const { body: apiKey } = await server.call('POST', '/iam/v1alpha1/api-keys', {
        key,
        body: { user_id: member.id },
      });
      await server.call('DELETE', `/iam/v1alpha1/applications/${application.id}`);
      const told = async (query: string) =>
        (await itemsOf(server, list, query)).map(
          ({ resource_type, action, resource_id }) => `${resource_type} ${action} ${resource_id}`,
        );
      const userCreated = `user created ${member.id}`;
      const userUpdated = `user updated ${member.id}`;
      const keyCreated = `api_key created ${apiKey.access_key}`;
      const expected = {
        [`search=${member.id}`]: [userCreated, userUpdated, keyCreated],
        [`search=${member.id}&action=created`]: [userCreated, keyCreated],
        [`search=${member.id}&action=unknown_action&resource_type=unknown_resource_type`]: [
          userCreated,
          userUpdated,
          keyCreated,
        ],
        [`search=${member.id}&resource_type=api_key&organization_id=${organization}`]: [keyCreated],
        [`search=${member.id}&resource_type=user&action=updated&organization_id=`]: [userUpdated],
        [`search=${member.id}&action=deleted`]: [],
        [`search=${member.id.slice(0, 8)}`]: [],
        [`search=${apiKey.access_key}`]: [keyCreated],
        [`search=${application.id}&action=deleted`]: [`application deleted ${application.id}`],
        [`search=${nobody.replace('6', '7')}`]: [],
      };
      for (const [query, found] of Object.entries(expected)) expect(await told(query), query).toEqual(found);
      const all = await itemsOf(server, list);
      expect(await itemsOf(server, list, 'search=')).toEqual(all);
      for (const type of ['api_key', 'user', 'application', 'group', 'policy']) {
        const ofType = all.filter(({ resource_type }) => resource_type === type);
        expect(ofType.length).toBeGreaterThan(0);
        expect(await itemsOf(server, list, `resource_type=${type}`), type).toEqual(ofType);
      }
    });

    it('created_after and created_before leave out the moment itself', async () => {
      const { id } = await createGroup(server);
      for (let index = 0; index < 2; index += 1)
        await server.call('PATCH', `/iam/v1alpha1/groups/${id}`, { body: { description: `${index}` } });
      const entries = (await auditEntries(server)).filter(({ resource_id }) => resource_id === id);
      const [first, second, third] = entries.map((entry) => entry.id);
      const moment = entries[1]?.created_at ?? 0;
      const at = (micros: number) => encodeURIComponent(formatTimestamp(micros));
      const expected: Readonly<Record<string, readonly (string | undefined)[]>> = {
        [`created_after=${at(moment)}`]: [third],
        [`created_after=${at(moment - 1)}`]: [second, third],
        [`created_before=${at(moment)}`]: [first],
        [`created_before=${at(moment + 1)}`]: [first, second],
        [`created_after=${at(moment - 1)}&created_before=${at(moment + 1)}`]: [second],
        [`created_after=${at(moment)}&created_before=${at(moment)}`]: [],
        // The same moment as other clients write it: with an offset, and with a blank in place of the T.
        [`created_after=${encodeURIComponent(withOffset(moment))}`]: [third],
        [`created_before=${encodeURIComponent(withOffset(moment).replace('T', ' '))}`]: [first],
        [`created_after=${encodeURIComponent(formatTimestamp(moment).replace('Z', '999Z'))}`]: [third],
        'created_after=2029-12-31T00:00:00Z&created_before=9999-12-31T23:59:59Z': [first, second, third],
        'created_before=2029-12-31T00:00:00Z': [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, `search=${id}&${query}`), query).toEqual(found);
    });

    it('changes of things that are no IAM objects are kept and not shown', async () => {
      const { body } = await server.call('POST', '/account/v3/projects', { body: { name: 'hidden' } });
      const entry = (await auditEntries(server)).at(-1)!;
      expect(entry).toMatchObject({ resource_type: 'project', resource_id: body.id });
      expect(await idsOf(server, list, `search=${body.id}`)).toEqual([]);
      await expectRefused(server, ['GET', `${path}/${entry.id}`], unknown('log', entry.id));
    });

    it('logs.list refuses filters and pages that are wrong', async () => {
      const time = 'value must be an RFC 3339 time';
      const actions = help.oneOf('unknown_action', 'created', 'updated', 'deleted');
      const types = help.oneOf('unknown_resource_type', 'api_key', 'user', 'application', 'group', 'policy');
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at')),
        ['created_after=yesterday', ['created_after', 'format', time]],
        ['created_after=', ['created_after', 'format', time]],
        ['created_before=2030-02-30T00:00:00Z', ['created_before', 'format', time]],
        ['action=renamed', ['action', 'constraint', actions]],
        ['action=created&action=updated', ['action', 'constraint', help.twice]],
        ['resource_type=ssh_key', ['resource_type', 'constraint', types]],
        [`search=${'s'.repeat(256)}`, ['search', 'constraint', help.atMost(255)]],
        ['organization_id=mine', ['organization_id', 'format', help.uuid]],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
      expect(await idsOf(server, list, `search=${'s'.repeat(255)}`)).toEqual([]);
    });

    it('an entry that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      const foreign = await server.call('GET', `${path}?page_size=1`, { key: other.secretKey });
      for (const id of [nobody, foreign.body.logs[0].id])
        await expectRefused(server, ['GET', `${path}/${id}`], unknown('log', id));
      expect(await idsOf(server, list, `search=${other.ownerId}`)).toEqual([]);
      const elsewhere = `${path}?organization_id=${other.organizationId}`;
      await expectRefused(server, ['GET', elsewhere], unknown('organization', other.organizationId));
      await expectRefused(server, ['GET', `${path}/last`], invalid(['log_id', 'format', help.uuid]));
    });

    it('nobody changes or deletes an entry, not even in the database', async () => {
      const [entry] = await auditEntries(server);
      const { db } = server.services.storage;
      const id = entry?.id ?? '';
      const message = 'audit_entries is append-only';
      await expect(db.updateTable('audit_entries').set({ ip: '' }).where('id', '=', id).execute()).rejects.toThrow(
        message,
      );
      await expect(db.deleteFrom('audit_entries').where('id', '=', id).execute()).rejects.toThrow(message);
      for (const method of ['PATCH', 'DELETE']) {
        const { status, body } = await server.call(method, `${path}/${id}`);
        expect([status, body]).toEqual([405, { message: 'method is not allowed', type: 'method_not_allowed' }]);
      }
      expect((await auditEntries(server))[0]).toEqual(entry);
    });

    const existing = async (): Promise<string> => (await itemsOf(server, list)).map(({ id }: Json) => id)[0];
    itIsGuarded('logs', () => server, existing, {
      'logs.list': [`GET ${path}?search={id}`, 'list log'],
      'logs.get': [`GET ${path}/{id}`, 'read log'],
    });
  });
}

/** A moment as clients two hours east of Greenwich write it. */
const withOffset = (micros: number): string => formatTimestamp(micros + 2 * 3600 * 1_000_000).replace('Z', '+02:00');
