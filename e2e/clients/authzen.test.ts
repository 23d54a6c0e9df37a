import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { essenceOf, makeGuard, populate } from '../../test-support/authzen/scenario.ts';
import { search, searchSets } from '../../test-support/authzen/search.ts';
import { todoSets, todos } from '../../test-support/authzen/todo.ts';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { callApi, dataFolder, removeData, type ServerProcess, startServer } from '../support/server-process.ts';
import { resultsOf } from './support/compatibility.ts';

const results = resultsOf('authzen');
const scenarios = [
  ['todo and gateway', todos, todoSets],
  ['search', search, searchSets],
] as const;

for (const database of databases()) {
  for (const [name, scenario, sets] of scenarios) {
    describe(`the ${name} requests of AuthZEN over HTTP, on ${database.name}`, () => {
      let server: ServerProcess;
      let created: TestDatabase;
      let guard: string;
      results(database.name, () => ({
        client: 'AuthZEN clients',
        version: `the ${name} requests of Authorization API 1.0`,
      }));

      beforeAll(async () => {
        created = await database.create();
        const data = dataFolder();
        const [catalogue, mapping] = [join(data, 'catalogue.yaml'), join(data, 'authzen.yaml')];
        const env = { BAILIWICK_CATALOGUE: catalogue, BAILIWICK_AUTHZEN: mapping };
        writeFileSync(catalogue, scenario.catalogue);
        writeFileSync(mapping, 'version: 1\norganizations: {}\n');
        server = await startServer({ data, databaseUrl: created.url, env });
        const { organizationId } = server;
        const post = async (path: string, body: object) => {
          const answer = await callApi(server, 'POST', path, body);
          expect(answer.status, JSON.stringify(answer.body)).toBe(200);
          return answer.body;
        };
        const people = await populate(scenario, organizationId, post);
        const application_id = await makeGuard(organizationId, post);
        guard = (await post('/iam/v1alpha1/api-keys', { application_id })).secret_key;
        // The ids of the people are known only now.
        writeFileSync(
          mapping,
          JSON.stringify({ version: 1, organizations: { [organizationId]: scenario.mapping(people) } }),
        );
        server.hangUp();
        const first = sets[0]!.questions[0]!;
        const isRead = async () => expect(essenceOf((await ask(first.path, first.body)).body)).toEqual(first.expected);
        await vi.waitFor(isRead, { timeout: 10_000 });
      });
      afterAll(async () => {
        await server.stop();
        removeData(server);
        await created.drop();
      });

      const ask = (path: string, body: object) =>
        callApi({ url: server.url, secretKey: guard }, 'POST', `/access/v1/${path}`, body);

      for (const { title, questions } of sets) {
        it(title, async () => {
          for (const { path, body, expected } of questions) {
            const answer = await ask(path, body);
            expect([answer.status, essenceOf(answer.body)], JSON.stringify(body)).toEqual([200, expected]);
          }
        });
      }
    });
  }
}
