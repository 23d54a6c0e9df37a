import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorBody } from '@bailiwick/contract';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { registerOnDemand } from '../http/on-demand.ts';
import { securityHeaders } from '../http/respond.ts';

/** Stands in the built page where each answer gets a number of its own. */
const noncePlaceholder = '__NONCE__';

/** Roads of programs: what they ask for and is not there is told to them as an error, never as a page. */
const roadsOfPrograms =
  /^\/(iam|account|auth|access|forward-auth|docs|assets|\.well-known|metadata|metrics|healthz|readyz|openapi\.json)(\/|$)/;

/** Styles that the component library writes into the page carry the number; scripts come from files alone. */
const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * The console: files that were built once, and one page for every address that a browser asks for and no program has. What
 * the page shows it asks for by itself, as any client would.
 */
export function registerConsole(app: FastifyInstance): void {
  const index = fileURLToPath(import.meta.resolve('@bailiwick/console/dist/index.html'));
  let page: Promise<string> | undefined;
  const sendPage = async (reply: FastifyReply): Promise<void> => {
    page ??= readFile(index, 'utf8');
    const nonce = randomBytes(16).toString('base64');
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    reply.headers({ ...headers, 'content-security-policy': policyWith(nonce), 'referrer-policy': 'same-origin' });
    const text = (await page).replaceAll(noncePlaceholder, nonce);
    reply.code(200).send(Buffer.from(text));
  };

  app.get('/', async (_request, reply) => sendPage(reply));
  // Before somebody who asks for a page is told that programs have to authenticate.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404 && asksForPage(request)) sendPage(reply).catch(done);
    else done();
  });
  registerOnDemand(app, ['/assets/*'], () => openFiles(`${dirname(index)}/assets`));
}

/** Files that were built once: each is a route of its own, so there is no way to any other. */
async function openFiles(folder: string): Promise<FastifyInstance> {
  const { default: fastifyStatic } = await import('@fastify/static');
  const files = Fastify();
  files.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders);
  });
  files.setNotFoundHandler((_request, reply) => {
    const problem = errorBody({ type: 'not_found', resource: 'path', resource_id: '' });
    reply.code(404).header('content-type', 'application/json').send(Buffer.from(problem));
  });
  const kept = { preCompressed: true, immutable: true, maxAge: '365d' } as const;
  await files.register(fastifyStatic, { root: folder, prefix: '/assets/', wildcard: false, index: false, ...kept });
  await files.ready();
  return files;
}

function asksForPage({ method, originalUrl, headers }: FastifyRequest): boolean {
  const [path = ''] = originalUrl.split('?', 1);
  return method === 'GET' && headers.accept?.includes('text/html') === true && !roadsOfPrograms.test(path);
}
