import { type ErrorType, errorKinds, type Operation, operations } from '@bailiwick/contract';
import { properties } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { dumpTables } from './support/dump.ts';
import { expectInvalid } from './support/invalid-arguments.ts';
import { mixture } from './support/mixtures.ts';
import { refusedMeanings } from './support/refused-meanings.ts';
import { type Answer, type Json, serverOn } from './support/server.ts';
import { type Parts, requestOf, wrongRequests } from './support/wrong-requests.ts';

/** The same requests every time; a few of each kind, since the kinds are many. */
const generation = { seed: 20_300_102, numRuns: 4 };

/** Directories have a credential and errors of their own (scim-access.test.ts). */
const ours = operations.filter(({ access }) => access.kind !== 'scim');
const hasInput = ({ params, query, body }: Operation) =>
  [params, query, body].some((schema) => properties(schema).length > 0);
/** What every operation may answer. */
const common: readonly ErrorType[] = ['invalid_arguments', 'denied_authentication', 'permissions_denied'];

for (const database of databases()) {
  describe(`wrong input on ${database.name}`, () => {
    const server = serverOn(database);

    const send = (operation: Operation, parts: Parts): Promise<Answer> => {
      const [path, options] = requestOf(operation, parts);
      return server.call(operation.method, path, options);
    };

    const revisionOf = async (organizationId: string): Promise<number> => {
      const organizations = server.services.storage.db.selectFrom('organizations').select('revision');
      return (await organizations.where('id', '=', organizationId).executeTakeFirstOrThrow()).revision;
    };

    for (const operation of ours.filter(hasInput)) {
      it(`${operation.id} names every argument that is wrong, and stores nothing`, async () => {
        const before = await dumpTables(server.services);
        const kinds = wrongRequests(operation);
        expect(kinds.length).toBeGreaterThan(2);
        for (const { what, samples } of kinds) {
          const property = fc.asyncProperty(samples, async ({ parts, wrong }) => {
            expectInvalid(await send(operation, parts), wrong);
          });
          await fc.assert(property, generation).catch((failure) => {
            throw new Error(`${operation.id}, ${what}`, { cause: failure });
          });
        }
        expect(await dumpTables(server.services)).toEqual(before);
      });
    }

    it('an argument that only the operation can judge is named, and the change is undone with its revision', async () => {
      const made = async (path: string, body: Json): Promise<Json> => {
        const answer = await server.call('POST', `/iam/v1alpha1/${path}`, { body });
        expect(answer.status, answer.text).toBe(200);
        return answer.body;
      };
      const { id: application } = await made('applications', { name: 'web' });
      const { id: policy } = await made('policies', { name: 'writers' });
      const key = await made('api-keys', { application_id: application, expires_at: '2033-01-01T00:00:00Z' });
      const organization = server.organization.organizationId;
      const before = await dumpTables(server.services);
      const rows = refusedMeanings({ organization, application, policy, accessKey: key.access_key });
      for (const [method, path, body, wrong] of rows) expectInvalid(await server.call(method, path, { body }), wrong);
      expect(await dumpTables(server.services)).toEqual(before);
    });

    for (const operation of ours.filter(({ method }) => method !== 'GET')) {
      it(`${operation.id} answers right and wrong values in any mixture as the contract says`, async () => {
        const { organizationId } = server.organization;
        let revision = await revisionOf(organizationId);
        const property = fc.asyncProperty(mixture(operation, organizationId), async (parts) => {
          const answer = await send(operation, parts);
          if (answer.status >= 300) {
            const { status, message } = errorKinds[answer.body.type as ErrorType];
            expect([...common, ...operation.errors]).toContain(answer.body.type);
            expect([answer.status, answer.body.message]).toEqual([status, message]);
          } else {
            expect(answer.status, answer.text).toBe(operation.output === null ? 204 : 200);
            if (operation.audit) revision += 1;
            expect(answer.headers['x-bailiwick-revision']).toBe(operation.audit && String(revision));
          }
          expect(await revisionOf(organizationId)).toBe(revision);
        });
        await fc.assert(property, { seed: generation.seed, numRuns: 25 });
      });
    }
  });
}
