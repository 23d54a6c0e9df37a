import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create, createApplication, keyFor } from './support/bearers.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`check-permissions on ${database.name}`, () => {
    const server = serverOn(database);
    /** Of an application that may list groups from one address, by one client. */
    let key: string;

    beforeAll(async () => {
      const { id } = await createApplication(server);
      const rule = {
        permission_set_names: ['IAMGroupReadOnly'],
        organization_id: server.organization.organizationId,
        condition: 'request.ip == "9.9.9.9" && request.user_agent == "robot"',
      };
      await create(server, `${iam}/policies`, { name: 'far', application_id: id, rules: [rule] });
      key = await keyFor(server, { application_id: id });
    });

    const ask = (permissions: Json, more: Json = {}, options: Json = {}) =>
      server.call('POST', `${iam}/check-permissions`, { body: { permissions, ...more }, ...options });
    const decisionsOf = async (permissions: Json, more: Json = {}, options: Json = {}) => {
      const answer = await ask(permissions, more, options);
      expect(answer.status, answer.text).toBe(200);
      return answer.body.responses.map(({ decision }: Json) => decision);
    };
    const known = { service: 'iam', name: 'user', action: 'list' };

    it('what the catalogue does not have is denied, whatever its name, and the rest is answered', async () => {
      const unknown = [
        { service: 'instance', name: 'flexible-ip', action: 'read' },
        { service: 'iam', name: 'user', action: 'sing-along' },
        { service: 'IAM', name: 'User', action: 'List' },
        { service: 'iam ', name: 'user', action: 'list' },
        { service: 'i', name: '*', action: '*' },
        { service: 'größe', name: '9', action: '.' },
        { service: 'iam', name: '__proto__', action: 'constructor' },
        { service: 'x'.repeat(255), name: 'x', action: 'x' },
      ];
      const mixed = unknown.flatMap((question) => [question, known]);
      expect(await decisionsOf(mixed)).toEqual(unknown.flatMap(() => ['deny', 'allow']));
    });

    it('names cannot be put together in another way than their parts say', async () => {
      for (const question of [
        { service: 'iam:user', name: 'list', action: 'x' },
        { service: 'iam', name: 'user:list', action: 'x' },
        { service: 'iam', name: 'user', action: ':list' },
        { service: 'iam', name: '', action: 'user:list' },
      ])
        expect((await ask([question])).status).toBe(400);
    });

    const itself = [{ service: 'iam', name: 'group', action: 'list' }];
    const robot = { headers: { 'user-agent': 'robot' } };

    it('about itself conditions see the request as it comes, in all that the question does not name', async () => {
      expect(await decisionsOf(itself, {}, { key })).toEqual(['deny']);
      const request = { ip: '9.9.9.9' };
      expect(await decisionsOf(itself, { request }, { key })).toEqual(['deny']);
      expect(await decisionsOf(itself, { request }, { key, ...robot })).toEqual(['allow']);
      expect(await decisionsOf(itself, { request: { ...request, user_agent: 'robot' } }, { key })).toEqual(['allow']);
      expect(await decisionsOf(itself, { request: { ...request, user_agent: 'person' } }, { key, ...robot })).toEqual([
        'deny',
      ]);
    });

    it('what a question says of the request is believed for its answer only: here the request itself counts', async () => {
      expect((await server.call('GET', `${iam}/groups`, { key, ...robot })).status).toBe(403);
    });
  });
}
