import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = join(import.meta.dirname, '../..');
const bailiwick = join(root, 'packages/server/bin/bailiwick.js');
export const scwProgram = join(root, 'packages/cli/bin/scw.js');

/** The server as a user runs it: a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly data: string;
  /** What `export SCW_CONFIG_PATH=…` sets. */
  readonly configuration: string;
  readonly organizationId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** All that came on standard output. */
  readonly output: () => string;
  /** All that came on standard error. */
  readonly errors: () => string;
  /** Comes when it has ended, by itself or otherwise: its exit code, null for a signal. */
  readonly ended: Promise<number | null>;
  /** Ends it as the machine would when it runs out of memory. */
  kill(): Promise<void>;
  /** Tells it to read its files again. */
  hangUp(): void;
  /** Ends it as a user would. @returns its exit code */
  stop(): Promise<number | null>;
}

export interface ServerSetting {
  /** Made when left out. */
  readonly data?: string;
  readonly databaseUrl: string;
  readonly port?: number;
  /** `warn` when left out. */
  readonly logLevel?: string;
  /** Settings beside those of the flags. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program of another version. */
  readonly program?: string;
}

const unlimited = {
  iam_users: 'unlimited',
  iam_applications: 'unlimited',
  iam_groups: 'unlimited',
  iam_policies: 'unlimited',
  iam_api_keys: 'unlimited',
  iam_ssh_keys: 'unlimited',
  account_projects: 'unlimited',
};

/** A data folder whose organization may hold more than usual, or just as much as the quotas say. */
export function dataFolder(quotas: Readonly<Record<string, number | 'unlimited'>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-e2e-'));
  writeFileSync(join(folder, 'quotas.yaml'), stringify({ default: { ...unlimited, ...quotas } }));
  return folder;
}

/** Starts a server and waits until it listens. */
export async function startServer(setting: ServerSetting): Promise<ServerProcess> {
  return await launchServer(setting).ready;
}

/** No server outlives its tests, however they end. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server from the moment its process exists. */
export interface Launch {
  readonly data: string;
  /** Fails when it ends before it listens. */
  readonly ready: Promise<ServerProcess>;
  kill(): Promise<void>;
}

/** Starts a server without waiting for it. */
export function launchServer(setting: ServerSetting): Launch {
  const data = setting.data ?? dataFolder();
  const flags = ['--data', data, '--database-url', setting.databaseUrl, '--port', String(setting.port ?? 0)];
  const more = ['--log-level', setting.logLevel ?? 'warn', '--quotas', join(data, 'quotas.yaml')];
  const child = spawn(process.execPath, [setting.program ?? bailiwick, 'serve', ...flags, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...setting.env },
  });
  const output = collect(child);
  running.add(child);
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return await ended;
  };
  const ready = Promise.race([
    listening(child, output),
    ended.then((code) => {
      throw new Error(`the server ended with ${code}: ${output.stderr()}`);
    }),
  ]).then((url) => describeServer(url, data, output, { ended, end, hangUp: () => void child.kill('SIGHUP') }));
  return {
    data,
    ready,
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

interface Ending {
  readonly ended: Promise<number | null>;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
  readonly hangUp: () => void;
}

function describeServer(url: string, data: string, output: Output, { ended, end, hangUp }: Ending): ServerProcess {
  const configuration = join(data, 'scw.yaml');
  const settings = parse(readFileSync(configuration, 'utf8')) as Record<string, string>;
  return {
    url,
    data,
    configuration,
    organizationId: settings.default_organization_id ?? '',
    accessKey: settings.access_key ?? '',
    secretKey: settings.secret_key ?? '',
    output: output.stdout,
    errors: output.stderr,
    ended,
    kill: async () => {
      await end('SIGKILL');
    },
    hangUp,
    stop: () => end('SIGTERM'),
  };
}

export function removeData(server: Pick<ServerProcess, 'data'>): void {
  rmSync(server.data, { recursive: true, force: true });
}

interface Output {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function collect(child: ChildProcess): Output {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  return { stdout: () => texts.stdout, stderr: () => texts.stderr };
}

async function listening(child: ChildProcess, { stdout }: { readonly stdout: () => string }): Promise<string> {
  for (;;) {
    const url = /^listening on (.+)$/m.exec(stdout())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || child.signalCode !== null) await new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs for longer, in milliseconds, is ended, so that none outlives its test. */
const longest = 25_000;

/** Runs a program to its end. */
export function runProgram(
  program: string,
  words: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly milliseconds?: number } = {},
): Promise<Outcome> {
  const { env = process.env, cwd, milliseconds = longest } = options;
  return new Promise((resolve) => {
    const settings = { env, cwd, maxBuffer: 64 * 1024 * 1024, timeout: milliseconds };
    const child = execFile(program, [...words], settings, (failure, stdout, stderr) => {
      const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** The command line of the product, configured by the server's first start. */
export function runScw(
  server: ServerProcess,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const own = { PATH: process.env.PATH, HOME: server.data, SCW_CONFIG_PATH: server.configuration, NO_COLOR: '1' };
  return runProgram(process.execPath, [scwProgram, ...words], { env: { ...own, ...env } as NodeJS.ProcessEnv });
}

export function runBailiwick(words: readonly string[]): Promise<Outcome> {
  return runProgram(process.execPath, [bailiwick, ...words]);
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are compared as JSON, whatever their shape
export type Json = any;

export interface ApiAnswer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** One call over the network, as the owner. */
export async function callApi(
  server: Pick<ServerProcess, 'url' | 'secretKey'>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      'x-auth-token': server.secretKey,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

/** All items of a list, page after page. */
export async function listAll(
  server: Pick<ServerProcess, 'url' | 'secretKey'>,
  path: string,
): Promise<{ readonly items: readonly Json[]; readonly total: number }> {
  const items: Json[] = [];
  for (let page = 1; ; page += 1) {
    const url = `${path}${path.includes('?') ? '&' : '?'}page=${page}&page_size=100`;
    const { status, body } = await callApi(server, 'GET', url);
    if (status !== 200) throw new Error(`${url}: ${status} ${JSON.stringify(body)}`);
    const { total_count: total, ...rest } = body;
    const [found] = Object.values(rest) as Json[][];
    items.push(...(found ?? []));
    if ((found ?? []).length < 100) return { items, total };
  }
}
