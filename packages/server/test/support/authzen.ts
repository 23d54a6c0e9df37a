import { expect } from 'vitest';
import { makeGuard, populate, type Scenario } from '../../../../test-support/authzen/scenario.ts';
import type { TestDatabase } from '../../../../test-support/databases.ts';
import { type AuthzenMappings, noMappings } from '../../src/authzen/mapped.ts';
import { readMappings } from '../../src/authzen/mapping.ts';
import { knownNames } from '../../src/operator-files/known-names.ts';
import { create, keyFor } from './bearers.ts';
import { type Answer, type Json, startTestServer, type TestServer } from './server.ts';

/** A server whose operator has services of its own, and an application that asks for decisions on their behalf. */
export interface AuthzenWorld {
  readonly server: TestServer;
  /** Secret key of the application that asks. */
  readonly guard: string;
  readonly organizationId: string;
  /** Ids of the users by their names. */
  readonly people: Readonly<Record<string, string>>;
  ask(
    path: string,
    body: Json,
    options?: { readonly key?: string | null; readonly headers?: Record<string, string> },
  ): Promise<Answer>;
  useMapping(mapping: Json): void;
  close(): Promise<void>;
}

export async function startAuthzenWorld(database: TestDatabase, scenario: Scenario): Promise<AuthzenWorld> {
  let mappings: AuthzenMappings = noMappings;
  const quotas = { iam_policies: null, iam_users: null };
  const settings = { authzen: () => mappings };
  const server = await startTestServer(database.url, { catalogue: scenario.catalogue, quotas, settings });
  const { organizationId } = server.organization;
  const post = (path: string, body: object) => create(server, path, body);
  const people = await populate(scenario, organizationId, post);
  const guard = await keyFor(server, { application_id: await makeGuard(organizationId, post) });
  const useMapping = (own: Json) => {
    const text = JSON.stringify({ version: 1, organizations: { [organizationId]: own } });
    mappings = readMappings(text, 'mapping.yaml', knownNames(server.services.catalogue));
  };
  useMapping(scenario.mapping(people));
  return {
    server,
    guard,
    organizationId,
    people,
    useMapping,
    ask: (path, body, options = {}) => server.call('POST', `/access/v1/${path}`, { key: guard, body, ...options }),
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}

/** A whole answer: 200, and exactly this body. */
export function expectAnswer(answer: Answer, body: Json): void {
  expect([answer.status, answer.body], answer.text).toEqual([200, body]);
}

export const denied = (reason = 'nothing_grants') => ({ decision: false, context: { reason } });
export const allowed = { decision: true };
export const brokenItem = (message: string) => ({ decision: false, context: { error: { status: 400, message } } });
export const found = (...results: Json[]) => ({ results, page: { next_token: '', count: results.length } });
