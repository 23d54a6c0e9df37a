import { ApiError, notFound, type Operation, type OperationId, operations } from '@bailiwick/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Context, Handlers, Services } from '../context.ts';
import { makeChange } from '../storage/change.ts';
import { type Authentication, authenticate } from './authenticate.ts';
import { type Authorized, authorize, authorizedPlatform } from './authorize.ts';
import { createParser, type Parser } from './parse.ts';
import { createSerializer, type Serializer } from './respond.ts';
import { awaitRevision } from './revision.ts';

/**
 * The road of every request:
 *
 *   limits → authenticate → parse → authorize → operation → storage → response
 *
 * Limits are the server's options and the body limit of each route; the rest is here, in this order, once.
 */
export function registerOperations(app: FastifyInstance, services: Services, handlers: Handlers): void {
  const callers = new WeakMap<FastifyRequest, Authentication>();

  const authenticateRequest = async (request: FastifyRequest) => {
    const authentication = await authenticate(services, {
      authToken: header(request, 'x-auth-token'),
      sessionToken: header(request, 'x-session-token'),
    });
    await awaitRevision(services.storage, authentication, header(request, 'x-bailiwick-at-least'));
    callers.set(request, authentication);
  };

  for (const operation of operations) {
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
          query: new URLSearchParams(request.url.split('?', 2)[1] ?? ''),
          body: Buffer.isBuffer(request.body) ? request.body : undefined,
          contentType: request.headers['content-type'],
        });
        const context = contextOf(services, operation, request, reply, callers.get(request), input);
        const output = await handle(context, input);
        return send(reply, operation, output, serialize);
      },
    });
  }

  app.setNotFoundHandler({ preHandler: async () => {} }, async (request) => {
    const path = request.url.split('?', 1)[0] ?? '';
    await authenticateRequest(request);
    if (methodsOf(path).length > 0) throw new ApiError({ type: 'method_not_allowed' });
    throw notFound('path', path.slice(0, 200));
  });
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

/** Rules may be long: 100 of them with 1000 projects and 500 permission sets each. */
const largeBody = 8 * 1024 * 1024;
const ordinaryBody = 1024 * 1024;

function bodyLimitOf(id: OperationId): number {
  return id === 'policies.create' || id === 'rules.set' ? largeBody : ordinaryBody;
}

function contextOf(
  services: Services,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  authentication: Authentication | undefined,
  input: Readonly<Record<string, unknown>>,
): Context {
  if (!authentication) return publicContext(services, operation);
  const { actor } = authentication;
  const caller: Caller = {
    actor,
    ip: plainAddress(request.ip),
    userAgent: (header(request, 'user-agent') ?? '').slice(0, 255),
    requestId: request.id,
  };
  const scope = authorize(actor, operation, input, services.catalogue);
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
      const made = await makeChange(services, { scope, author, operation: operation.id, event: operation.audit }, work);
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
  return reply.code(200).send(Buffer.from(serialize()(output)));
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
