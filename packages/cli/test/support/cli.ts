import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { run } from '../../src/run.ts';

/** A call as it came in. */
export interface Request {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed; undefined when nothing was sent. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared as JSON, whatever their shape
  readonly body: any;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly Request[];
  /** Both streams as they were written to. */
  readonly written: readonly (readonly [stream: 'stdout' | 'stderr', text: string])[];
  /** Milliseconds that were slept. */
  readonly slept: readonly number[];
}

export interface Setting {
  /** Answers a call; there is nothing when left out. */
  readonly reply?: (request: Request, count: number) => Reply;
  /** Laid over the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `columns` of standard error; those of standard output are the same when left out. */
  readonly terminal?: { readonly columns: number; readonly stdoutColumns?: number };
  readonly stdin?: string;
  /** Laid into the home folder before: content by path. For their owner alone. */
  readonly files?: Readonly<Record<string, string>>;
  /** True: it runs in the home folder, which it knows as `.`, so that it prints no path of this machine. */
  readonly isInside?: boolean;
  /** Milliseconds since 1970, each time it is asked; `now` when left out. */
  readonly clock?: () => number;
}

export const organization = '0c0ffee0-0000-4000-8000-00000000000a';
export const project = '0c0ffee0-0000-4000-8000-00000000000b';
export const secretKey = '6f0c0000-0000-4000-8000-000000000000';
export const now = Date.UTC(2026, 0, 31, 12, 30, 45, 678);

const nothing: Reply = { body: { total_count: 0 } };

/** Runs one line against a service of the test; the line is split at blanks unless it is given as words. */
export async function scw(line: string | readonly string[], setting: Setting = {}): Promise<Outcome> {
  const requests: Request[] = [];
  const slept: number[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const request: Request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      requests.push(request);
      const { status = 200, headers = {}, body = {} } = setting.reply?.(request, requests.length) ?? nothing;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const home = mkdtempSync(join(tmpdir(), 'scw-home-'));
  const output = { stdout: '', stderr: '' };
  const written: Outcome['written'][number][] = [];
  for (const [path, content] of Object.entries(setting.files ?? {})) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content, { mode: 0o600 });
  }
  const outside = process.cwd();
  if (setting.isInside) process.chdir(home);
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      output[name] += text;
      written.push([name, text]);
    },
    isTerminal: setting.terminal !== undefined,
    columns: (name === 'stdout' ? setting.terminal?.stdoutColumns : null) ?? setting.terminal?.columns ?? null,
  });
  try {
    const code = await run({
      args: typeof line === 'string' ? line.split(' ') : line,
      env: {
        HOME: setting.isInside ? '.' : home,
        SCW_API_URL: url,
        SCW_ACCESS_KEY: 'SCWEXAMPLEEXAMPLE000',
        SCW_SECRET_KEY: secretKey,
        SCW_DEFAULT_ORGANIZATION_ID: organization,
        SCW_DEFAULT_PROJECT_ID: project,
        ...setting.env,
      },
      stdin: Readable.from(setting.stdin === undefined ? [] : [setting.stdin]),
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      table: table as CommandTable,
      now: setting.clock ?? (() => now),
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
      },
    });
    return { code, ...output, requests, written, slept };
  } finally {
    process.chdir(outside);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(home, { recursive: true, force: true });
  }
}
