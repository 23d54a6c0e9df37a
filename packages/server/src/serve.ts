import { createCatalogue } from '@bailiwick/authz';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { createApp } from './app.ts';
import { type Catalogue, toCatalogueData } from './catalogue/catalogue.ts';
import { type CatalogueSource, createCatalogueSource } from './catalogue/source.ts';
import { randomIds, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import type { Services, Settings } from './context.ts';
import { announce, firstStart, firstStartPaths, updateAddresses } from './first-start.ts';
import { drainable } from './http/drain.ts';
import { startJobs } from './jobs.ts';
import { createMetrics } from './metrics.ts';
import { knownNames } from './operator-files/known-names.ts';
import { noOperatorFiles, type OperatorFiles, openOperatorFiles } from './operator-files/operator-files.ts';
import { deriveSecrets } from './secrets.ts';
import { useServerKeys } from './server-keys/check.ts';
import { readServerKeys } from './server-keys/server-keys.ts';
import { createServices } from './services.ts';
import { takeSnapshot, usableSnapshot } from './snapshots/job.ts';
import { readSnapshot } from './snapshots/snapshot.ts';
import { openStorage } from './storage/open.ts';
import { openTelemetry } from './telemetry/telemetry.ts';
import { type Tracing, tracedStorage } from './telemetry/tracing.ts';
import { openCertificate } from './tls/certificate.ts';

/**
 * Lines are written together, as many as come in 50 ms: to write many costs hardly more than to write one. Whatever ends
 * the process but SIGKILL has them written first.
 */
const logDestination = { dest: 2, sync: false, minLength: 32_768, maxWrite: 65_536, periodicFlush: 50 };

/** Where a program writes for people. */
export interface Terminal {
  out(line: string): void;
}

/** A server that listens. */
export interface RunningServer {
  /** Requests under way are answered, no new ones are taken, the database is closed. */
  stop(): Promise<void>;
  /** Reads the files of the operator again; one that cannot be used leaves the former in force. */
  reload(): Promise<void>;
}

/** Everything an operation may use, and the file of the operator behind it. */
export interface OpenServices {
  readonly services: Services;
  readonly catalogue: CatalogueSource;
}

/**
 * Opens everything an operation may use.
 *
 * @throws ConfigError when the catalogue cannot be used
 */
export async function openServices(
  config: Config,
  publicUrl: () => string,
  files: Pick<Settings, keyof OperatorFiles> = currentOf(() => noOperatorFiles),
  tracing?: Tracing,
): Promise<OpenServices> {
  const secrets = deriveSecrets(readServerKeys(config));
  const snapshotPath = usableSnapshot(config);
  const opened = await openStorage(config.databaseUrl, { mayBeginAlone: snapshotPath !== null });
  const storage = tracing ? tracedStorage(opened, tracing) : opened;
  const clock = systemClock();
  const isAlone = snapshotPath !== null && storage.standing.state() === 'alone';
  const snapshot = isAlone ? await readSnapshot(snapshotPath, secrets) : null;
  let services: Services | undefined;
  // In one turn with `current`, so that names and decisions change together.
  const use = (next: Catalogue) => services?.decisions.useCatalogue(createCatalogue(toCatalogueData(next)));
  const catalogue = await createCatalogueSource({
    path: config.catalogue,
    storage,
    clock,
    use,
    knownBefore: snapshot?.sets,
  });
  services = createServices({
    storage,
    clock,
    ids: randomIds,
    secrets,
    catalogue: catalogue.current,
    tracing,
    settings: {
      ...files,
      publicUrl,
      quotas: config.quotas,
      passwordMinimum: config.passwordMinimum,
    },
  });
  if (snapshot) {
    for (const organization of snapshot.organizations) services.decisions.restore(organization);
    storage.standing.startFrom((clock.now() - snapshot.knownAt) / 1_000_000);
  }
  return { services, catalogue };
}

/** What is in force of the files, each time it is asked for. */
function currentOf(files: () => OperatorFiles): Pick<Settings, keyof OperatorFiles> {
  return {
    authzen: () => files().authzen.current(),
    gateway: () => files().gateway.current(),
    limits: () => files().limits.current(),
  };
}

/**
 * Runs the server until it is told to stop.
 *
 * @param beforeReady gets what is returned, before anybody is told that the server listens
 * @returns how to stop it, and how to let it read its files again
 */
export async function serve(
  config: Config,
  terminal: Terminal,
  beforeReady: (server: RunningServer) => void = () => {},
): Promise<RunningServer> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination(logDestination));
  const telemetry = await openTelemetry(config.telemetry);
  const certificate = config.tls && (await openCertificate(config.tls));
  let publicUrl = config.publicUrl ?? reachableUrl(config, config.port);
  let files = noOperatorFiles;
  const { services, catalogue } = await openServices(
    config,
    () => publicUrl,
    currentOf(() => files),
    telemetry?.tracing,
  );
  files = await openOperatorFiles(config, () => knownNames(services.catalogue));
  const { standing } = services.storage;
  const metrics = createMetrics();
  metrics.watch(standing);
  if (certificate) metrics.watchCertificate(certificate);
  telemetry?.sendMetrics(metrics.registry);
  if (standing.state() === 'alone')
    log.error({ age_seconds: Math.ceil(standing.ageSeconds()) }, 'the database is away; a snapshot decides');
  const { trustedProxies } = config;
  const app = createApp({ services, log, metrics, trustedProxies, certificate, tracing: telemetry?.tracing });
  const drain = drainable(app);
  const paths = firstStartPaths(config.data);
  // Said before listening: when the port is taken, the organization has been made all the same.
  if (standing.state() !== 'alone' && (await firstStart(services, config))) announce(terminal, paths);
  const url = reachableUrl(config, await listen(app, config));
  if (config.publicUrl === undefined) publicUrl = url;
  updateAddresses(paths, url, publicUrl);
  const stopJobs = await startJobs(config, { services, log, metrics });
  const serverKeys = { reload: () => useServerKeys(services, readServerKeys(config)) };
  const server: RunningServer = {
    reload: async () => {
      // The catalogue first: the others name what it holds.
      const all = { catalogue, ...files, serverKeys, ...(certificate && { certificate }) };
      for (const [name, file] of Object.entries(all)) {
        try {
          await file.reload();
          log.info({ file: name }, 'read again');
        } catch (failure) {
          log.error({ file: name, err: failure }, 'what is wrong with the file leaves the former one in force');
        }
      }
    },
    stop: async () => {
      await stopJobs(drain());
      if (config.snapshotEvery !== undefined) await takeSnapshot(services, config).catch(() => {});
      await services.storage.close();
      await telemetry?.stop();
      log.info('stopped');
      await new Promise<void>((resolve) => log.flush(() => resolve()));
    },
  };
  standing.onTurn((lost) => {
    if (lost !== undefined) return log.error({ err: lost }, 'the database is away; what is in memory decides');
    log.info('the database is there again');
    // What it knows of permission sets may be newer.
    catalogue.reload().catch((failure: unknown) => log.error({ err: failure }, 'the catalogue stays as it was'));
  });
  beforeReady(server);
  terminal.out(`listening on ${url}`);
  log.info({ url, database: services.storage.kind, catalogue: catalogue.report() }, 'listening');
  for (const { name, rules } of catalogue.report().deprecated)
    log.warn({ permission_set: name, rules }, 'a permission set that no file has any more grants nothing');
  return server;
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
function reachableUrl({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
