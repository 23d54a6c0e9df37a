import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import {
  type AuthzenWorld,
  allowed,
  brokenItem,
  denied,
  expectAnswer,
  found,
  startAuthzenWorld,
} from './support/authzen.ts';
import { certification } from './support/records.ts';
import { expectRefused, invalid } from './support/refusals.ts';
import type { Json } from './support/server.ts';

const alice = { type: 'user', id: 'alice' };
const first = { type: 'record', id: 'record-1' };
const question = { subject: alice, action: { name: 'read' }, resource: first };
const forbiddenAction = { action: { name: 'delete' } };
const tooLarge = 'value must be at most 16384 bytes of JSON';

for (const database of databases()) {
  describe(`batches and bounds of AuthZEN on ${database.name}`, () => {
    let world: AuthzenWorld;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), certification);
    });
    afterAll(() => world.close());

    const decisionsOf = async (body: Json): Promise<readonly boolean[]> => {
      const answer = await world.ask('evaluations', { ...question, ...body });
      expect(answer.status, answer.text).toBe(200);
      return answer.body.evaluations.map(({ decision }: Json) => decision);
    };
    const semantic = (evaluations_semantic: string) => ({ options: { evaluations_semantic } });

    it('a batch ends where its semantic says', async () => {
      const evaluations = [{}, forbiddenAction, {}, forbiddenAction];
      expect(await decisionsOf({ evaluations })).toEqual([true, false, true, false]);
      expect(await decisionsOf({ evaluations, ...semantic('execute_all') })).toEqual([true, false, true, false]);
      expect(await decisionsOf({ evaluations, ...semantic('deny_on_first_deny') })).toEqual([true, false]);
      expect(await decisionsOf({ evaluations, ...semantic('permit_on_first_permit') })).toEqual([true]);
      const refused = [forbiddenAction, forbiddenAction];
      expect(await decisionsOf({ evaluations: refused, ...semantic('permit_on_first_permit') })).toEqual([
        false,
        false,
      ]);
      expect(await decisionsOf({ evaluations: [7, {}], ...semantic('deny_on_first_deny') })).toEqual([false]);
    });

    it('another semantic is refused', async () => {
      const body = { ...question, evaluations: [{}], ...semantic('first_come') };
      const words = 'value must be one of execute_all, deny_on_first_deny, permit_on_first_permit';
      const options = { key: world.guard, body };
      const refused = invalid(['options.evaluations_semantic', 'constraint', words]);
      await expectRefused(world.server, ['POST', '/access/v1/evaluations', options], refused);
    });

    it('a part of an item replaces the default as a whole: its properties, its type and its id go with it', async () => {
      const archived = { type: 'record', id: 'record-2', properties: { status: 'archived' } };
      const defaults = { ...question, action: { name: 'write' }, resource: archived };
      const evaluations = [{}, { resource: first }, { resource: { id: 'record-1' } }, { resource: null }];
      expectAnswer(await world.ask('evaluations', { ...defaults, evaluations }), {
        evaluations: [denied(), allowed, brokenItem('resource.type: value is required'), denied()],
      });
    });

    it('an item that is no question is told what is wrong with it, and the others are answered', async () => {
      const broken: readonly (readonly [Json, string])[] = [
        [7, 'evaluation: value must be an object'],
        [null, 'evaluation: value must be an object'],
        [[], 'evaluation: value must be an object'],
        [{ subject: 'alice' }, 'subject: value must be of type object'],
        [{ action: { name: 1 } }, 'action.name: value must be of type string'],
        [{ resource: { ...first, properties: [] } }, 'resource.properties: value must be of type object'],
        [{ context: 'now' }, 'context: value must be of type object'],
        [{ resource: { ...first, properties: { text: 'x'.repeat(17_000) } } }, `resource: ${tooLarge}`],
      ];
      const evaluations = broken.flatMap(([item]) => [item, {}]);
      const expected = broken.flatMap(([, message]) => [brokenItem(message), allowed]);
      expectAnswer(await world.ask('evaluations', { ...question, evaluations }), { evaluations: expected });
    });

    it('10,000 items are answered, one more is refused', async () => {
      const evaluations = Array.from({ length: 10_000 }, (_, index) => (index % 2 === 0 ? {} : forbiddenAction));
      const decisions = await decisionsOf({ evaluations });
      expect(decisions).toEqual(evaluations.map((_, index) => index % 2 === 0));
      const body = { ...question, evaluations: [...evaluations, {}] };
      const refused = invalid(['evaluations', 'constraint', 'value must contain no more than 10000 item(s)']);
      await expectRefused(world.server, ['POST', '/access/v1/evaluations', { key: world.guard, body }], refused);
    });

    it('each part of a question has at most 16 KiB of JSON', async () => {
      const filled = (bytes: number) => ({ text: 'x'.repeat(bytes) });
      // The text, the names and the braces around it.
      const around = JSON.stringify({ ...first, properties: filled(0) }).length;
      const fits = { ...question, resource: { ...first, properties: filled(16_384 - around) } };
      expectAnswer(await world.ask('evaluation', fits), allowed);
      const over = { ...first, properties: filled(16_385 - around) };
      for (const [path, body] of [
        ['evaluation', { ...question, resource: over }],
        ['evaluations', { ...question, resource: over, evaluations: [{}] }],
        ['search/subject', { ...question, resource: over }],
        ['search/action', { ...question, resource: over }],
      ] as const) {
        const options = { key: world.guard, body };
        const refused = invalid(['resource', 'constraint', tooLarge]);
        await expectRefused(world.server, ['POST', `/access/v1/${path}`, options], refused);
      }
      const body = { ...question, context: filled(17_000) };
      const refused = invalid(['context', 'constraint', tooLarge]);
      await expectRefused(world.server, ['POST', '/access/v1/evaluation', { key: world.guard, body }], refused);
    });

    it('properties that conditions cannot read grant nothing', async () => {
      const write = { ...question, action: { name: 'write' } };
      const many = Array.from({ length: 1001 }, () => 0);
      for (const properties of [{ status: 'x'.repeat(1001) }, { status: 'active', many }]) {
        expectAnswer(await world.ask('evaluation', { ...write, resource: { ...first, properties } }), denied());
      }
    });

    it('names that mean something in JavaScript are names like any other', async () => {
      const raw = JSON.stringify({ ...question, action: { name: 'write' } }).replace(
        '"record-1"',
        '"record-1","properties":{"__proto__":{"status":"archived"},"constructor":1,"toString":2}',
      );
      const answer = await world.server.call('POST', '/access/v1/evaluation', { key: world.guard, raw });
      expectAnswer(answer, allowed);
    });

    it('a token is good for the question it came with', async () => {
      const readers = { ...question, subject: { type: 'user' } };
      const { body } = await world.ask('search/subject', { ...readers, page: { limit: 1 } });
      const { next_token: token } = body.page;
      const refused = invalid([
        'page.token',
        'constraint',
        'value must be the next_token of an answer to the same question',
      ]);
      for (const other of [
        { ...readers, action: { name: 'write' }, page: { token } },
        { ...readers, page: { token: `${token}.x` } },
        { ...readers, page: { token: 'x' } },
      ]) {
        const options = { key: world.guard, body: other };
        await expectRefused(world.server, ['POST', '/access/v1/search/subject', options], refused);
      }
      const again = await world.ask('search/subject', { ...readers, page: { token: '', limit: 5000 } });
      expectAnswer(again, found(alice, { type: 'user', id: 'bob' }));
    });

    it('a search that would be long is cut, and says so', async () => {
      const mapping: Json = certification.mapping(world.people);
      const resources = Array.from({ length: 1500 }, (_, index) => ({ type: 'record', id: `r${10_000 + index}` }));
      world.useMapping({ ...mapping, resources });
      const body = { ...question, resource: { type: 'record' } };
      const one = await world.ask('search/resource', body);
      expect(one.body.page).toEqual({ next_token: expect.stringMatching(/./), count: 1000 });
      const two = await world.ask('search/resource', { ...body, page: { token: one.body.page.next_token } });
      expect(two.body.page).toEqual({ next_token: '', count: 500 });
      const ids = [...one.body.results, ...two.body.results].map(({ id }: Json) => id);
      expect(ids).toEqual(resources.map(({ id }) => id));
      world.useMapping(mapping);
    });
  });
}
