import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The program, where there is one. In CI it must be there; elsewhere its tests are left out, and that is told.
 */
export function nginxPrograms(): readonly string[] {
  const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env.PATH ?? '').split(':')];
  const program = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));
  if (program !== undefined) return [program];
  if (process.env.CI) throw new Error('no nginx found: install its package');
  console.warn('no nginx found: what it does with our answers is not tested');
  return [];
}

export function nginxVersion(program: string): string {
  return /nginx\/(\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown';
}

/** What reached the service behind the gateway. */
export interface Reached {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service that remembers what reaches it. */
export async function startService(): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly reached: Reached[];
}> {
  const reached: Reached[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      reached.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      response.setHeader('content-length', 11).end('the service');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, reached, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a request as it is: clients of Node put paths in order. The connection ends with the answer. */
export function sendRaw(port: number, request: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      text += piece;
    });
    socket.once('error', reject).once('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const pairs = lines.map((line): [string, string] => {
        const at = line.indexOf(':');
        return [line.slice(0, at), line.slice(at + 1).trim()];
      });
      resolve({ status: Number(first.split(' ')[1]), headers: new Headers(pairs), body });
    });
  });
}

/** A server block that shares what comes among servers; `kept` connections to them stay open. */
export function balancedOver(hosts: readonly string[], kept = 0): string {
  const reused = kept === 0 ? '' : 'proxy_http_version 1.1; proxy_set_header Connection "";';
  return `
    upstream bailiwick {
      ${hosts.map((host) => `server ${host};`).join(' ')}
      ${kept === 0 ? '' : `keepalive ${kept};`}
    }
    server {
      listen 80;
      location / { proxy_pass http://bailiwick; ${reused} }
    }`;
}

export interface Nginx {
  readonly port: number;
  /** Other server blocks from now on; what is under way is answered by the former. */
  reload(servers: string): Promise<void>;
  stop(): Promise<void>;
}

/** Runs nginx with server blocks that listen on port 80: it listens on another one. */
export async function startNginx(program: string, servers: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-nginx-'));
  const port = await freePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const main = `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;`;
  const write = (blocks: string) => {
    const http = `access_log off; ${paths.join(' ')}\n${blocks.replace('listen 80;', `listen 127.0.0.1:${port};`)}`;
    writeFileSync(join(folder, 'nginx.conf'), `${main}\nevents {}\nhttp {\n${http}\n}\n`);
  };
  write(servers);
  const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    errors += piece;
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilListening(port, child, () => errors);
  return {
    port,
    reload: async (blocks) => {
      write(blocks);
      child.kill('SIGHUP');
      // A new worker takes over within milliseconds, and tells nobody.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, child: ChildProcess, errors: () => string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (child.exitCode !== null) break;
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  throw new Error(`nginx does not start: ${errors()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createTcpServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
