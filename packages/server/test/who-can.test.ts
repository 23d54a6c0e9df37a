import { createCatalogue } from '@bailiwick/authz';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { toCatalogueData } from '../src/catalogue/catalogue.ts';
import { create, createApplication, createGroup, createMember } from './support/bearers.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`who-can on ${database.name}`, () => {
    const server = serverOn(database);
    let principals: readonly string[];

    beforeAll(async () => {
      const { organizationId, ownerId } = server.organization;
      const [member, locked] = [await createMember(server), await createMember(server)];
      const [application, powerless] = [await createApplication(server), await createApplication(server)];
      const { id: group } = await createGroup(server, {});
      await server.call('PUT', `${iam}/groups/${group}/members`, {
        body: { user_ids: [member.id, locked.id], application_ids: [application.id] },
      });
      const rules = [
        {
          permission_set_names: ['IAMReadOnly'],
          organization_id: organizationId,
          condition: 'request.ip == "192.0.2.1"',
        },
        { permission_set_names: ['SSHKeysReadOnly'], project_ids: [organizationId] },
      ];
      await create(server, `${iam}/policies`, { name: 'readers', group_id: group, rules });
      await server.call('POST', `${iam}/users/${locked.id}/lock`, { body: {} });
      principals = [ownerId, member.id, locked.id, application.id, powerless.id];
    });

    const found = async (permission: string, asked: Json): Promise<readonly string[]> => {
      const { body } = await server.call('POST', `${iam}/who-can`, { body: { permission, ...asked, page_size: 100 } });
      return body.principals.map(({ id }: Json) => id);
    };
    const allowed = async (permissions: readonly string[], request: Json, place: Json, principal_id: string) => {
      const questions = permissions.map((permission) => {
        const [service, name, action] = permission.split(':');
        return { service, name, action, ...place };
      });
      const { body } = await server.call('POST', `${iam}/check-permissions`, {
        body: { permissions: questions, subject: { principal_id }, request },
      });
      return permissions.filter((_, index) => body.responses[index].decision === 'allow');
    };

    it('lists exactly those whom a check allows, the rights of users on themselves included', async () => {
      const all = [...createCatalogue(toCatalogueData(server.services.catalogue)).permissions.values()];
      const own = all.filter(({ scope }) => scope === 'self').map(({ name }) => name);
      expect(own.length).toBeGreaterThan(3);
      const names = [...own, 'iam:user:list', 'iam:policy:write', 'iam:ssh_key:read', 'iam:ssh_key:write'];
      const request = { ip: '192.0.2.1' };
      for (const place of [{}, { project_id: server.organization.organizationId }]) {
        const may = new Map<string, readonly string[]>();
        for (const id of principals) may.set(id, await allowed(names, request, place, id));
        for (const name of names) {
          const expected = principals.filter((id) => may.get(id)?.includes(name)).sort();
          expect([...(await found(name, { request, ...place }))].sort(), `${name} ${JSON.stringify(place)}`).toEqual(
            expected,
          );
        }
      }
    });

    it('tells that users have rights on themselves because they are theirs', async () => {
      const { body } = await server.call('POST', `${iam}/who-can`, { body: { permission: 'iam:self_user:write' } });
      expect(body.principals.length).toBe(2);
      expect(body.principals.map(({ because }: Json) => because)).toEqual(['self', 'self']);
    });
  });
}
