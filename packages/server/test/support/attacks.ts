import type { FastifyInstance, InjectOptions } from 'fastify';
import pino from 'pino';
import { createApp } from '../../src/app.ts';
import type { Decisions } from '../../src/authorization/decisions.ts';
import type { Services } from '../../src/context.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { create, createApplication, createGroup, createMember, keyFor } from './bearers.ts';
import { connectDirectory, type Directory } from './directory.ts';
import type { Json, TestServer } from './server.ts';

/** Another app over the same services: as another one that a load balancer knows. */
export async function anotherApp(
  services: Services,
  options: { readonly trustedProxies?: readonly string[]; readonly lines?: string[] } = {},
): Promise<FastifyInstance> {
  const { trustedProxies = [], lines = [] } = options;
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const app = createApp({ services, log, metrics: createMetrics(), trustedProxies });
  await app.ready();
  return app;
}

interface Gated {
  readonly services: Services;
  /** A request has come as far as that. */
  readonly arrived: Promise<void>;
  readonly open: () => void;
}

/** Services at which a request waits once it is known who asks, until it is let go on. */
export function waitingToBeAuthorized(services: Services): Gated {
  const { pass, ...gate } = createGate();
  const at: Decisions['at'] = async (...asked) => {
    await pass();
    return services.decisions.at(...asked);
  };
  return { ...gate, services: { ...services, decisions: { ...services.decisions, at } } };
}

/** Services at which a change waits before its transaction begins. It has its turn, so that others wait behind it. */
export function waitingToBegin(services: Services): Gated {
  const { pass, ...gate } = createGate();
  const transaction: Storage['transaction'] = async (work) => {
    await pass();
    return services.storage.transaction(work);
  };
  return { ...gate, services: { ...services, storage: { ...services.storage, transaction } } };
}

/** Services that tell when a request is about to be authorized, which then happens without a pause. */
export function tellingOfAuthorization(services: Services): Omit<Gated, 'open'> {
  const { pass, open, arrived } = createGate();
  open();
  const at: Decisions['at'] = async (...asked) => {
    const organization = await services.decisions.at(...asked);
    await pass();
    return organization;
  };
  return { arrived, services: { ...services, decisions: { ...services.decisions, at } } };
}

function createGate() {
  const arrived = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const pass = () => {
    arrived.resolve();
    return opened.promise;
  };
  return { arrived: arrived.promise, open: () => opened.resolve(), pass };
}

/** A change that somebody may make now, and what takes the right to it away. */
export interface Taking {
  /** The change: a different one each time. */
  readonly change: () => InjectOptions;
  readonly takeAway: readonly [method: string, path: string, body?: Json];
  /** What the change is answered afterwards. */
  readonly refusal: readonly [status: number, details: Json];
  /** The whole of it, where errors have a form of their own. */
  readonly tells?: Json;
}

const iam = '/iam/v1alpha1';
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';
const missing = (action: string, resource: string) => [403, [{ action, resource }]] as const;

