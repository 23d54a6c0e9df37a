import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { type AuthzenWorld, startAuthzenWorld } from './support/authzen.ts';
import { cast, published, search, staff, todos } from './support/interop.ts';
import type { Json } from './support/server.ts';

const todo = (owner?: string) => ({
  type: 'todo',
  id: owner === undefined ? 'todo-1' : '7240d0db-8ff0-41ec-98b2-34a096273b9f',
  ...(owner !== undefined && { properties: { ownerID: owner } }),
});
const reader = (email: string) => ({ type: 'user', id: email });
const [rick, morty, summer, beth, jerry] = Object.values(cast).map(([email]) => email) as [
  string,
  string,
  string,
  string,
  string,
];

/** The eight questions about each person: another and itself, two about all todos, two todos to change and to delete. */
const questions = (self: string, other: string): readonly (readonly [action: string, resource: Json])[] => [
  ['can_read_user', reader(beth)],
  ['can_read_user', reader(self)],
  ['can_read_todos', todo()],
  ['can_create_todo', todo()],
  ['can_update_todo', todo(rick)],
  ['can_update_todo', todo(other)],
  ['can_delete_todo', todo(rick)],
  ['can_delete_todo', todo(other)],
];
/** The published decisions, + for true. */
const decisions = [
  ['rick', questions(rick, morty), '++++++++'],
  ['morty', questions(morty, morty), '++++-+-+'],
  ['summer', questions(summer, summer), '++++-+-+'],
  ['beth', questions(beth, beth), '+++-----'],
  ['jerry', questions(jerry, jerry), '+++-----'],
] as const;
const signs = (answers: readonly Json[]) => answers.map(({ decision }) => (decision ? '+' : '-')).join('');

const routes = [
  ['GET', '/users/{userId}'],
  ['GET', '/todos'],
  ['POST', '/todos'],
  ['PUT', '/todos/{todoId}'],
  ['DELETE', '/todos/{todoId}'],
] as const;

for (const database of databases()) {
  describe(`the todo scenario on ${database.name}`, () => {
    let world: AuthzenWorld;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), todos);
    });
    afterAll(() => world.close());

    for (const [name, asked, expected] of decisions) {
      it(`decides eight questions about ${name} as published`, async () => {
        const answers: Json[] = [];
        for (const [action, resource] of asked) {
          const subject = { type: 'user', id: cast[name][1] };
          const { status, body } = await world.ask('evaluation', { subject, action: { name: action }, resource });
          expect(status).toBe(200);
          answers.push(body);
        }
        expect(signs(answers)).toBe(expected);
      });
    }

    const batches = [
      ['rick', [rick, jerry], '++'],
      ['morty', [rick, morty], '-+'],
      ['jerry', [rick, jerry], '--'],
    ] as const;
    for (const [name, owners, expected] of batches) {
      it(`decides a batch about ${name} as published`, async () => {
        const evaluations = owners.map((owner) => ({ resource: todo(owner) }));
        // Clients send an empty resource as the default.
        const defaults = {
          subject: { type: 'user', id: cast[name][1] },
          action: { name: 'can_update_todo' },
          resource: {},
        };
        const { status, body } = await world.ask('evaluations', { ...defaults, context: {}, evaluations });
        expect([status, signs(body.evaluations)]).toEqual([200, expected]);
      });
    }

    for (const [name, expected] of [
      ['rick', '+++++'],
      ['morty', '+++++'],
      ['summer', '+++++'],
      ['beth', '++---'],
      ['jerry', '++---'],
    ] as const) {
      it(`decides five routes of an API gateway for ${name} as published`, async () => {
        const answers: Json[] = [];
        for (const [method, id] of routes) {
          const subject = { type: 'identity', id: cast[name][1] };
          const resource = { type: 'route', id };
          answers.push((await world.ask('evaluation', { subject, action: { name: method }, resource })).body);
        }
        expect(signs(answers)).toBe(expected);
      });
    }
  });

  describe(`the search scenario on ${database.name}`, () => {
    let world: AuthzenWorld;
    beforeAll(async () => {
      world = await startAuthzenWorld(await database.create(), search);
    });
    afterAll(() => world.close());

    const actions = ['view', 'edit', 'delete'] as const;
    const people = Object.keys(staff);
    const ids = Object.keys(published);
    /** Whether the published table has the person for the action on the record. */
    const may = (person: string, action: number, id: string) =>
      published[id]?.split(' ')[action]?.includes(person.charAt(0)) === true;
    const ask = async (kind: string, body: Json): Promise<Json> => {
      const answer = await world.ask(`search/${kind}`, body);
      expect([answer.status, answer.body.page?.next_token], answer.text).toEqual([200, '']);
      return answer.body.results;
    };

    it('finds the subjects of 60 searches as published', async () => {
      let searches = 0;
      for (const id of ids) {
        for (const [index, name] of actions.entries()) {
          const body = { subject: { type: 'user' }, action: { name }, resource: { type: 'record', id } };
          const expected = people
            .filter((person) => may(person, index, id))
            .map((person) => ({ type: 'user', id: person }));
          expect(await ask('subject', body), `${name} ${id}`).toEqual(expected);
          searches += 1;
        }
      }
      expect(searches).toBe(60);
    });

    it('finds the resources of 18 searches as published; six of them are those of an identity provider', async () => {
      let searches = 0;
      for (const person of people) {
        for (const [index, name] of actions.entries()) {
          const body = { subject: { type: 'user', id: person }, action: { name }, resource: { type: 'record' } };
          const expected = ids.filter((id) => may(person, index, id)).map((id) => ({ type: 'record', id }));
          expect(await ask('resource', body), `${name} ${person}`).toEqual(expected);
          searches += 1;
        }
      }
      expect(searches).toBe(18);
    });

    it('finds the actions of 120 searches as published', async () => {
      let searches = 0;
      for (const person of people) {
        for (const id of ids) {
          const body = { subject: { type: 'user', id: person }, resource: { type: 'record', id } };
          const expected = actions.filter((_, index) => may(person, index, id)).map((name) => ({ name }));
          const found: Json[] = await ask('action', body);
          // The order of actions is no part of the scenario.
          const byName = (a: Json, b: Json) => (a.name < b.name ? -1 : 1);
          expect(found.toSorted(byName), `${person} ${id}`).toEqual(expected.toSorted(byName));
          searches += 1;
        }
      }
      expect(searches).toBe(120);
    });
  });
}
