import Fastify, { type FastifyInstance } from 'fastify';

/** The page runs its own script and asks only this server. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** The reference page of the API, as an application of its own: its script is large. */
export async function openDocs(): Promise<FastifyInstance> {
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
