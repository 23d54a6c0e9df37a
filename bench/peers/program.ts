import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildGoProgram } from '../../test-support/go-programs.ts';

/** The packages of the peers, by the folder under `go/` that pins each. */
const packages = {
  cerbos: 'github.com/cerbos/cerbos/cmd/cerbos',
  opa: 'github.com/open-policy-agent/opa',
  openfga: 'github.com/openfga/openfga/cmd/openfga',
  spicedb: 'github.com/authzed/spicedb/cmd/spicedb',
} as const;
/** A peer by the name of its program. */
export type PeerProgram = keyof typeof packages;

/** How long a program may take to answer, in milliseconds. */
const patience = 60_000;

/** A folder for its files and the built program. */
export interface Workshop {
  readonly folder: string;
  readonly version: string;
  /** Runs it to its end. */
  run(words: readonly string[]): void;
  /** Starts it and waits until the address answers; its end takes the folder along. */
  serve(words: readonly string[], healthUrl: string): Promise<{ readonly pid: number } & AsyncDisposable>;
}

/**
 * Builds a peer and makes a folder for it.
 *
 * @throws Error that says why it cannot be built
 */
export async function openWorkshop(program: PeerProgram): Promise<Workshop> {
  const built = await peerProgram(program);
  if ('missing' in built) throw new Error(built.missing);
  const folder = mkdtempSync(join(tmpdir(), `bailiwick-bench-${program}-`));
  const logFile = join(folder, 'log');
  return {
    folder,
    version: built.version,
    run: (words) => void execFileSync(built.path, [...words], { stdio: ['ignore', 'ignore', 'pipe'] }),
    serve: async (words, healthUrl) => {
      const log = openSync(logFile, 'a');
      const child = spawn(built.path, [...words], { cwd: folder, stdio: ['ignore', log, log] });
      closeSync(log);
      const ended = once(child, 'exit');
      const stop = async () => {
        if (child.kill('SIGTERM')) await ended;
        rmSync(folder, { recursive: true, force: true });
      };
      const until = performance.now() + patience;
      while (!(await answers(healthUrl))) {
        if (child.exitCode === null && performance.now() < until) {
          await wait(10);
          continue;
        }
        const words = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n');
        await stop();
        throw new Error(`${program} ${built.version} does not start: ${words}`);
      }
      return { pid: child.pid ?? 0, [Symbol.asyncDispose]: stop };
    },
  };
}

/** A peer's program, or why there is none. */
export const peerProgram = (program: PeerProgram) =>
  buildGoProgram({ folder: join(import.meta.dirname, 'go', program), package: packages[program] });

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Ports that are free now, as `127.0.0.1:PORT`: these programs cannot say which they chose. */
export async function freeAddresses(count: number): Promise<readonly string[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
}

/**
 * One call that has to succeed.
 *
 * @returns what came back, as text
 */
export async function send(
  url: string,
  body: unknown,
  { method = 'POST', headers = {} }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  const response = await fetch(url, { method, headers: { 'content-type': type, ...headers }, body: text });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${answer}`);
  return answer;
}

/** Does some work and tells how long it took, in seconds. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

/** Parts of a list, each of at most so many. */
export function parts<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, part) =>
    values.slice(part * size, (part + 1) * size),
  );
}
