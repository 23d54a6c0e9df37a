import { ApiError, contract, notFound, type Operation, type OperationId, operations } from '@bailiwick/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Handlers, Services } from '../context.ts';
import { registerForwardAuth } from '../gateway-auth/road.ts';
import { type Authentication, authenticateFrom, type Credentials } from './authenticate.ts';
import { bearerToken } from './bearer.ts';
import { type Arrival, contextOf } from './context-of.ts';
import { createParser, type Parser } from './parse.ts';
import { createSerializer, type Serializer } from './respond.ts';
import { authenticateAtLeast } from './revision.ts';
import { addressOf, refuseUnserved, scimCredentials } from './scim.ts';

/**
 * The road of every request:
 *
 *   limits → authenticate → parse → authorize → operation → storage → response
 *
 * Limits are the server's options, the body limit of each route, and those of addresses, principals and organizations; the
 * rest is here, in this order, once.
 */
export function registerOperations(
  app: FastifyInstance,
  services: Services,
  handlers: Handlers,
  trustedProxies: readonly string[],
): void {
  const callers = new WeakMap<FastifyRequest, Authentication>();

  const limitAddress = async (request: FastifyRequest) => services.limits.arrived(request.ip);

  const authenticateRequest = async (request: FastifyRequest) => {
    services.limits.arrived(request.ip);
    const credentials = credentialsOf(request);
    const atLeast = header(request, 'x-bailiwick-at-least');
    const authentication = await services.tracing.part('authenticate', () =>
      authenticateAtLeast(() => authenticateFrom(request.ip, services, credentials), atLeast, services.decisions),
    );
    callers.set(request, authentication);
    const { operation } = request.routeOptions.config;
    if (operation !== undefined) services.limits.asked(operation, authentication.actor);
  };

  registerForwardAuth(app, {
    services,
    trustedProxies,
    handle: handlers['gateway.forwardAuth'],
    contextOf: (request, reply, authentication, input) =>
      contextOf(services, contract.gateway.forwardAuth, arrivalOf(request, reply), authentication, input),
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
      onRequest: operation.access.kind === 'public' ? limitAddress : authenticateRequest,
      handler: async (request, reply) => {
        const input = parse()({
          params: request.params as Readonly<Record<string, string>>,
          query: queryOf(request.url),
          body: Buffer.isBuffer(request.body) ? request.body : undefined,
          contentType: request.headers['content-type'],
        });
        const authentication = callers.get(request);
        const authorized = () => contextOf(services, operation, arrivalOf(request, reply), authentication, input);
        const output = await inTurn(services, authentication, async () =>
          handle(await services.tracing.part('authorize', authorized), input),
        );
        return send(reply, operation, output, serialize);
      },
    });
  }

  // Before the body is read, and for every path that no route has.
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    const path = request.originalUrl.split('?', 1)[0] ?? '';
    await authenticateRequest(request);
    refuseUnserved(path);
    if (methodsOf(path).length > 0) throw new ApiError({ type: 'method_not_allowed' });
    throw notFound('path', path.slice(0, 200));
  });
}

/** What nobody in particular asks for waits for no organization. */
function inTurn<T>(
  { fairQueue }: Services,
  authentication: Authentication | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return authentication ? fairQueue.run(authentication.actor.organizationId, work) : work();
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

/** Rules may be long: 100 of them with 1000 projects and 500 permission sets each. So may 10,000 questions, or members. */
const largeBody = 8 * 1024 * 1024;
const largeBodies: readonly OperationId[] = [
  'policies.create',
  'policies.preview',
  'rules.set',
  'authzen.evaluations',
  'scimGroups.create',
  'scimGroups.replace',
  'scimGroups.patch',
];
const ordinaryBody = 1024 * 1024;

function bodyLimitOf(id: OperationId): number {
  return largeBodies.includes(id) ? largeBody : ordinaryBody;
}

function send(reply: FastifyReply, operation: Operation, output: unknown, serialize: () => Serializer): FastifyReply {
  if (operation.output === null || output === undefined) return reply.code(204).send();
  if (operation.creates) reply.code(201).header('location', addressOf(output));
  // A text goes out in one piece with its head; with a serializer of its own its content type stays as it is.
  return reply.serializer(asItIs).send(serialize()(output));
}

const asItIs = (text: unknown): string => String(text);

function arrivalOf(request: FastifyRequest, reply: FastifyReply): Arrival {
  return {
    credentials: credentialsOf(request),
    ip: request.ip,
    userAgent: header(request, 'user-agent') ?? '',
    requestId: request.id,
    respondWith: (name, value) => void reply.header(name, value),
  };
}

function credentialsOf(request: FastifyRequest): Credentials {
  const scim = scimCredentials(request);
  if (scim !== undefined) return { authToken: undefined, sessionToken: undefined, scim };
  const sessionToken = header(request, 'x-session-token');
  const authToken = header(request, 'x-auth-token');
  if (authToken !== undefined || sessionToken !== undefined || !isAuthzen(request)) return { authToken, sessionToken };
  return { authToken: bearerToken(request.headers.authorization), sessionToken };
}

/**
 * Clients of AuthZEN know one header for credentials, whatever they are, and want their own id of the request back: below
 * its paths also where there is no such path, or not by this method.
 */
export function isAuthzen({ routeOptions, originalUrl }: FastifyRequest): boolean {
  return routeOptions.config.operation?.startsWith('authzen.') === true || originalUrl.startsWith('/access/v1/');
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const paths = operations.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

function methodsOf(path: string): readonly string[] {
  return paths.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}
