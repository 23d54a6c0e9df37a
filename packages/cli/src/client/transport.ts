import type http from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { connectionError } from './connection-error.ts';

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
  const carriers = new Map<string, Carrier>();
  const carrierOf = (url: string): Carrier => {
    const protocol = url.startsWith('https:') ? 'https' : 'http';
    const known = carriers.get(protocol);
    if (known) return known;
    // Importing `node:http` would load WebSocket and fetch for its names, which takes as long as all of Node's start.
    const { request, Agent } =
      protocol === 'https' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
    const agent = new Agent({ ...common, ...(protocol === 'https' && { rejectUnauthorized: !options.insecure }) });
    const carrier = { request, agent };
    carriers.set(protocol, carrier);
    return carrier;
  };
  return {
    send: async (request) => {
      try {
        return await exchange(request, carrierOf(request.url));
      } catch (failure) {
        throw connectionError(request.method, request.url, failure);
      }
    },
    close: () => {
      for (const { agent } of carriers.values()) agent.destroy();
    },
  };
}

/** What carries calls to addresses of one protocol. */
interface Carrier {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

function exchange(outgoing: Outgoing, carrier: Carrier): Promise<Incoming> {
  const { method, url, headers, body } = outgoing;
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith('https:');
    const request = carrier.request(
      // The path as it was made: the URL parser would climb up at `%2E%2E`.
      {
        ...urlToHttpOptions(new URL(url)),
        path: pathOf(url),
        method,
        headers,
        agent: carrier.agent,
      },
      (response) => {
        let size = 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > largestAnswer) response.destroy(new Error(`the answer is larger than ${largestAnswer} bytes`));
          else chunks.push(chunk);
        });
        response.on('error', reject);
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
    request.on('error', reject);
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
