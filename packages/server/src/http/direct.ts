import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { contract } from '@bailiwick/contract';
import type { FastifyInstance } from 'fastify';
import type { Handlers, Services } from '../context.ts';
import { ageHeader } from './age.ts';
import type { KeyAuthentication } from './authenticate.ts';
import { contextOf } from './context-of.ts';
import { isDraining } from './drain.ts';
import { createParser, type Parser } from './parse.ts';
import type { FinishedRequest } from './request-log.ts';
import { createSerializer, type Serializer, securityHeaders } from './respond.ts';

/** Where what has no part in the answer goes: the log, and failures of ours. */
export interface DirectOptions {
  readonly services: Services;
  readonly handlers: Handlers;
  readonly finished: (request: FinishedRequest) => void;
  readonly problemOf: (failure: unknown, requestId: string) => { readonly status: number; readonly body: string };
  /** True where the address of a client is not that of its connection. */
  readonly behindProxies: boolean;
}

const operation = contract.decisions.check;
/** A hundred questions are a fifth of it. */
const maximumBody = 64 * 1024;

/**
 * Takes the question that is asked most, whether a key may do something, past the framework: by the same steps of the same
 * road (authenticate, parse, authorize, operation, response), without the work that a framework does for any route. Only
 * what is plain goes here: a known key and a small JSON body. Everything else, every refusal of a credential included,
 * goes to the framework, and is answered the same.
 */
export function takeDirectly(app: FastifyInstance, options: DirectOptions): void {
  const direct = createDirect(options);
  app.addHook('onReady', async () => {
    const listeners = app.server.listeners('request') as RequestListener[];
    app.server.removeAllListeners('request');
    app.server.on('request', (request, response) => {
      if (!isDraining(app.server) && direct(request, response)) return;
      for (const listener of listeners) listener(request, response);
    });
  });
}

/** @returns a function that says whether it took the request */
function createDirect({ services, handlers, finished, problemOf, behindProxies }: DirectOptions) {
  const handle = handlers[operation.id];
  const { standing } = services.storage;
  let parse: Parser | undefined;
  let serialize: Serializer | undefined;

  const answer = async (arrived: Taken, authentication: KeyAuthentication, body: Buffer): Promise<string> => {
    parse ??= createParser(operation);
    serialize ??= createSerializer(operation);
    services.limits.asked(operation.id, authentication.actor);
    const input = parse({ params: {}, query: '', body, contentType: arrived.contentType });
    const output = await services.fairQueue.run(authentication.actor.organizationId, async () => {
      const context = await contextOf(services, operation, arrived, authentication, input);
      return handle(context, input as Parameters<typeof handle>[1]);
    });
    return serialize(output);
  };

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== operation.method || request.url !== operation.path) return false;
    const { headers } = request;
    const secret = headers['x-auth-token'];
    const length = Number(headers['content-length'] ?? Number.NaN);
    const plain =
      typeof secret === 'string' &&
      length <= maximumBody &&
      headers.host !== undefined &&
      headers['x-bailiwick-at-least'] === undefined &&
      headers.expect === undefined &&
      !(behindProxies && headers['x-forwarded-for'] !== undefined);
    if (!plain) return false;
    const authentication = services.credentials.find(secret);
    if (!authentication || hasEnded(authentication, services)) return false;
    services.lastUse.note(authentication.accessKey);

    const started = performance.now();
    const arrived: Taken = {
      credentials: { authToken: secret, sessionToken: undefined },
      ip: request.socket.remoteAddress ?? '',
      userAgent: headers['user-agent'] ?? '',
      requestId: randomUUID(),
      respondWith: (name, value) => void response.setHeader(name, value),
      contentType: headers['content-type'],
    };
    const respond = (status: number, body: string) => {
      response.writeHead(status, {
        ...securityHeaders,
        'content-type': 'application/json',
        'x-request-id': arrived.requestId,
        'content-length': Buffer.byteLength(body),
        ...(standing.state() === 'alone' && { [ageHeader]: Math.ceil(standing.ageSeconds()) }),
      });
      response.end(body);
      finished({
        requestId: arrived.requestId,
        operation: operation.id,
        method: operation.method,
        route: operation.path,
        status,
        milliseconds: performance.now() - started,
        ip: arrived.ip,
        traceparent: headers.traceparent,
      });
    };
    readBody(request, (body) => {
      answer(arrived, authentication, body).then(
        (text) => respond(200, text),
        (failure: unknown) => {
          const problem = problemOf(failure, arrived.requestId);
          respond(problem.status, problem.body);
        },
      );
    });
    return true;
  };
}

interface Taken {
  readonly credentials: { readonly authToken: string; readonly sessionToken: undefined };
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly respondWith: (name: string, value: string | number) => void;
  readonly contentType: string | undefined;
}

function hasEnded({ expiresAt }: KeyAuthentication, { clock }: Services): boolean {
  return expiresAt !== null && expiresAt <= clock.now();
}

/** Nothing comes of a request whose client goes away. */
function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  const more: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    if (first === undefined) first = chunk;
    else more.push(chunk);
  });
  request.on('end', () => {
    if (more.length > 0) done(Buffer.concat([first ?? Buffer.alloc(0), ...more]));
    else done(first ?? Buffer.alloc(0));
  });
}
