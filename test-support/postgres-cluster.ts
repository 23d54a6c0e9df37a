import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL in which databases can be made; `url` is its administration address. */
export interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The PostgreSQL at an address, else a throw-away cluster.
 *
 * @returns null when no address is given and this machine has no PostgreSQL
 */
export async function openCluster(given: string | undefined): Promise<Cluster | null> {
  if (given) {
    await ask(given);
    return { url: given, stop: async () => {} };
  }
  const programs = findPrograms();
  return programs === undefined ? null : startCluster(programs);
}

function findPrograms(): string | undefined {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed(),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function startCluster(programs: string): Promise<Cluster> {
  const server = await createPostgres(programs);
  await server.start();
  return { url: server.url, stop: server.remove };
}

/**
 * Whether a test can have a PostgreSQL of its own, to stop and to follow. In CI it must; elsewhere such tests are left out, and that is
 * told.
 */
export function hasPostgresPrograms(): boolean {
  if (findPrograms() !== undefined) return true;
  if (process.env.CI) throw new Error('no PostgreSQL found: install its server package');
  console.warn('no PostgreSQL found: servers that share one are not tested');
  return false;
}

/** A PostgreSQL of a test's own, which it may stop, kill and follow. */
export interface PostgresServer {
  /** Administration address: of a superuser, in the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly data: string;
  start(): Promise<void>;
  /** Ends it as a fault would, or as an administrator: at once, after what runs. */
  end(how: 'killed' | 'stopped'): Promise<void>;
  /** Makes of a standby what it stood by for. */
  promote(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes a PostgreSQL that is not started yet, and stands by for another one where that is given.
 *
 * @throws Error on a machine that has none
 */
export async function makePostgres(primary?: PostgresServer): Promise<PostgresServer> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error('this machine has no PostgreSQL');
  return await createPostgres(programs, primary);
}

async function createPostgres(programs: string, primary?: PostgresServer): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-postgres-'));
  // PostgreSQL refuses to run as root.
  const identity = process.getuid?.() === 0 ? userNamed('postgres') : undefined;
  if (identity) chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const options = { ...identity, cwd: folder, stdio: 'ignore' as const };
  const run = (program: string, words: readonly string[]) => execFileSync(join(programs, program), words, options);
  if (primary) run('pg_basebackup', ['-D', data, '-d', primary.url, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);
  else run('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']);
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, max_connections: 200 };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let running: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const ending = running;
    running = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill(signal);
    await ended;
  };
  return {
    url,
    port,
    data,
    start: async () => {
      const started = spawn(join(programs, 'postgres'), ['-D', data, ...flags], options);
      running = started;
      await answers(url, () => started.exitCode !== null);
    },
    end: (how) => end(how === 'killed' ? 'SIGQUIT' : 'SIGINT'),
    promote: async () => void run('pg_ctl', ['-D', data, '-w', 'promote']),
    remove: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, hasEnded: () => boolean): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(url);
    } catch (failure) {
      if (attempt === 300 || hasEnded())
        throw new Error('the throw-away PostgreSQL does not start', { cause: failure });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function ask(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('select 1');
  await client.end();
}

function userNamed(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
