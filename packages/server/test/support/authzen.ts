import { expect } from 'vitest';
import type { TestDatabase } from '../../../../test-support/databases.ts';
import { type AuthzenMappings, noMappings } from '../../src/authzen/mapped.ts';
import { readMappings } from '../../src/authzen/mapping.ts';
import { knownNames } from '../../src/operator-files/known-names.ts';
import { create, createApplication, createMember, keyFor } from './bearers.ts';
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

export interface WorldSpecification {
  /** Text of the operator's catalogue. */
  readonly catalogue: string;
  readonly people: readonly string[];
  /** Rules by user: permission set and condition. */
  readonly rules: Readonly<Record<string, readonly (readonly [set: string, condition: string])[]>>;
  /** The mapping of the organization. */
  readonly mapping: (people: AuthzenWorld['people']) => Json;
}

export async function startAuthzenWorld(
  database: TestDatabase,
  { catalogue, people: names, rules, mapping }: WorldSpecification,
): Promise<AuthzenWorld> {
  let mappings: AuthzenMappings = noMappings;
  const quotas = { iam_policies: null, iam_users: null };
  const server = await startTestServer(database.url, { catalogue, quotas, settings: { authzen: () => mappings } });
  const { organizationId } = server.organization;
  const people: Record<string, string> = {};
  for (const name of names) people[name] = (await createMember(server, { username: name })).id;
  for (const [name, listed] of Object.entries(rules)) {
    await create(server, '/iam/v1alpha1/policies', {
      name,
      user_id: people[name],
      rules: listed.map(([set, condition]) => ({
        permission_set_names: [set],
        condition,
        organization_id: organizationId,
      })),
    });
  }
  const { id: application_id } = await createApplication(server, { name: 'guard' });
  await create(server, '/iam/v1alpha1/policies', {
    name: 'guard',
    application_id,
    rules: [{ permission_set_names: ['IAMDecisionPoint', 'IAMReadOnly'], organization_id: organizationId }],
  });
  const guard = await keyFor(server, { application_id });
  const useMapping = (own: Json) => {
    const text = JSON.stringify({ version: 1, organizations: { [organizationId]: own } });
    mappings = readMappings(text, 'mapping.yaml', knownNames(server.services.catalogue));
  };
  useMapping(mapping(people));
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
