import pino from 'pino';
import { createApp } from './app.ts';
import { loadBuiltInCatalogue } from './catalogue/catalogue.ts';
import { randomIds, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Services } from './context.ts';
import { firstStart, firstStartPaths, updateApiUrl, writeCredentials } from './first-start.ts';
import { createMetrics } from './metrics.ts';
import { deriveSecrets } from './secrets.ts';
import { readServerKey } from './server-key.ts';
import { openStorage } from './storage/open.ts';

/** Where a program writes for people. */
export interface Terminal {
  out(line: string): void;
}

/** Opens everything an operation may use. */
export async function openServices(config: Config, publicUrl: () => string): Promise<Services> {
  const secrets = deriveSecrets(readServerKey(config));
  return {
    storage: await openStorage(config.databaseUrl),
    clock: systemClock(),
    ids: randomIds,
    secrets,
    catalogue: loadBuiltInCatalogue(),
    settings: { publicUrl, quotas: config.quotas },
  };
}

/**
 * Runs the server until it is told to stop.
 *
 * @returns a function that stops it: no new requests, those under way are answered, then the database is closed
 */
export async function serve(config: Config, terminal: Terminal): Promise<() => Promise<void>> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: false }));
  let publicUrl = config.publicUrl ?? '';
  const services = await openServices(config, () => publicUrl);
  const app = createApp({ services, log, metrics: createMetrics(), trustedProxies: config.trustedProxies });
  const owner = await firstStart(services, config.firstStart);
  await app.listen({ host: config.host, port: config.port });
  const url = reachableUrl(app.server.address(), config.host);
  if (publicUrl === '') publicUrl = url;

  const paths = firstStartPaths(config.data);
  if (owner) {
    writeCredentials(paths, owner, url);
    terminal.out(`export SCW_CONFIG_PATH=${paths.configuration}`);
    terminal.out(`the owner's password and keys are in ${paths.note}`);
  } else {
    updateApiUrl(paths.configuration, url);
  }
  terminal.out(`listening on ${url}`);
  log.info({ url, database: services.storage.kind }, 'listening');

  return async () => {
    await app.close();
    await services.storage.close();
    log.info('stopped');
    await new Promise<void>((resolve) => log.flush(() => resolve()));
  };
}

/** An address that works from this machine: an unspecified one stands for the loopback. */
function reachableUrl(address: ReturnType<import('node:net').Server['address']>, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
