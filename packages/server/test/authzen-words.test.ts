import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { type AuthzenWorld, allowed, denied, expectAnswer, startAuthzenWorld } from './support/authzen.ts';
import { keyFor } from './support/bearers.ts';
import type { Json } from './support/server.ts';

const catalogue = `
version: 1
services:
  - name: wiki
    resources: [{ name: page, scope: project, actions: [read] }]
permission_sets: [{ name: WikiReader, scope_type: projects, permissions: ['wiki:page:read'] }]
`;
const unknown = denied('unknown_permission');

for (const database of databases()) {
  describe(`words of AuthZEN on ${database.name}`, () => {
    let world: AuthzenWorld;
    let key: string;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), {
        catalogue,
        people: ['alice', 'bob'],
        rules: { alice: [['WikiReader', '']], bob: [['WikiReader', 'request.ip == "9.9.9.9"']] },
        mapping: () => ({}),
      });
      key = await keyFor(world.server, { user_id: world.people.bob ?? '' });
    });
    afterAll(() => world.close());

    const question = (type: string, name: string): Json => ({
      subject: { type: 'user', id: world.people.alice },
      action: { name },
      resource: { type, id: 'home' },
    });
    const evaluate = (type: string, name: string) => world.ask('evaluation', question(type, name));

    it('type and action stay apart: what is moved from one to the other is unknown', async () => {
      expectAnswer(await evaluate('wiki:page', 'read'), allowed);
      for (const [type, name] of [
        ['wiki', 'page:read'],
        ['wiki:page', ':read'],
        ['wiki:page:', 'read'],
        ['wiki:page:read', 'x'],
        ['x', 'wiki:page:read'],
        [':', 'read'],
        ['wiki', 'page'],
      ] as const)
        expectAnswer(await evaluate(type, name), unknown);
    });

    it('a search finds nobody by words that are put together in another way', async () => {
      const search = async (path: string, body: Json) => (await world.ask(`search/${path}`, body)).body.results;
      const asked = (type: string, name: string) => ({ ...question(type, name), subject: { type: 'user' } });
      expect((await search('subject', asked('wiki:page', 'read'))).map(({ id }: Json) => id)).toContain(
        world.people.alice,
      );
      expect(await search('subject', asked('wiki', 'page:read'))).toEqual([]);
      expect(await search('subject', asked('wiki:page:read', 'x'))).toEqual([]);
      for (const type of ['wiki', 'wiki:', 'wiki:page:', 'wiki:page:read'])
        expect(await search('action', question(type, 'read')), type).toEqual([]);
    });

    it('a client gets its id of the request back, and is known by its bearer token, where there is nothing too', async () => {
      const headers = { 'x-request-id': 'mine', authorization: `Bearer ${key}` };
      for (const [method, path, status] of [
        ['POST', 'evaluation', 400],
        ['GET', 'evaluation', 405],
        ['DELETE', 'search/subject', 405],
        ['POST', 'nothing', 404],
        ['POST', 'search/nothing', 404],
      ] as const) {
        const answer = await world.server.call(method, `/access/v1/${path}`, { key: null, headers });
        expect([answer.status, answer.headers['x-request-id']], `${method} ${path}`).toEqual([status, 'mine']);
      }
      const { headers: elsewhere } = await world.server.call('GET', '/iam/v1alpha1/nothing', { headers });
      expect(elsewhere['x-request-id']).not.toBe('mine');
    });

    it('about itself a caller is seen as it comes, where the context names nothing else', async () => {
      const itself = { ...question('wiki:page', 'read'), subject: { type: 'user', id: world.people.bob } };
      expectAnswer(await world.ask('evaluation', itself, { key }), denied());
      expectAnswer(await world.ask('evaluation', { ...itself, context: { ip: '9.9.9.9' } }, { key }), allowed);
      expectAnswer(await world.ask('evaluation', { ...itself, context: { ip: 7 } }, { key }), denied());
    });
  });
}
