import { randomUUID } from 'node:crypto';
import { ApiError } from '@bailiwick/contract';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { Services } from './context.ts';
import { handlers } from './handlers.ts';
import { badRequest } from './http/bad-request.ts';
import { registerOperational } from './http/operational.ts';
import { registerOperations } from './http/pipeline.ts';
import { problemOf } from './http/problem.ts';
import { logRequests } from './http/request-log.ts';
import { securityHeaders } from './http/respond.ts';
import type { Metrics } from './metrics.ts';

export interface AppOptions {
  readonly services: Services;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Networks whose forwarded headers are believed; none by default. */
  readonly trustedProxies: readonly string[];
}

/** Times after which a connection that does nothing is given up, in milliseconds. */
const requestTimeout = 60_000;
const keepAliveTimeout = 72_000;
/** A path parameter may be too long for its schema and is then refused by it; beyond this the path is unknown. */
const maxParamLength = 4_096;

/** The application as a function from request to response; listening on a port is the last line of `serve`. */
export function createApp({ services, log, metrics, trustedProxies }: AppOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    requestTimeout,
    keepAliveTimeout,
    routerOptions: { maxParamLength, ignoreTrailingSlash: false, caseSensitive: true },
    clientErrorHandler: badRequest,
    frameworkErrors: (error, request, reply) => answerFailure(error, request.id, reply, log),
    forceCloseConnections: 'idle',
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'content-type': 'application/json', 'x-request-id': request.id });
  });
  logRequests(app, log, metrics);
  app.setErrorHandler((error, request, reply) => answerFailure(error, request.id, reply, log));
  registerOperations(app, services, handlers);
  registerOperational(app, services, metrics);
  return app;
}

function answerFailure(failure: unknown, requestId: string, reply: FastifyReply, log: Logger): void {
  const { status, body, details } = problemOf(failure, requestId);
  if (status >= 500 && !(failure instanceof ApiError))
    log.error({ err: failure, request_id: requestId }, 'request failed');
  if (details.type === 'too_many_requests') reply.header('retry-after', details.reset_seconds);
  if (details.type === 'unavailable') reply.header('retry-after', 1);
  reply.code(status).header('content-type', 'application/json').send(Buffer.from(body));
}
