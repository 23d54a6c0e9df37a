import { openApiDocument } from '@bailiwick/contract/openapi';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { Services } from '../context.ts';
import { acceptedKeys } from '../jwts/signing-keys.ts';
import type { Metrics } from '../metrics.ts';
import type { SigningKey } from '../secrets.ts';
import type { Storage } from '../storage/storage.ts';
import { version } from '../version.ts';
import { openDocs } from './docs-pages.ts';
import { isDraining } from './drain.ts';
import { registerOnDemand } from './on-demand.ts';

/**
 * What operators and tools ask a server, outside of the API: is it alive, may it serve, how does it do, what does it
 * speak. All of it is public and holds nothing of any organization.
 */
export function registerOperational(app: FastifyInstance, services: Services, metrics: Metrics): void {
  app.get('/healthz', async (_request, reply) => reply.send(json({ status: 'alive' })));

  app.get('/readyz', async (_request, reply) => {
    const { isReady, ...told } = isDraining(app.server) ? stopping : await readiness(services);
    return reply.code(isReady ? 200 : 503).send(json(told));
  });

  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(Buffer.from(await metrics.registry.metrics())),
  );

  let document: Buffer | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    document ??= json(openApiDocument({ serverUrl: services.settings.publicUrl(), version }));
    return reply.send(document);
  });

  app.get('/.well-known/jwks.json', async (_request, reply) => reply.send(keySet(await acceptedKeys(services))));
  app.get('/.well-known/log-keys.json', async (_request, reply) => reply.send(keySet(services.secrets.logKeys())));

  registerOnDemand(app, ['/docs', '/docs/*'], openDocs);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The public halves (RFC 7517, section 5; RFC 8037, section 2). */
const keySet = (keys: readonly SigningKey[]): Buffer =>
  json({
    keys: keys.map(({ kid, publicKey }) => {
      const { kty, crv, x } = publicKey.export({ format: 'jwk' });
      return { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
    }),
  });

interface Readiness {
  readonly isReady: boolean;
  readonly status: string;
  readonly age_seconds?: number;
}

/** Whoever asks on a connection that it has kept is told to go elsewhere. */
const stopping: Readiness = { isReady: false, status: 'stopping' };

/**
 * A server whose database is away is ready for as long as it has something to decide by: a balancer that took it away, and all
 * others with it, would make a failure of the database one of everything.
 */
async function readiness({ storage, decisions }: Services): Promise<Readiness> {
  const { standing } = storage;
  if (standing.state() !== 'alone' && (await isReachable(storage))) return { isReady: true, status: 'ready' };
  const isReady = standing.isMemoryEnough() && decisions.positions().length > 0;
  const isAlone = standing.state() === 'alone';
  const age = isAlone && { age_seconds: Math.ceil(standing.ageSeconds()) };
  return { isReady, status: 'database unreachable', ...age };
}

async function isReachable(storage: Storage): Promise<boolean> {
  try {
    await sql`select 1`.execute(storage.db);
    return true;
  } catch {
    return false;
  }
}
