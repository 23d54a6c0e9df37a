import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Json, ServerProcess } from './server-process.ts';

export interface HttpAnswer {
  readonly status: number | undefined;
  readonly body: Json;
  /** What the server says about the connection: `keep-alive` or `close`. */
  readonly connection: string | undefined;
  readonly revision: number;
}

type Address = Pick<ServerProcess, 'url' | 'secretKey'>;

/** A client with one connection of its own, which it keeps for as long as the server does. */
export function keepingClient(server: Address) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    post: (path: string, body: Json): Promise<HttpAnswer> => {
      const call = open(server, path, agent, {});
      call.end(JSON.stringify(body));
      return answerOf(call);
    },
    close: () => agent.destroy(),
  };
}

/**
 * Sends the head of a request and waits until the server has it and asks for the body.
 *
 * @returns a function that sends the body and waits for the answer
 */
export async function beginRequest(
  server: Address,
  path: string,
  body: Json,
): Promise<{ readonly finish: () => Promise<HttpAnswer>; readonly abandon: () => void }> {
  const text = JSON.stringify(body);
  const call = open(server, path, new Agent({ keepAlive: true }), {
    expect: '100-continue',
    'content-length': String(Buffer.byteLength(text)),
  });
  await new Promise((resolve, reject) => call.once('continue', resolve).once('error', reject));
  return {
    finish: () => {
      call.end(text);
      return answerOf(call);
    },
    abandon: () => void call.on('error', () => {}).destroy(),
  };
}

/** A connection that says nothing. */
export async function silentConnection(server: Pick<ServerProcess, 'url'>): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

function open(
  { url, secretKey }: Address,
  path: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
): ClientRequest {
  const own = { 'x-auth-token': secretKey, 'content-type': 'application/json' };
  return request(`${url}${path}`, { method: 'POST', agent, headers: { ...own, ...headers } });
}

async function answerOf(call: ClientRequest): Promise<HttpAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    call.once('response', resolve).once('error', reject),
  );
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return {
    status: response.statusCode,
    body: JSON.parse(Buffer.concat(parts).toString()),
    connection: response.headers.connection,
    revision: Number(response.headers['x-bailiwick-revision']),
  };
}
