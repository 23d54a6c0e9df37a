import Fastify, { type FastifyInstance } from 'fastify';

/** The page runs its own script and asks only this server. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/**
 * The reference page of the API. Its script is large and few ask for it, so it is loaded at the first request, into
 * an application of its own.
 */
export function docsPages(): () => Promise<FastifyInstance> {
  let pages: Promise<FastifyInstance> | undefined;
  return () => {
    pages ??= open();
    return pages;
  };
}

async function open(): Promise<FastifyInstance> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const app = Fastify();
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' });
  });
  await app.register(reference, {
    routePrefix: '/docs',
    configuration: { url: '/openapi.json', title: 'Bailiwick API', withDefaultFonts: false, telemetry: false },
  });
  await app.ready();
  return app;
}
