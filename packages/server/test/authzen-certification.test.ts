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
import { expectRefused, type Fault, invalid } from './support/refusals.ts';
import type { Json } from './support/server.ts';

/**
 * The certification scenario of AuthZEN 1.0, built again from its facts: titles begin with the section that an entry of
 * its matrix stands for (docs/authzen.md has the table).
 */
const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const admin = { ...bob, properties: { role: 'admin' } };
const first = { type: 'record', id: 'record-1' };
const second = { type: 'record', id: 'record-2' };
const active = { ...first, properties: { status: 'active' } };
const archived = { ...second, properties: { status: 'archived' } };
const question = { subject: alice, action: { name: 'read' }, resource: first };
const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

for (const database of databases()) {
  describe(`the certification scenario on ${database.name}`, () => {
    let world: AuthzenWorld;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), certification);
    });
    afterAll(() => world.close());

    const expectEvaluation = async (body: Json, expected: Json) =>
      expectAnswer(await world.ask('evaluation', body), expected);
    const expectBatch = async (body: Json, ...expected: Json[]) =>
      expectAnswer(await world.ask('evaluations', body), { evaluations: expected });
    const expectWrong = async (path: string, body: Json, ...faults: Fault[]) => {
      const options = { key: world.guard, body };
      await expectRefused(world.server, ['POST', `/access/v1/${path}`, options], invalid(...faults));
    };
    const missing = (name: string): Fault => [name, 'required', 'value is required'];

    describe('Basic Core', () => {
      it('2.2.1 permits what the first rule permits', () => expectEvaluation(question, allowed));

      it('2.2.2 denies what the fourth rule denies, in a 200', () =>
        expectEvaluation({ ...question, subject: bob, action: { name: 'write' } }, denied()));

      it('2.2.3 takes a context, which changes no decision of the fixture', () =>
        expectEvaluation({ ...question, context }, allowed));

      it('2.2.8 takes properties that no rule looks at', () =>
        expectEvaluation(
          {
            subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
            action: { name: 'read', properties: { method: 'GET' } },
            resource: { ...first, properties: { status: 'active', owner: 'bob' } },
          },
          allowed,
        ));

      it('2.2.9 ignores members it does not know', () =>
        expectEvaluation({ ...question, foo: 'bar', futureField: { nested: true } }, allowed));

      it('2.3 answers JSON with a decision, and a context that is an object', async () => {
        for (const [subject, decision] of [
          [alice, true],
          [bob, false],
        ] as const) {
          const answer = await world.ask('evaluation', { ...question, subject, action: { name: 'write' } });
          expect(answer.status).toBe(200);
          expect(answer.headers['content-type']).toBe('application/json');
          expect(answer.body.decision).toBe(decision);
          expect(answer.body.context).toEqual(decision ? undefined : { reason: 'nothing_grants' });
        }
      });

      it('2.4.1 refuses a question without subject, action or resource', async () => {
        for (const name of ['subject', 'action', 'resource'])
          await expectWrong('evaluation', { ...question, [name]: undefined }, missing(name));
      });

      it('2.4.2 refuses a subject or resource without type or id, and an action without name', async () => {
        const parts: Readonly<Record<string, Json>> = question;
        for (const path of ['subject.type', 'subject.id', 'action.name', 'resource.type', 'resource.id']) {
          const [part = '', member = ''] = path.split('.');
          await expectWrong(
            'evaluation',
            { ...question, [part]: { ...parts[part], [member]: undefined } },
            missing(path),
          );
        }
      });

      it('2.4.3 refuses another content type, with 400', async () => {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'nonsense']) {
          const options = { key: world.guard, headers: { 'content-type': type }, raw: JSON.stringify(question) };
          const refused = invalid(['content-type', 'format', 'the body must be application/json']);
          await expectRefused(world.server, ['POST', '/access/v1/evaluation', options], refused);
        }
      });

      it('2.4.4 refuses what is no JSON', async () => {
        for (const raw of ['{"subject":', 'nonsense', '{"subject":{}}}']) {
          const { status, body } = await world.server.call('POST', '/access/v1/evaluation', { key: world.guard, raw });
          expect([status, body.type, body.details[0].argument_name]).toEqual([400, 'invalid_arguments', 'body']);
        }
      });

      it('2.4.5 refuses an empty body', async () => {
        const options = { key: world.guard, headers: { 'content-type': 'application/json' }, raw: '' };
        const refused = invalid(missing('subject'), missing('action'), missing('resource'));
        await expectRefused(world.server, ['POST', '/access/v1/evaluation', options], refused);
      });

      it('2.4.6 refuses values of another type', async () => {
        await expectWrong('evaluation', { ...question, subject: 'alice' }, [
          'subject',
          'format',
          'value must be of type object',
        ]);
        const number: Fault = ['action.name', 'format', 'value must be of type string'];
        await expectWrong('evaluation', { ...question, action: { name: 123 } }, number);
      });

      it('2.5.1 sends the request id of the caller back, with errors too', async () => {
        const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
        for (const [body, key, status] of [
          [question, world.guard, 200],
          [{}, world.guard, 400],
          [question, null, 401],
        ] as const) {
          const answer = await world.ask('evaluation', body, { key, headers: { 'x-request-id': id } });
          expect([answer.status, answer.headers['x-request-id']]).toEqual([status, id]);
        }
      });

      it('2.5.2 makes a request id where the caller sends none', async () => {
        const answer = await world.ask('evaluation', question);
        expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      });

      it('2.6 decides the same question the same way again and again', async () => {
        for (let time = 0; time < 5; time += 1) await expectEvaluation(question, allowed);
      });
    });

    describe('Basic Properties', () => {
      it('2.2.4 denies alice to write what is archived', () =>
        expectEvaluation({ subject: alice, action: { name: 'write' }, resource: archived }, denied()));

      it('2.2.5 permits an administrator to write what is archived', () =>
        expectEvaluation({ subject: admin, action: { name: 'write' }, resource: archived }, allowed));

      it('2.2.6 permits alice a soft deletion', () =>
        expectEvaluation({ ...question, action: { name: 'delete', properties: { soft: true } } }, allowed));

      it('2.2.7 denies alice any other deletion', async () => {
        await expectEvaluation({ ...question, action: { name: 'delete', properties: { soft: false } } }, denied());
        await expectEvaluation({ ...question, action: { name: 'delete' } }, denied());
      });
    });

    describe('Batch Core', () => {
      it('3.2.1 answers each resource of a batch', () =>
        expectBatch(
          { subject: alice, action: { name: 'read' }, evaluations: [{ resource: first }, { resource: second }] },
          allowed,
          allowed,
        ));

      it('3.2.2 answers each action of a batch, in order', () =>
        expectBatch(
          { subject: bob, resource: first, evaluations: [{ action: { name: 'read' } }, { action: { name: 'write' } }] },
          allowed,
          denied(),
        ));

      it('3.2.5 answers items that bring everything along', () =>
        expectBatch(
          { evaluations: [question, { ...question, subject: bob, action: { name: 'write' } }] },
          allowed,
          denied(),
        ));

      it('3.2.6 takes a context for all items and one of an item', () =>
        expectBatch(
          {
            subject: alice,
            action: { name: 'read' },
            context,
            evaluations: [{ resource: first }, { resource: second, context: { ...context, source: 'batch-override' } }],
          },
          allowed,
          allowed,
        ));

      it('3.3 answers as many as are asked, in their order, each with a decision, and with none of its own', async () => {
        const names = ['write', 'read', 'read', 'write', 'read'];
        const evaluations = names.map((name) => ({ action: { name } }));
        const { body } = await world.ask('evaluations', { subject: bob, resource: first, evaluations });
        expect(Object.keys(body)).toEqual(['evaluations']);
        expect(body.evaluations.map((item: Json) => item.decision)).toEqual(names.map((name) => name === 'read'));
      });

      it('3.4.1 denies an item that is no question, and answers the others', () =>
        expectBatch(
          { subject: alice, action: { name: 'read' }, evaluations: [{ resource: first }, {}, { resource: second }] },
          allowed,
          brokenItem('resource: value is required'),
          allowed,
        ));

      it('3.4.2 is one question without a batch', async () =>
        expectAnswer(await world.ask('evaluations', question), allowed));

      it('3.4.3 is one question with an empty batch', async () => {
        expectAnswer(await world.ask('evaluations', { ...question, evaluations: [] }), allowed);
        await expectWrong(
          'evaluations',
          { subject: alice, action: { name: 'read' }, evaluations: [] },
          missing('resource'),
        );
      });
    });

    describe('Batch Properties', () => {
      it('3.2.3 looks at the properties of each resource', () =>
        expectBatch(
          { subject: alice, action: { name: 'write' }, evaluations: [{ resource: active }, { resource: archived }] },
          allowed,
          denied(),
        ));

      it('3.2.4 looks at the properties of each subject', () =>
        expectBatch(
          { action: { name: 'write' }, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
          denied(),
          allowed,
        ));

      it('3.2.7 replaces a default as a whole', () =>
        expectBatch(
          { subject: alice, action: { name: 'write' }, resource: active, evaluations: [{}, { resource: archived }] },
          allowed,
          denied(),
        ));
    });

    describe('Search Core', () => {
      const readers = { subject: { type: 'user' }, action: { name: 'read' }, resource: first };

      it('4.2.1 finds the users that may read', async () =>
        expectAnswer(await world.ask('search/subject', readers), found(alice, bob)));

      it('4.2.2 takes a context', async () =>
        expectAnswer(await world.ask('search/subject', { ...readers, context }), found(alice, bob)));

      it('4.2.3 ignores the id of the subject that is sought', async () => {
        for (const id of ['bob', 'nobody', 7])
          expectAnswer(
            await world.ask('search/subject', { ...readers, subject: { type: 'user', id } }),
            found(alice, bob),
          );
      });

      it('4.3.1 finds the records that alice may read', async () =>
        expectAnswer(
          await world.ask('search/resource', { ...question, resource: { type: 'record' } }),
          found(first, second),
        ));

      it('4.3.2 ignores the id of the resource that is sought', async () =>
        expectAnswer(await world.ask('search/resource', question), found(first, second)));

      it('4.4.1 finds the actions of alice', async () =>
        expectAnswer(
          await world.ask('search/action', { subject: alice, resource: first }),
          found({ name: 'read' }, { name: 'write' }),
        ));

      it('4.4.2 takes a context, and ignores an action', async () =>
        expectAnswer(
          await world.ask('search/action', { ...question, context }),
          found({ name: 'read' }, { name: 'write' }),
        ));

      it('4.5 cuts an answer at the limit and goes on with its token, which is empty at the end', async () => {
        const one = await world.ask('search/subject', { ...readers, page: { limit: 1 } });
        expect(one.body).toEqual({ results: [alice], page: { next_token: expect.stringMatching(/./), count: 1 } });
        const { next_token: token } = one.body.page;
        expectAnswer(await world.ask('search/subject', { ...readers, page: { token } }), found(bob));
      });

      it('4.6 finds nothing for unknown ids and unknown types, without an error', async () => {
        const nobody = { type: 'user', id: 'nonexistent-user' };
        const ship = { type: 'spaceship', id: 'one' };
        for (const [kind, body] of [
          ['action', { subject: nobody, resource: first }],
          ['action', { subject: ship, resource: first }],
          ['action', { subject: alice, resource: ship }],
          ['resource', { ...question, subject: nobody }],
          ['resource', { ...question, resource: ship }],
          ['subject', { ...readers, subject: ship }],
          ['subject', { ...readers, resource: ship }],
          ['subject', { ...readers, action: { name: 'fly' } }],
        ] as const) {
          expectAnswer(await world.ask(`search/${kind}`, body), found());
        }
      });

      it('4.7 refuses a search without what it needs', async () => {
        await expectWrong('search/subject', { ...readers, action: undefined }, missing('action'));
        await expectWrong('search/resource', { ...question, subject: undefined }, missing('subject'));
        await expectWrong('search/action', { subject: alice }, missing('resource'));
        await expectWrong('search/subject', { ...readers, resource: { type: 'record' } }, missing('resource.id'));
        await expectWrong('search/resource', { ...question, subject: { type: 'user' } }, missing('subject.id'));
      });
    });

    describe('Search Properties', () => {
      it('4.2.4 finds who may write what is archived', async () => {
        const body = { subject: { type: 'user' }, action: { name: 'write' }, resource: archived };
        expectAnswer(await world.ask('search/subject', body), found(bob));
      });

      it('4.3.3 finds what an administrator may write', async () => {
        const body = { subject: admin, action: { name: 'write' }, resource: { type: 'record' } };
        expectAnswer(await world.ask('search/resource', body), found(second));
      });

      it('4.4.3 finds what an administrator may do to what is archived', async () =>
        expectAnswer(
          await world.ask('search/action', { subject: admin, resource: archived }),
          found({ name: 'read' }, { name: 'write' }),
        ));
    });

    describe('Discovery', () => {
      it('6 tells the addresses under the public one, to anybody', async () => {
        const { call } = world.server;
        const answer = await call('GET', '/.well-known/authzen-configuration', { key: null });
        const access = 'https://iam.example.org/access/v1';
        expect(answer.headers['content-type']).toBe('application/json');
        expectAnswer(answer, {
          policy_decision_point: 'https://iam.example.org',
          access_evaluation_endpoint: `${access}/evaluation`,
          access_evaluations_endpoint: `${access}/evaluations`,
          search_subject_endpoint: `${access}/search/subject`,
          search_resource_endpoint: `${access}/search/resource`,
          search_action_endpoint: `${access}/search/action`,
        });
      });
    });
  });
}
