import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Json, ServerProcess } from './server-process.ts';

export interface HttpAnswer {
  readonly status: number | undefined;
  readonly body: Json;
  /** What the server says about the connection: `keep-alive` or `close`. */
  readonly connection: string | undefined;
  readonly revision: number;
}

/** A server, and the certificate in PEM that is trusted where HTTPS is spoken with it. */
type Address = Pick<ServerProcess, 'url' | 'secretKey'> & { readonly ca?: string };

/** A client with one connection of its own, which it keeps for as long as the server does. */
export function keepingClient(server: Address) {
  const agent = agentOf(server);
  const send = (method: string, path: string, text?: string): Promise<HttpAnswer> => {
    const call = open(server, method, path, agent, {});
    call.end(text);
    return answerOf(call);
  };
  return {
    get: (path: string) => send('GET', path),
    post: (path: string, body: Json) => send('POST', path, JSON.stringify(body)),
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
  const call = open(server, 'POST', path, agentOf(server), {
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

const agentOf = ({ ca }: Address): Agent =>
  ca === undefined
    ? new Agent({ keepAlive: true, maxSockets: 1 })
    : new SecureAgent({ keepAlive: true, maxSockets: 1, ca });

function open(
  { url, secretKey, ca }: Address,
  method: string,
  path: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
): ClientRequest {
  const own = { 'x-auth-token': secretKey, 'content-type': 'application/json' };
  const send = ca === undefined ? request : secureRequest;
  return send(`${url}${path}`, { method, agent, headers: { ...own, ...headers } });
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
