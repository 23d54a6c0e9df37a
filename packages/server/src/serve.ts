import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { createApp } from './app.ts';
import { loadBuiltInCatalogue } from './catalogue/catalogue.ts';
import { randomIds, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import type { Services } from './context.ts';
import { announce, firstStart, firstStartPaths, updateApiUrl } from './first-start.ts';
import { drainable } from './http/drain.ts';
import { createMetrics } from './metrics.ts';
import { deriveSecrets } from './secrets.ts';
import { readServerKey } from './server-key.ts';
import { createServices } from './services.ts';
import { openStorage } from './storage/open.ts';

/** Where a program writes for people. */
export interface Terminal {
  out(line: string): void;
}

/** Opens everything an operation may use. */
export async function openServices(config: Config, publicUrl: () => string): Promise<Services> {
  const secrets = deriveSecrets(readServerKey(config));
  return createServices({
    storage: await openStorage(config.databaseUrl),
    clock: systemClock(),
    ids: randomIds,
    secrets,
    catalogue: loadBuiltInCatalogue(),
    settings: { publicUrl, quotas: config.quotas },
  });
}

/**
 * Runs the server until it is told to stop.
 *
 * @returns a function that stops it: requests under way are answered, no new ones are taken, the database is closed
 */
export async function serve(config: Config, terminal: Terminal): Promise<() => Promise<void>> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: false }));
  let publicUrl = config.publicUrl ?? reachableUrl(config.host, config.port);
  const services = await openServices(config, () => publicUrl);
  const app = createApp({ services, log, metrics: createMetrics(), trustedProxies: config.trustedProxies });
  const drain = drainable(app);
  const paths = firstStartPaths(config.data);
  // Said before listening: when the port is taken, the organization has been made all the same.
  if (await firstStart(services, config)) announce(terminal, paths);
  const url = reachableUrl(config.host, await listen(app, config));
  if (config.publicUrl === undefined) publicUrl = url;
  updateApiUrl(paths.configuration, url);
  terminal.out(`listening on ${url}`);
  log.info({ url, database: services.storage.kind }, 'listening');

  return async () => {
    await drain();
    await services.storage.close();
    log.info('stopped');
    await new Promise<void>((resolve) => log.flush(() => resolve()));
  };
}

/**
 * @returns the port
 * @throws ConfigError when another program has it
 */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (failure) {
    if (!(failure instanceof Error && 'code' in failure && failure.code === 'EADDRINUSE')) throw failure;
    throw new ConfigError(`port ${port} of ${host} is in use by another program; choose one with --port`);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** An address that works from this machine: an unspecified one stands for the loopback. */
function reachableUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
