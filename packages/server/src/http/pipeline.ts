import { ApiError, contract, notFound, type Operation, type OperationId, operations } from '@bailiwick/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authorize } from '../authorization/authorize.ts';
import { type Authorized, authorizedPlatform } from '../authorization/authorized.ts';
import type { Caller, Context, Handlers, Services } from '../context.ts';
import { registerForwardAuth } from '../gateway-auth/road.ts';
import { type ChangeRequest, makeChange } from '../storage/change.ts';
import { type Authentication, authenticate, type Credentials, denied } from './authenticate.ts';
import { bearerToken } from './bearer.ts';
import { noCredentialCache } from './credential-cache.ts';
import { createParser, type Parser } from './parse.ts';
import { createSerializer, type Serializer } from './respond.ts';
import { authenticateAtLeast } from './revision.ts';

/**
 * The road of every request:
 *
 *   limits → authenticate → parse → authorize → operation → storage → response
 *
 * Limits are the server's options and the body limit of each route; the rest is here, in this order, once.
 */
export function registerOperations(
  app: FastifyInstance,
  services: Services,
  handlers: Handlers,
  trustedProxies: readonly string[],
): void {
  const callers = new WeakMap<FastifyRequest, Authentication>();

  const authenticateRequest = async (request: FastifyRequest) => {
    const credentials = credentialsOf(request);
    const atLeast = header(request, 'x-bailiwick-at-least');
    const authentication = await authenticateAtLeast(() => authenticate(services, credentials), atLeast);
    callers.set(request, authentication);
  };

  registerForwardAuth(app, {
    services,
    trustedProxies,
    handle: handlers['gateway.forwardAuth'],
    contextOf: (request, reply, authentication, input) =>
      contextOf(services, contract.gateway.forwardAuth, request, reply, authentication, input),
  });

  for (const operation of operations) {
    if (operation.forwarded) continue;
    const handle = handlers[operation.id] as (context: Context, input: unknown) => Promise<unknown>;
    const { parse, serialize } = lazily(operation);
    app.route({
      method: operation.method,
      url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: bodyLimitOf(operation.id),
      config: { operation: operation.id },
      ...(operation.access.kind === 'public' ? {} : { onRequest: authenticateRequest }),
      handler: async (request, reply) => {
        const input = parse()({
          params: request.params as Readonly<Record<string, string>>,
          query: queryOf(request.url),
          body: Buffer.isBuffer(request.body) ? request.body : undefined,
          contentType: request.headers['content-type'],
        });
        const context = await contextOf(services, operation, request, reply, callers.get(request), input);
        const output = await handle(context, input);
        return send(reply, operation, output, serialize);
      },
    });
  }

  // Before the body is read, and for every path that no route has.
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    const path = request.originalUrl.split('?', 1)[0] ?? '';
    await authenticateRequest(request);
    if (methodsOf(path).length > 0) throw new ApiError({ type: 'method_not_allowed' });
    throw notFound('path', path.slice(0, 200));
  });
}

/** What stands behind the first question mark; others are letters like any (RFC 3986, section 3.4). */
function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

/** Compiled on first use, so that a server starts without waiting for schemas nobody asks for. */
function lazily(operation: Operation): { readonly parse: () => Parser; readonly serialize: () => Serializer } {
  let parser: Parser | undefined;
  let serializer: Serializer | undefined;
  return {
    parse: () => (parser ??= createParser(operation)),
    serialize: () => (serializer ??= createSerializer(operation)),
  };
}

/** Rules may be long: 100 of them with 1000 projects and 500 permission sets each. So may 10,000 questions. */
const largeBody = 8 * 1024 * 1024;
const largeBodies: readonly OperationId[] = ['policies.create', 'rules.set', 'authzen.evaluations'];
const ordinaryBody = 1024 * 1024;

function bodyLimitOf(id: OperationId): number {
  return largeBodies.includes(id) ? largeBody : ordinaryBody;
}

async function contextOf(
  services: Services,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  authentication: Authentication | undefined,
  input: Readonly<Record<string, unknown>>,
): Promise<Context> {
  if (!authentication) return publicContext(services, operation);
  const { actor, session } = authentication;
  const caller: Caller = {
    actor,
    ...(session !== undefined && { session }),
    ip: plainAddress(request.ip),
    userAgent: (header(request, 'user-agent') ?? '').slice(0, 255),
    requestId: request.id,
  };
  const { organizationId } = actor;
  const organization = await services.decisions.at(organizationId, authentication.revision);
  // Gone since the credential was looked up.
  if (!organization) throw denied(session === undefined ? 'api_key' : 'jwt', 'not_found');
  const scope = await authorize(services, caller, operation, input, organization);
  const confirm: ChangeRequest['confirm'] = async (db, revision) => {
    // What it is authorized by may be newer than the credential, but not older.
    if (revision === authentication.revision) return;
    // Something has changed in between: whoever lost the key or the right a moment ago may not make this change.
    const storage = { ...services.storage, db };
    const within: Services = { ...services, storage, credentials: noCredentialCache };
    await authenticate(within, credentialsOf(request));
    const current = await services.decisions.at(organizationId, revision, db);
    if (current) await authorize(within, caller, operation, input, current);
  };
  return {
    ...services,
    caller,
    scope,
    change: async (work) => {
      if (!operation.audit) throw new Error(`${operation.id} has no audit event and may not change anything`);
      const author = {
        kind: actor.kind,
        id: actor.id,
        ip: caller.ip,
        userAgent: caller.userAgent,
        requestId: caller.requestId,
      };
      const changing = { scope, author, operation: operation.id, event: operation.audit, confirm };
      const made = await makeChange(services, changing, work);
      reply.header('x-bailiwick-revision', made.revision);
      return made.result;
    },
  };
}

/** Nobody calls a public operation, and it belongs to no organization. */
function publicContext(services: Services, operation: Operation): Context {
  const nobody = { kind: 'application', id: '', organizationId: '', owner: false, locked: true } as const;
  const scope: Authorized = authorizedPlatform('');
  return {
    ...services,
    caller: { actor: nobody, ip: '', userAgent: '', requestId: '' },
    scope,
    change: async () => {
      throw new Error(`${operation.id} is public and may not change anything`);
    },
  };
}

function send(reply: FastifyReply, operation: Operation, output: unknown, serialize: () => Serializer): FastifyReply {
  if (operation.output === null) return reply.code(204).send();
  // A text goes out in one piece with its head; with a serializer of its own its content type stays as it is.
  return reply.code(200).serializer(asItIs).send(serialize()(output));
}

const asItIs = (text: unknown): string => String(text);

function credentialsOf(request: FastifyRequest): Credentials {
  const sessionToken = header(request, 'x-session-token');
  const authToken = header(request, 'x-auth-token');
  if (authToken !== undefined || sessionToken !== undefined || !isAuthzen(request)) return { authToken, sessionToken };
  return { authToken: bearerToken(request.headers.authorization), sessionToken };
}

/** Clients of AuthZEN know one header for credentials, whatever they are, and want their own id of the request back. */
export function isAuthzen(request: FastifyRequest): boolean {
  return request.routeOptions.config.operation?.startsWith('authzen.') === true;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** `::ffff:192.0.2.1` is the IPv4 address that it holds. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

const paths = operations.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

function methodsOf(path: string): readonly string[] {
  return paths.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}
