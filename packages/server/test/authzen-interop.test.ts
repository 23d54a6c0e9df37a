import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { essenceOf } from '../../../test-support/authzen/scenario.ts';
import { search, searchSets } from '../../../test-support/authzen/search.ts';
import { todoSets, todos } from '../../../test-support/authzen/todo.ts';
import { databases } from '../../../test-support/databases.ts';
import { type AuthzenWorld, startAuthzenWorld } from './support/authzen.ts';

const scenarios = [
  ['todo', todos, todoSets, [...Array(5).fill(8), 1, 1, 1, ...Array(5).fill(5)]],
  ['search', search, searchSets, [60, 18, 120]],
] as const;

for (const database of databases()) {
  for (const [name, scenario, sets, sizes] of scenarios) {
    describe(`the ${name} scenario on ${database.name}`, () => {
      let world: AuthzenWorld;
      beforeAll(async () => {
        world = await startAuthzenWorld(await database.create(), scenario);
      });
      afterAll(() => world.close());

      for (const { title, questions } of sets) {
        it(title, async () => {
          for (const { path, body, expected } of questions) {
            const answer = await world.ask(path, body);
            expect([answer.status, essenceOf(answer.body)], JSON.stringify(body)).toEqual([200, expected]);
          }
        });
      }

      it('asks all that is published', () => {
        expect(sets.map(({ questions }) => questions.length)).toEqual(sizes);
      });
    });
  }
}
