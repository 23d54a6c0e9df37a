import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const bailiwick = join(root, 'packages/server/bin/bailiwick.js');
const scwProgram = join(root, 'packages/cli/bin/scw.js');

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
  /** Ends it as the machine would when it runs out of memory. */
  kill(): Promise<void>;
  /** Ends it as a user would. @returns its exit code */
  stop(): Promise<number | null>;
}

export interface ServerSetting {
  /** Made when left out. */
  readonly data?: string;
  readonly databaseUrl: string;
  readonly port?: number;
}

const quotas = ['iam_users', 'iam_applications', 'iam_groups', 'iam_policies', 'iam_api_keys', 'iam_ssh_keys'];

/** A data folder whose organization may hold more than usual. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-e2e-'));
  writeFileSync(join(folder, 'quotas.yaml'), `default:\n${quotas.map((name) => `  ${name}: unlimited\n`).join('')}`);
  return folder;
}

/** Starts a server and waits until it listens. */
export async function startServer(setting: ServerSetting): Promise<ServerProcess> {
  const data = setting.data ?? dataFolder();
  const flags = ['--data', data, '--database-url', setting.databaseUrl, '--port', String(setting.port ?? 0)];
  const more = ['--log-level', 'warn', '--quotas', join(data, 'quotas.yaml')];
  const child = spawn(process.execPath, [bailiwick, 'serve', ...flags, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await Promise.race([
    listening(child, output),
    ended.then((code) => {
      throw new Error(`the server ended with ${code}: ${output.stderr()}`);
    }),
  ]);
  const configuration = join(data, 'scw.yaml');
  const settings = parse(readFileSync(configuration, 'utf8')) as Record<string, string>;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return await ended;
  };
  return {
    url,
    data,
    configuration,
    organizationId: settings.default_organization_id ?? '',
    accessKey: settings.access_key ?? '',
    secretKey: settings.secret_key ?? '',
    output: output.stdout,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

export function removeData(server: ServerProcess): void {
  rmSync(server.data, { recursive: true, force: true });
}

function collect(child: ChildProcess): { readonly stdout: () => string; readonly stderr: () => string } {
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
    if (child.exitCode !== null) await new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  words: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settings = { ...options, env: options.env ?? process.env, maxBuffer: 64 * 1024 * 1024 };
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

/** One call over the network, as the owner. */
export async function callApi(
  server: Pick<ServerProcess, 'url' | 'secretKey'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: Json }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'x-auth-token': server.secretKey, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
