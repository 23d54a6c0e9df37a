import type { OperationId } from '@bailiwick/contract';
import { expect, it } from 'vitest';
import { createApplication, createMember, keyFor } from './bearers.ts';
import { expectRefused, forbidden, type Request, unauthenticated } from './refusals.ts';
import type { Json, TestServer } from './server.ts';

/**
 * How an operation is called, the action and resource that a 403 names, and a body. `{id}` stands for the thing that
 * it is about.
 */
export type GuardedOperation = readonly [call: string, denied: string, body?: Json];

interface Strangers {
  readonly withoutRights: string;
  readonly lockedKey: string;
  readonly expired: string;
  readonly deleted: string;
  /** Things to ask about: one that is not there, one that is, and the locked member itself. */
  readonly things: readonly string[];
}

/** Callers that may do nothing, for the reasons there are. */
async function createStrangers(server: TestServer, existing: string): Promise<Strangers> {
  const { ownerId } = server.organization;
  const application = await createApplication(server, { name: 'without-rights' });
  const member = await createMember(server);
  const lockedKey = await keyFor(server, { user_id: member.id });
  const itself = `/iam/v1alpha1/users/${member.id}`;
  expect((await server.call('GET', itself, { key: lockedKey })).status).toBe(200);
  expect((await server.call('POST', `${itself}/lock`, { body: {} })).status).toBe(200);
  const expired = await keyFor(server, { user_id: ownerId }, server.clock.now() + 1_000_000);
  server.clock.advance(1);
  const { body: deleted } = await server.call('POST', '/iam/v1alpha1/api-keys', { body: { user_id: ownerId } });
  await server.call('DELETE', `/iam/v1alpha1/api-keys/${deleted.access_key}`);
  return {
    withoutRights: await keyFor(server, { application_id: application.id }),
    lockedKey,
    expired,
    deleted: deleted.secret_key,
    things: ['6f0c0000-0000-4000-8000-00000000dead', existing, member.id],
  };
}

/**
 * Tests that every operation of a resource is closed to those who may not use it, and tells them nothing. An operation
 * that is left out does not compile.
 *
 * @param existing makes a thing that the operations are about
 */
export function itIsGuarded<R extends string>(
  _resource: R,
  server: () => TestServer,
  existing: () => Promise<string>,
  operations: Readonly<Record<Extract<OperationId, `${R}.${string}`>, GuardedOperation>>,
): void {
  let made: Promise<Strangers> | undefined;
  const strangers = () => (made ??= existing().then((id) => createStrangers(server(), id)));

  for (const [id, [call, denied, body]] of Object.entries<GuardedOperation>(operations)) {
    const [method = '', path = ''] = call.split(' ');
    const [action = '', resource = ''] = denied.split(' ');
    const refusal = forbidden([action, resource]);
    const request = (thing: string, key: string | null): Request => {
      const raw = JSON.stringify(body)?.replaceAll('{id}', thing);
      return [method, path.replaceAll('{id}', thing), { key, ...(raw !== undefined && { raw }) }];
    };

    it(`${id} is refused to a key without rights, whether the thing exists or not`, async () => {
      const { withoutRights, things } = await strangers();
      for (const thing of things) await expectRefused(server(), request(thing, withoutRights), refusal);
    });

    it(`${id} is refused to a locked member, also about itself`, async () => {
      const { lockedKey, things } = await strangers();
      for (const thing of things) await expectRefused(server(), request(thing, lockedKey), refusal);
    });

    it(`${id} asks who calls before anything else`, async () => {
      const { expired, deleted, things } = await strangers();
      for (const thing of things) {
        await expectRefused(server(), request(thing, expired), unauthenticated('api_key', 'expired'));
        await expectRefused(server(), request(thing, deleted), unauthenticated('api_key', 'not_found'));
        await expectRefused(server(), request(thing, 'secret'), unauthenticated('api_key', 'invalid_argument'));
        await expectRefused(server(), request(thing, null), unauthenticated('api_key', 'invalid_argument'));
      }
    });
  }
}
