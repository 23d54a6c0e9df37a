import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Operation id, for logs and metrics. */
    readonly operation?: string;
  }
}

/**
 * One line and one count for each finished request. The path is left out beyond its route, and so is every header:
 * neither may hold a secret, and then neither can leak one.
 */
export function logRequests(app: FastifyInstance, log: Logger, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.config.operation ?? 'other';
    const milliseconds = reply.elapsedTime;
    metrics.request(operation, reply.statusCode, milliseconds / 1000);
    log.info(
      {
        request_id: request.id,
        operation,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(milliseconds * 1000) / 1000,
        ip: request.ip,
      },
      'request',
    );
  });
}
