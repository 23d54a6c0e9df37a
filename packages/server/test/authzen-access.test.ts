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
import { create, createApplication, createMember, keyFor } from './support/bearers.ts';
import { certification } from './support/records.ts';
import { expectRefused, forbidden, unauthenticated } from './support/refusals.ts';
import type { Json } from './support/server.ts';

const first = { type: 'record', id: 'record-1' };
const alice = { type: 'user', id: 'alice' };
const read = { name: 'read' };
const question = { subject: alice, action: read, resource: first };
const check = ['check', 'decision'] as const;

for (const database of databases()) {
  describe(`who may ask for decisions of AuthZEN on ${database.name}`, () => {
    let world: AuthzenWorld;
    let aliceKey: string;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), certification);
      aliceKey = await keyFor(world.server, { user_id: world.people.alice ?? '' });
    });
    afterAll(() => world.close());

    const evaluate = (body: Json, options: Parameters<AuthzenWorld['ask']>[2]) =>
      world.ask('evaluation', body, options);
    const expectForbidden = (path: string, key: string, body: Json, ...missing: (readonly [string, string])[]) =>
      expectRefused(world.server, ['POST', `/access/v1/${path}`, { key, body }], forbidden(...missing));

    it('everybody may ask about itself, by its own id and by the name that the file gives it', async () => {
      for (const subject of [
        alice,
        { type: 'user', id: world.people.alice },
        { type: 'user', id: world.people.alice?.toUpperCase() },
      ])
        expectAnswer(await evaluate({ ...question, subject }, { key: aliceKey }), allowed);
      const batch = { ...question, evaluations: [{}, { action: { name: 'delete' } }] };
      expectAnswer(await world.ask('evaluations', batch, { key: aliceKey }), { evaluations: [allowed, denied()] });
    });

    it('nobody may ask about another without iam:decision:check, in a batch neither', async () => {
      const bob = { type: 'user', id: 'bob' };
      await expectForbidden('evaluation', aliceKey, { ...question, subject: bob }, check);
      await expectForbidden('evaluation', aliceKey, { ...question, subject: { type: 'user', id: 'nobody' } }, check);
      await expectForbidden('evaluations', aliceKey, { ...question, subject: bob }, check);
      await expectForbidden('evaluations', aliceKey, { ...question, evaluations: [{}, { subject: bob }] }, check);
      await expectForbidden(
        'evaluations',
        aliceKey,
        { ...question, subject: bob, evaluations: [{ subject: alice }, {}] },
        check,
      );
      const batch = { ...question, evaluations: [{}, { subject: bob, resource: {} }] };
      expectAnswer(await world.ask('evaluations', batch, { key: aliceKey }), {
        evaluations: [allowed, brokenItem('resource.type: value is required')],
      });
    });

    it('a search needs to read policies, groups and users as well', async () => {
      const searches = [
        ['search/subject', question],
        ['search/resource', question],
        ['search/action', question],
      ] as const;
      const all = [check, ['list', 'policy'], ['list', 'group'], ['list', 'user']] as const;
      for (const [path, body] of searches) await expectForbidden(path, aliceKey, body, ...all);
      const { id: application_id } = await createApplication(world.server, { name: 'half a guard' });
      await create(world.server, '/iam/v1alpha1/policies', {
        name: 'half',
        application_id,
        rules: [{ permission_set_names: ['IAMDecisionPoint'], organization_id: world.organizationId }],
      });
      const key = await keyFor(world.server, { application_id });
      for (const [path, body] of searches) await expectForbidden(path, key, body, ...all.slice(1));
      expectAnswer(await evaluate(question, { key }), allowed);
    });

    it('a locked member may not even ask about itself', async () => {
      const member = await createMember(world.server);
      const key = await keyFor(world.server, { user_id: member.id });
      await world.server.call('POST', `/iam/v1alpha1/users/${member.id}/lock`, { body: {} });
      const body = { ...question, subject: { type: 'user', id: member.id } };
      await expectRefused(world.server, ['POST', '/access/v1/evaluation', { key, body }], forbidden());
      expectAnswer(await evaluate(body, { key: world.guard }), denied('locked'));
    });

    it('a secret key may stand behind Bearer, on these paths only', async () => {
      const headers = { authorization: `Bearer ${world.guard}` };
      expectAnswer(await evaluate(question, { key: null, headers }), allowed);
      expectAnswer(
        await evaluate(question, { key: null, headers: { authorization: `bearer  ${world.guard}` } }),
        allowed,
      );
      const nobody = unauthenticated('api_key', 'invalid_argument');
      const at = (path: string, authorization: string) =>
        expectRefused(world.server, ['POST', path, { key: null, headers: { authorization }, body: question }], nobody);
      await at('/iam/v1alpha1/check-permissions', `Bearer ${world.guard}`);
      for (const authorization of [
        'Bearer',
        'Bearer x',
        `Basic ${world.guard}`,
        `Bearer ${world.guard} ${world.guard}`,
      ])
        await at('/access/v1/evaluation', authorization);
      const wrong = { key: '6f0c0000-0000-4000-8000-00000000dead', headers, body: question };
      const unknown = unauthenticated('api_key', 'not_found');
      await expectRefused(world.server, ['POST', '/access/v1/evaluation', wrong], unknown);
    });

    it('what belongs to another organization is nobody and nowhere', async () => {
      const other = await world.server.anotherOrganization();
      const theirs = { subject: { type: 'user', id: other.ownerId }, action: read, resource: first };
      expectAnswer(await evaluate(theirs, { key: world.guard }), denied('unknown_principal'));
      const there = { ...first, properties: { organization_id: other.organizationId } };
      expectAnswer(await evaluate({ ...question, resource: there }, { key: world.guard }), denied('foreign_scope'));
      const project = { ...first, properties: { project_id: other.organizationId } };
      expectAnswer(await evaluate({ ...question, resource: project }, { key: world.guard }), denied('foreign_scope'));
      // The owner there may do everything there; the names that our file gives are unknown to it.
      const asOwner = { key: other.secretKey };
      expectAnswer(await evaluate(question, asOwner), denied('unknown_principal'));
      const records = { type: 'record', id: 'x' };
      const own = { subject: theirs.subject, action: read, resource: records };
      expectAnswer(await world.ask('search/resource', own, asOwner), found());
      const subjects = { ...own, resource: { type: 'records:record', id: 'record-1' } };
      expectAnswer(await world.ask('search/subject', subjects, asOwner), found(theirs.subject));
    });

    it('a subject whose type is not its own is nobody', async () => {
      const subject = { type: 'application', id: world.people.alice };
      expectAnswer(await evaluate({ ...question, subject }, { key: world.guard }), denied('unknown_principal'));
    });

    it('a refusal names no policy, no rule and no group', async () => {
      const { text } = await evaluate({ ...question, action: { name: 'delete' } }, { key: world.guard });
      expect(text).toBe('{"decision":false,"context":{"reason":"nothing_grants"}}');
    });

    it('our own types and actions need no file', async () => {
      world.useMapping({});
      const subject = { type: 'user', id: world.people.alice };
      const resource = { type: 'records:record', id: 'record-1' };
      const options = { key: world.guard };
      expectAnswer(await evaluate({ subject, action: read, resource }, options), allowed);
      expectAnswer(
        await evaluate({ subject, action: { name: 'fly' }, resource }, options),
        denied('unknown_permission'),
      );
      expectAnswer(await evaluate({ subject, action: read, resource: first }, options), denied('unknown_permission'));
      const actions = { subject, resource: { ...resource, properties: { status: 'active' } } };
      expectAnswer(
        await world.ask('search/action', actions),
        found({ name: 'read' }, { name: 'trash' }, { name: 'write' }),
      );
      world.useMapping(certification.mapping(world.people));
    });

    it('what this server enforces itself does not see what a caller says of subject and resource', async () => {
      const { id: user_id } = await createMember(world.server);
      const rule = (condition: string) => ({
        permission_set_names: ['IAMReadOnly'],
        condition,
        organization_id: world.organizationId,
      });
      const rules = [rule('subject.properties.trusted == true'), rule('resource.properties.public == true')];
      await create(world.server, '/iam/v1alpha1/policies', { name: 'told', user_id, rules });
      const body = {
        subject: { type: 'user', id: user_id, properties: { trusted: true } },
        action: { name: 'read' },
        resource: { type: 'iam:user', id: user_id, properties: { public: true } },
      };
      expectAnswer(await evaluate(body, { key: world.guard }), denied());
    });
  });
}
