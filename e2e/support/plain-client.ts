import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Json } from './server-process.ts';

export interface PlainAnswer {
  readonly status: number;
  readonly body: Json;
  /** The revision that a change made; 0 for what changes nothing. */
  readonly revision: number;
  readonly headers: IncomingHttpHeaders;
}

export interface PlainCall {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Many calls at once over connections that stay open, with little work for each. */
export function createPlainClient(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const send = ({ method, path, key, body, headers }: PlainCall): Promise<PlainAnswer> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = request({
      agent,
      hostname,
      port,
      method,
      path,
      headers: {
        ...headers,
        'x-auth-token': key,
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    return new Promise((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const answer = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            body: answer === '' ? null : JSON.parse(answer),
            revision: Number(response.headers['x-bailiwick-revision'] ?? 0),
            headers: response.headers,
          });
        });
      });
      sent.end(text);
    });
  };
  return { send, close: () => agent.destroy() };
}

export type Send = ReturnType<typeof createPlainClient>['send'];
