import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { search } from '../../../test-support/authzen/search.ts';
import { databases } from '../../../test-support/databases.ts';
import { type AuthzenWorld, startAuthzenWorld } from './support/authzen.ts';

import type { Json } from './support/server.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const properties = maybe(
  fc.record(
    {
      owner: fc.constantFrom('alice', 'bob', 'carol'),
      department: fc.constantFrom('Legal', 'Sales', 'Finance', 7),
      project_id: fc.constantFrom(null, null, null, null, '6f0c0000-0000-4000-8000-000000000009'),
    },
    { requiredKeys: [] },
  ),
);
const subject = fc.record({
  type: fc.constantFrom('user', 'user', 'user', 'user', 'user', 'application', 'ship'),
  id: fc.constantFrom('alice', 'bob', 'carol', 'dan', 'erin', 'felix', 'alice', 'dan', 'nobody'),
  properties,
});
const resource = fc.record({
  type: fc.constantFrom('record', 'record', 'record', 'record', 'records:record', 'ship'),
  id: fc.constantFrom('101', '104', '107', '110', '115', 'none'),
  properties,
});
const action = fc.record({ name: fc.constantFrom('view', 'view', 'view', 'edit', 'delete', 'fly') });
const context = maybe(fc.constantFrom({}, { ip: '192.0.2.1' }));
const question = fc.record({ subject, action, resource, context });
/** Sometimes no question at all. */
const item = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ subject: maybe(subject), action: maybe(action), resource: maybe(resource), context }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, 7, {}, { subject: {} }, { action: { name: 1 } }) },
);
/** The same questions every time. */
const generation = { seed: 20_300_102, numRuns: 40 };

for (const database of databases()) {
  describe(`the faces of AuthZEN agree on ${database.name}`, () => {
    let world: AuthzenWorld;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), search);
    });
    afterAll(() => world.close());

    const decide = async (body: Json): Promise<boolean> => {
      const answer = await world.ask('evaluation', body);
      expect([200, 400]).toContain(answer.status);
      return answer.status === 200 && answer.body.decision;
    };
    /** All results, as many at a time. */
    const searchAll = async (kind: string, body: Json, limit: number): Promise<readonly Json[]> => {
      const results: Json[] = [];
      for (let token = ''; ; ) {
        const answer = await world.ask(`search/${kind}`, { ...body, page: { token, limit } });
        expect(answer.status, answer.text).toBe(200);
        expect(answer.body.page.count).toBe(answer.body.results.length);
        expect(answer.body.results.length).toBeLessThanOrEqual(limit);
        results.push(...answer.body.results);
        token = answer.body.page.next_token;
        if (token === '') return results;
      }
    };
    const allowedOf = async (candidates: readonly Json[], body: (candidate: Json) => Json) => {
      const found: Json[] = [];
      for (const candidate of candidates) if (await decide(body(candidate))) found.push(candidate);
      return found;
    };

    it('a batch decides what its items decide alone, and stops where its semantic says', async () => {
      const semantics = fc.constantFrom('execute_all', 'deny_on_first_deny', 'permit_on_first_permit');
      const batch = fc.tuple(question, fc.array(item, { minLength: 1, maxLength: 6 }), semantics);
      let permits = 0;
      const property = fc.asyncProperty(batch, async ([defaults, evaluations, semantic]) => {
        const alone: boolean[] = [];
        for (const each of evaluations) {
          const own = typeof each === 'object' && each !== null ? each : { subject: 'none' };
          const present = Object.fromEntries(Object.entries(own).filter(([, value]) => value != null));
          alone.push(await decide({ ...defaults, ...present }));
        }
        permits += alone.filter(Boolean).length;
        const last = {
          execute_all: -1,
          deny_on_first_deny: alone.indexOf(false),
          permit_on_first_permit: alone.indexOf(true),
        };
        const end = last[semantic as keyof typeof last];
        const options = { evaluations_semantic: semantic };
        const answer = await world.ask('evaluations', { ...defaults, evaluations, options });
        expect(answer.status, answer.text).toBe(200);
        const decisions = answer.body.evaluations.map(({ decision }: Json) => decision);
        expect(decisions).toEqual(end === -1 ? alone : alone.slice(0, end + 1));
      });
      await fc.assert(property, generation);
      expect(permits).toBeGreaterThan(10);
    });

    it('a search finds exactly what evaluations allow, whatever the size of its pages', async () => {
      const limits = fc.integer({ min: 1, max: 30 });
      let results = 0;
      const people = Object.keys(world.people);
      const property = fc.asyncProperty(question, limits, async (asked, limit) => {
        const subjects = asked.subject.type === 'user' ? people.map((id) => ({ type: 'user', id })) : [];
        const { properties: ofSubject } = asked.subject;
        const foundSubjects = await allowedOf(asked.subject.type === 'application' ? [] : subjects, (candidate) => ({
          ...asked,
          subject: { ...candidate, properties: ofSubject },
        }));
        if (asked.subject.type !== 'application') {
          expect(await searchAll('subject', asked, limit)).toEqual(foundSubjects);
        }
        const ids = Array.from({ length: 20 }, (_, index) => ({ type: 'record', id: String(101 + index) }));
        const { properties: ofResource } = asked.resource;
        const foundResources = await allowedOf(asked.resource.type === 'record' ? ids : [], (candidate) => ({
          ...asked,
          resource: { ...candidate, properties: ofResource },
        }));
        expect(await searchAll('resource', asked, limit)).toEqual(foundResources);
        const names = ['delete', 'edit', 'view'].map((name) => ({ name }));
        const foundActions = await allowedOf(names, (candidate) => ({ ...asked, action: candidate }));
        expect(await searchAll('action', asked, limit)).toEqual(foundActions);
        results += foundSubjects.length + foundResources.length + foundActions.length;
      });
      await fc.assert(property, { ...generation, numRuns: 25 });
      expect(results).toBeGreaterThan(50);
    });
  });
}
