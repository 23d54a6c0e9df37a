import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { DatabaseKind } from '../../test-support/database-kinds.ts';
import { startNode } from './processes.ts';

const bailiwick = join(import.meta.dirname, '../../packages/server/bin/bailiwick.js');

/** A server in its own process, as a user runs it: default settings, its log in a file. Only quotas and limits are lifted. */
export interface Server extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  readonly databaseUrl: string;
  readonly configuration: string;
  readonly organizationId: string;
  readonly secretKey: string;
  /** From the start of the process to the line that says it is ready, in milliseconds. */
  readonly readyAfter: number;
  /** All that came on its standard output. */
  output(): string;
}

const counted = ['iam_users', 'iam_applications', 'iam_api_keys', 'iam_groups', 'iam_policies', 'account_projects'];
const quotas = `default:\n${counted.map((name) => `  ${name}: unlimited\n`).join('')}`;

const limits = ['address', 'principal', 'organization'].map((name) => `${name}: unlimited\n`).join('');

/** A data folder and a database in which servers are started, one after another. */
export interface Home extends AsyncDisposable {
  start(): Promise<Server>;
}

/**
 * @param settings more flags of `bailiwick serve`
 * @param node flags of Node
 */
export async function createHome(
  database: DatabaseKind,
  settings: readonly string[] = [],
  node: readonly string[] = [],
): Promise<Home> {
  const data = mkdtempSync(join(tmpdir(), 'bailiwick-bench-'));
  const { url: databaseUrl, drop } = await database.create();
  writeFileSync(join(data, 'quotas.yaml'), quotas);
  writeFileSync(join(data, 'limits.yaml'), limits);
  const place = ['--data', data, '--database-url', databaseUrl, '--port', '0'];
  const lifted = ['--quotas', join(data, 'quotas.yaml'), '--limits', join(data, 'limits.yaml')];
  const flags = [...place, ...lifted, ...settings];
  return {
    start: async () => {
      const log = openSync(join(data, 'log'), 'a');
      const process = await startNode([...node, bailiwick, 'serve', ...flags], log).finally(() => closeSync(log));
      const configuration = join(data, 'scw.yaml');
      const written = parse(readFileSync(configuration, 'utf8')) as Readonly<Record<string, string>>;
      return {
        pid: process.pid,
        url: process.said,
        databaseUrl,
        configuration,
        organizationId: written.default_organization_id ?? '',
        secretKey: written.secret_key ?? '',
        readyAfter: process.milliseconds,
        output: process.output,
        [Symbol.asyncDispose]: process.stop,
      };
    },
    [Symbol.asyncDispose]: async () => {
      rmSync(data, { recursive: true, force: true });
      await drop();
    },
  };
}

/** A new server with a home of its own that goes with it. */
export async function startServer(database: DatabaseKind): Promise<Server> {
  const home = await createHome(database);
  try {
    const server = await home.start();
    const dispose = async () => {
      await server[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    };
    return { ...server, [Symbol.asyncDispose]: dispose };
  } catch (failure) {
    await home[Symbol.asyncDispose]();
    throw failure;
  }
}

/**
 * One call as the owner.
 *
 * @returns the answer as it came
 * @throws Error unless it succeeds
 */
export async function call(server: Server, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-auth-token': server.secretKey, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}
