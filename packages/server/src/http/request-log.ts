import type { OperationId } from '@bailiwick/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Operation id, for logs and metrics. */
    readonly operation?: OperationId;
  }
}

/** What is told of a request once it is answered. */
export interface FinishedRequest {
  readonly requestId: string;
  /** Operation id, or a word for the rest. */
  readonly operation: string;
  readonly method: string;
  /** The path with its parameters unnamed; null for one that is no route. */
  readonly route: string | null;
  readonly status: number;
  readonly milliseconds: number;
  readonly ip: string;
  /** The trace that the caller is in, as it says. */
  readonly traceparent?: string | string[] | undefined;
}

/**
 * One line and one count for each finished request. The path is left out beyond its route, and so is every header:
 * neither may hold a secret, and then neither can leak one.
 */
export function requestLog(log: Logger, metrics: Metrics): (request: FinishedRequest) => void {
  return ({ requestId, operation, method, route, status, milliseconds, ip }) => {
    metrics.request(operation, status, milliseconds / 1000);
    log.info(
      { request_id: requestId, operation, method, route, status, ms: Math.round(milliseconds * 1000) / 1000, ip },
      'request',
    );
  };
}

/** Tells of every request that the framework answers. */
export function logRequests(
  app: FastifyInstance,
  finished: (finished: FinishedRequest, request: FastifyRequest) => void,
): void {
  app.addHook('onResponse', async (request, reply) => {
    const told = {
      requestId: request.id,
      operation: request.routeOptions.config.operation ?? 'other',
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      ip: request.ip,
    };
    finished(told, request);
  });
}
