import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { bareError } from '../command-error.ts';

/** One exchange as it goes over the wire. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Incoming {
  readonly status: number;
  readonly statusText: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Transport {
  /** @throws CommandError when there is no answer */
  send(request: Outgoing): Promise<Incoming>;
  /** Lets go of connections that are kept. */
  close(): void;
}

export interface TransportOptions {
  readonly env: NodeJS.ProcessEnv;
  /** True: certificates are not checked. */
  readonly insecure: boolean;
}

const connectMilliseconds = 30_000;
/** Far above any page of the API; an endless answer must not fill the memory. */
const largestAnswer = 64 * 1024 * 1024;

/**
 * Calls over connections that are kept, through the proxy that the environment names. Redirects are not followed: the
 * secret goes to the configured address and nowhere else.
 */
export function createTransport(options: TransportOptions): Transport {
  const common = { keepAlive: true, proxyEnv: options.env };
  const agents = {
    http: new http.Agent(common),
    https: new https.Agent({ ...common, rejectUnauthorized: !options.insecure }),
  };
  return {
    send: (request) => exchange(request, agents),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function exchange(
  outgoing: Outgoing,
  agents: { readonly http: http.Agent; readonly https: https.Agent },
): Promise<Incoming> {
  const { method, url, headers, body } = outgoing;
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith('https:');
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    const fail = (failure: NodeJS.ErrnoException) =>
      reject(bareError(`error executing request: ${verb} "${url}": ${reasonOf(failure)}`, failure));
    const request = (isSecure ? https : http).request(
      // The path as it was made: the URL parser would climb up at `%2E%2E`.
      {
        ...urlToHttpOptions(new URL(url)),
        path: pathOf(url),
        method,
        headers,
        agent: isSecure ? agents.https : agents.http,
      },
      (response) => {
        let size = 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > largestAnswer) response.destroy(new Error(`the answer is larger than ${largestAnswer} bytes`));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('error', fail);
    request.on('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => socket.destroy(new Error('connecting takes too long')), connectMilliseconds);
      const connected = isSecure ? 'secureConnect' : 'connect';
      for (const event of [connected, 'close']) socket.once(event, () => clearTimeout(timer));
    });
    request.end(body ?? undefined);
  });
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/, '');
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'no route to host',
  ETIMEDOUT: 'i/o timeout',
};

function reasonOf(failure: NodeJS.ErrnoException): string {
  // Several addresses of one host fail together.
  const first = failure instanceof AggregateError ? (failure.errors[0] as NodeJS.ErrnoException) : failure;
  return reasons[first.code ?? ''] ?? first.message;
}
