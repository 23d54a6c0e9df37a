import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { insertApiKey } from '../../src/api-keys/store.ts';
import { authorizedPlatform } from '../../src/authorization/authorized.ts';
import { makeChange } from '../../src/storage/change.ts';
import type { Json, TestServer } from './server.ts';

export type Bearer = { readonly user_id: string } | { readonly application_id: string };

/**
 * A secret key for anybody. Over the wire nobody makes a key for another user, and a member that has neither key nor
 * session cannot make its own, so this is the platform's work.
 */
export async function keyFor(
  { services, organization }: TestServer,
  bearer: Bearer,
  expiresAt: number | null = null,
): Promise<string> {
  const secretKey = randomUUID();
  const scope = authorizedPlatform(organization.organizationId);
  const author = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
  const event = { resource: 'api_key', action: 'created' } as const;
  await makeChange(services, { scope, author, operation: 'apiKeys.create', event }, async (change) => {
    const accessKey = services.ids.accessKey();
    await insertApiKey(change, {
      access_key: accessKey,
      secret_hash: services.secrets.hash(secretKey),
      user_id: null,
      application_id: null,
      ...bearer,
      description: '',
      expires_at: expiresAt,
      default_project_id: organization.organizationId,
      creation_ip: '',
    });
    change.touches(accessKey);
  });
  return secretKey;
}

/** The answer to a creation that succeeds, as the owner. */
export async function create(server: TestServer, path: string, body: Json): Promise<Json> {
  const answer = await server.call('POST', path, { body });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

let made = 0;

/** A member with a username of its own. */
export function createMember(server: TestServer, member: Json = {}, more: Json = {}): Promise<Json> {
  made += 1;
  const username = `member-${made}`;
  const body = { member: { username, email: `${username}@example.org`, ...member }, ...more };
  return create(server, '/iam/v1alpha1/users', body);
}

export const createApplication = (server: TestServer, body: Json = {}): Promise<Json> =>
  create(server, '/iam/v1alpha1/applications', { name: 'web', ...body });

/** A group with a name of its own. */
export function createGroup(server: TestServer, body: Json = {}): Promise<Json> {
  made += 1;
  return create(server, '/iam/v1alpha1/groups', { name: `group-${made}`, ...body });
}

/** A session of a user, begun with a key of its own: the token for `X-Session-Token`, and the whole answer. */
export async function createSession(server: TestServer, userId: string, key: string): Promise<Json> {
  const answer = await server.call('POST', '/iam/v1alpha1/jwts', { key, body: { user_id: userId } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** Options of a call that carries a session token in place of a key. */
export const withSession = (token: string) => ({ key: null, headers: { 'x-session-token': token } });
