import { randomUUID } from 'node:crypto';
import { ApiError, invalidArgument } from '@bailiwick/contract';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { registerConsole } from './console/console.ts';
import type { Services } from './context.ts';
import { handlers } from './handlers.ts';
import { ageHeader } from './http/age.ts';
import { badRequest } from './http/bad-request.ts';
import { takeDirectly } from './http/direct.ts';
import { openHttp } from './http/listener.ts';
import { registerOperational } from './http/operational.ts';
import { isAuthzen, registerOperations } from './http/pipeline.ts';
import { type Problem, problemOf } from './http/problem.ts';
import { logRequests, requestLog } from './http/request-log.ts';
import { securityHeaders } from './http/respond.ts';
import { contentTypeOf, isScim, scimProblem } from './http/scim.ts';
import { LimitReached } from './limits/limits.ts';
import type { Metrics } from './metrics.ts';
import { registerPages } from './pages/pages.ts';
import { type Tracing, traceRequests } from './telemetry/tracing.ts';
import type { Certificate } from './tls/certificate.ts';

export interface AppOptions {
  readonly services: Services;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Networks whose forwarded headers are believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** With it HTTPS is spoken. */
  readonly certificate?: Certificate | undefined;
  /** Told of every request. */
  readonly tracing?: Tracing | undefined;
}

/** The router has no say in how long a parameter is: the parser refuses it by name (docs/decisions/0006-limits.md). */
const maxParamLength = Number.MAX_SAFE_INTEGER;

/** The application as a function from request to response; listening on a port is the last line of `serve`. */
export function createApp({
  services,
  log,
  metrics,
  trustedProxies,
  certificate,
  tracing,
}: AppOptions): FastifyInstance {
  const { standing } = services.storage;
  const app = Fastify({
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength, ignoreTrailingSlash: false, caseSensitive: true },
    rewriteUrl: ({ url = '' }) => readablePath(url),
    serverFactory: (handle) => openHttp(handle, certificate),
    clientErrorHandler: badRequest,
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply, log),
    forceCloseConnections: 'idle',
    // What still arrives on an open connection is answered like everything else (http/drain.ts).
    return503OnClosing: false,
  });
  if (tracing) traceRequests(app, tracing);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'content-type': contentTypeOf(request), 'x-request-id': requestIdOf(request) });
    if (standing.state() === 'alone') reply.header(ageHeader, Math.ceil(standing.ageSeconds()));
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') {
      throw invalidArgument('host', 'required', 'value is required');
    }
  });
  // What a client expects beyond the answer may be ignored (RFC 9110, section 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  const finished = requestLog(log, metrics);
  logRequests(app, (told, request) => {
    finished(told);
    tracing?.end(request, told);
  });
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, log));
  registerConsole(app);
  registerOperations(app, services, handlers, trustedProxies);
  registerOperational(app, services, metrics);
  registerPages(app, services);
  takeDirectly(app, {
    services,
    handlers,
    finished: (told) => {
      finished(told);
      tracing?.tell(told);
    },
    problemOf: (failure, requestId) => problemAndLog(failure, requestId, log),
    behindProxies: trustedProxies.length > 0,
  });
  return app;
}

/** Ours; clients of AuthZEN get theirs back, as far as a header may hold it. */
function requestIdOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id'];
  return isAuthzen(request) && typeof given === 'string' && /^[\x20-\x7e]{1,1024}$/.test(given) ? given : request.id;
}

/**
 * A path whose percent-encoding is broken is taken by its letters, so that it goes the road of every other and its
 * parameter is refused there.
 */
function readablePath(url: string): string {
  if (!url.includes('%')) return url;
  const [path = ''] = url.split('?', 1);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}

function answerFailure(failure: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const problem = problemAndLog(failure, request.id, log);
  const { status, body, details } = isScim(request) ? scimProblem(failure, problem) : problem;
  if (details.type === 'too_many_requests') reply.header('retry-after', details.reset_seconds);
  if (failure instanceof LimitReached) reply.headers(failure.headers);
  if (details.type === 'unavailable') reply.header('retry-after', 1);
  if (status === 401 && isScim(request)) reply.header('www-authenticate', 'Bearer realm="bailiwick"');
  reply.code(status).header('content-type', contentTypeOf(request)).send(Buffer.from(body));
}

function problemAndLog(failure: unknown, requestId: string, log: Logger): Problem {
  const problem = problemOf(failure, requestId);
  // What an error of ours hides from the client, a disk that is full for one, is for the operator to know.
  const isTold = failure instanceof ApiError && failure.cause === undefined;
  if (problem.status >= 500 && !isTold) log.error({ err: failure, request_id: requestId }, 'request failed');
  return problem;
}