/** All the ways there are to take a right away; each makes its own principal and right. */
export const takings: Readonly<Record<string, (server: TestServer) => Promise<Taking>>> = {
  'a deleted policy': withPolicy((policy) => ['DELETE', `${iam}/policies/${policy.id}`]),
  'a removed rule': withPolicy((policy) => ['PUT', `${iam}/rules`, { policy_id: policy.id, rules: [] }]),
  'a rule with another permission set': withPolicy((policy, organization_id) => [
    'PUT',
    `${iam}/rules`,
    { policy_id: policy.id, rules: [{ permission_set_names: ['IAMGroupReadOnly'], organization_id }] },
  ]),
  'a rule with a condition that is false': withPolicy((policy, organization_id) => [
    'PUT',
    `${iam}/rules`,
    {
      policy_id: policy.id,
      rules: [{ permission_set_names: ['IAMGroupManager'], organization_id, condition: 'request.ip == "192.0.2.1"' }],
    },
  ]),
  'a detached policy': withPolicy((policy) => ['PATCH', `${iam}/policies/${policy.id}`, { no_principal: true }]),
  'a removed membership': withGroup((group, application) => [
    'POST',
    `${iam}/groups/${group}/remove-member`,
    { application_id: application },
  ]),
  'a list of members without it': withGroup((group) => [
    'PUT',
    `${iam}/groups/${group}/members`,
    { user_ids: [], application_ids: [] },
  ]),
  'a deleted group': withGroup((group) => ['DELETE', `${iam}/groups/${group}`]),
  'a deleted key': async (server) => {
    const application = await administrator(server);
    const key = await create(server, `${iam}/api-keys`, { application_id: application });
    const refusal = [401, { method: 'api_key', reason: 'not_found' }] as const;
    return {
      change: groupBy(server, key.secret_key),
      takeAway: ['DELETE', `${iam}/api-keys/${key.access_key}`],
      refusal,
    };
  },
  'a deleted application': async (server) => {
    const application = await administrator(server);
    const key = await keyFor(server, { application_id: application });
    const refusal = [401, { method: 'api_key', reason: 'not_found' }] as const;
    return { change: groupBy(server, key), takeAway: ['DELETE', `${iam}/applications/${application}`], refusal };
  },
  'a locked user': async (server) => {
    const { id } = await createMember(server);
    await grant(server, { user_id: id });
    const key = await keyFor(server, { user_id: id });
    const takeAway = ['POST', `${iam}/users/${id}/lock`, {}] as const;
    return { change: groupBy(server, key), takeAway, refusal: missing('create', 'group') };
  },
  'a deleted user': async (server) => {
    const { id } = await createMember(server);
    await grant(server, { user_id: id });
    const key = await keyFor(server, { user_id: id });
    const refusal = [401, { method: 'api_key', reason: 'not_found' }] as const;
    return { change: groupBy(server, key), takeAway: ['DELETE', `${iam}/users/${id}`], refusal };
  },
  'an ended session': async (server) => {
    const { id } = await createMember(server);
    await grant(server, { user_id: id });
    const { body } = await server.call('POST', `${iam}/jwts`, {
      key: await keyFor(server, { user_id: id }),
      body: { user_id: id },
    });
    const takeAway = ['POST', `${iam}/users/${id}/update-password`, { password: 'correct horse battery' }] as const;
    const change = () => ({ ...groupBy(server, '')(), headers: { ...json, 'x-session-token': body.token } });
    return { change, takeAway, refusal: [401, { method: 'jwt', reason: 'not_found' }] };
  },
  'a deleted SCIM token': byDirectory(({ tokenId }) => ['DELETE', `${iam}/scim-tokens/${tokenId}`]),
  'a deleted SCIM configuration': byDirectory(({ scimId }) => ['DELETE', `${iam}/scim/${scimId}`]),
  'a deleted project': async (server) => {
    const { id: project } = await create(server, '/account/v3/projects', { name: server.services.ids.uuid() });
    const { id } = await createApplication(server);
    const rules = [{ permission_set_names: ['SSHKeysFullAccess'], project_ids: [project] }];
    await create(server, `${iam}/policies`, { name: 'keys', application_id: id, rules });
    const key = await keyFor(server, { application_id: id });
    const payload = { public_key: publicKey, project_id: project };
    return {
      change: () => ({ method: 'POST', url: `${iam}/ssh-keys`, headers: { ...json, 'x-auth-token': key }, payload }),
      takeAway: ['DELETE', `/account/v3/projects/${project}`],
      refusal: missing('create', 'ssh_key'),
    };
  },
};

const json = { 'content-type': 'application/json' };

const groupBy = (server: TestServer, key: string) => (): InjectOptions => ({
  method: 'POST',
  url: `${iam}/groups`,
  headers: { ...json, 'x-auth-token': key },
  payload: { name: server.services.ids.uuid() },
});

/** A directory makes groups too. */
function byDirectory(take: (directory: Directory) => Taking['takeAway']) {
  return async (server: TestServer): Promise<Taking> => {
    const directory = await connectDirectory(server);
    const { scimId, token } = directory;
    const detail = 'this token is not one of this SCIM configuration';
    return {
      change: () => ({
        method: 'POST',
        url: `/scim/v2/${scimId}/Groups`,
        headers: { ...json, authorization: `Bearer ${token}` },
        payload: { displayName: server.services.ids.uuid() },
      }),
      takeAway: take(directory),
      refusal: [401, { method: 'unknown_method', reason: 'not_found' }],
      tells: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401', detail },
    };
  };
}

/** Who holds it may do all about groups. */
function grant(server: TestServer, principal: Json): Promise<Json> {
  const { organizationId } = server.organization;
  const rules = [{ permission_set_names: ['IAMGroupManager'], organization_id: organizationId }];
  return create(server, `${iam}/policies`, { name: 'groups', ...principal, rules });
}

async function administrator(server: TestServer): Promise<string> {
  const { id } = await createApplication(server);
  await grant(server, { application_id: id });
  return id;
}

function withPolicy(take: (policy: Json, organization: string) => Taking['takeAway']) {
  return async (server: TestServer): Promise<Taking> => {
    const { id } = await createApplication(server);
    const policy = await grant(server, { application_id: id });
    const key = await keyFor(server, { application_id: id });
    const takeAway = take(policy, server.organization.organizationId);
    return { change: groupBy(server, key), takeAway, refusal: missing('create', 'group') };
  };
}

function withGroup(take: (group: string, application: string) => Taking['takeAway']) {
  return async (server: TestServer): Promise<Taking> => {
    const { id } = await createApplication(server);
    const { id: group } = await createGroup(server, {});
    await create(server, `${iam}/groups/${group}/add-member`, { application_id: id });
    await grant(server, { group_id: group });
    const key = await keyFor(server, { application_id: id });
    return { change: groupBy(server, key), takeAway: take(group, id), refusal: missing('create', 'group') };
  };
}
