import type { FastifyInstance } from 'fastify';

/**
 * Hands requests to an application of their own, which is loaded when the first of them comes: few ask for it, and the start
 * of the server does not wait for what it is made of.
 */
export function registerOnDemand(
  app: FastifyInstance,
  urls: readonly string[],
  open: () => Promise<FastifyInstance>,
): void {
  let opened: Promise<FastifyInstance> | undefined;
  for (const url of urls) {
    app.get(url, async (request, reply) => {
      opened ??= open();
      const pages = await opened;
      reply.hijack();
      pages.routing(request.raw, reply.raw);
    });
  }
}
