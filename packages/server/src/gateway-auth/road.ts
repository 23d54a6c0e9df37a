import { METHODS } from 'node:http';
import { ApiError, contract, errorBody } from '@bailiwick/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { permissionsDenied } from '../authorization/authorize.ts';
import type { Context, Handler, Services } from '../context.ts';
import { type Authentication, authenticateFrom, type Credentials } from '../http/authenticate.ts';
import { bearerToken } from '../http/bearer.ts';
import { authenticateAtLeast } from '../http/revision.ts';
import { readForwarded, trustedAddresses } from './forwarded.ts';

type ContextOf = (
  request: FastifyRequest,
  reply: FastifyReply,
  authentication: Authentication,
  input: Readonly<Record<string, unknown>>,
) => Promise<Context>;

export interface ForwardAuthOptions {
  readonly services: Services;
  /** Networks in which gateways are. */
  readonly trustedProxies: readonly string[];
  readonly handle: Handler<'gateway.forwardAuth'>;
  /** The authorization that every operation goes through. */
  readonly contextOf: ContextOf;
}

/** Answered by us in a way that all gateways understand; others make an error of a deny (docs/gateways.md). */
const challenge = 'Bearer realm="bailiwick"';

/**
 * The road of forward-auth: authenticate → believe the gateway or not → authorize → operation. It answers 200, 401 or 403
 * to any method, and never reads a body: it belongs to the service behind the gateway.
 */
export function registerForwardAuth(app: FastifyInstance, options: ForwardAuthOptions): void {
  const { services, handle, contextOf } = options;
  const { id, path } = contract.gateway.forwardAuth;
  const isGateway = trustedAddresses(options.trustedProxies);
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { method, headers } = request;
    const authentication = await authenticateInTime(
      request.ip,
      services,
      credentialsOf(request),
      headers['x-bailiwick-at-least'],
    );
    const forwarded = readForwarded({ method, url: request.originalUrl, headers }, path);
    if (!isGateway(request.socket.remoteAddress) || !forwarded) throw permissionsDenied([], services.catalogue);
    const input = { ...forwarded };
    const { actor } = authentication;
    services.limits.asked(id, actor);
    await services.fairQueue.run(actor.organizationId, async () =>
      handle(await contextOf(request, reply, authentication, input), input),
    );
    return reply
      .code(200)
      .removeHeader('content-type')
      .headers({
        'cache-control': 'no-store',
        'x-bailiwick-principal-id': actor.id,
        'x-bailiwick-principal-type': actor.kind,
        'x-bailiwick-organization-id': actor.organizationId,
      })
      .send();
  };
  app.register(async (scope) => {
    const otherwise = scope.errorHandler;
    scope.setErrorHandler((failure, request, reply) => {
      // A fault of ours is no deny: the gateway lets nothing pass either.
      if (isFault(failure)) return otherwise(failure, request, reply);
      const unknown = failure instanceof ApiError && failure.status === 401;
      const details = unknown ? failure.details : ({ type: 'permissions_denied', details: [] } as const);
      if (unknown) reply.header('www-authenticate', challenge);
      return reply
        .code(unknown ? 401 : 403)
        .headers({ 'cache-control': 'no-store', 'content-type': 'application/json' })
        .send(Buffer.from(errorBody(details)));
    });
    for (const url of [path, `${path}/*`]) {
      scope.all(url, { config: { operation: id }, onRequest: answer }, async () => {});
    }
  });
}

/**
 * Waits as every road does. What does not come in time is denied here and not a fault: the header may be one that the end
 * user has sent, and gateways can be told to let requests pass while we are at fault.
 */
async function authenticateInTime(
  ip: string,
  services: Services,
  credentials: Credentials,
  atLeast: string | string[] | undefined,
): Promise<Authentication> {
  try {
    return await authenticateAtLeast(
      () => authenticateFrom(ip, services, credentials),
      atLeast?.toString(),
      services.decisions,
    );
  } catch (failure) {
    if (failure instanceof ApiError && failure.details.type === 'unavailable')
      throw permissionsDenied([], services.catalogue);
    throw failure;
  }
}

function isFault(failure: unknown): boolean {
  if (failure instanceof ApiError) return failure.status >= 500;
  const status = failure instanceof Error && 'statusCode' in failure ? failure.statusCode : 500;
  return typeof status !== 'number' || status >= 500;
}

/** Of the end user: as everywhere, or a secret key or a session token behind `Bearer`. */
function credentialsOf({ headers }: FastifyRequest): Credentials {
  const [authToken, sessionToken] = ['x-auth-token', 'x-session-token'].map((name) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  });
  if (authToken !== undefined || sessionToken !== undefined) return { authToken, sessionToken };
  const token = bearerToken(headers.authorization);
  const isKey = token !== undefined && !token.includes('.');
  return { authToken: isKey ? token : undefined, sessionToken: isKey ? undefined : token };
}
