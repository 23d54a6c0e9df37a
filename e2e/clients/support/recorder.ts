import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Stands between a program and a server, so that one line can be shown in several forms though it changes things. */
export interface Recorder {
  readonly url: string;
  /** Hands requests on and keeps the answers, from now. */
  record(): void;
  /** Answers requests with what was kept, in the same order, from its beginning. */
  playBack(): void;
  close(): void;
}

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/** @param target address of the server whose answers are kept */
export async function startRecorder(target: string): Promise<Recorder> {
  let kept: Answer[] = [];
  let left: Answer[] | null = null;

  const next = (method: string, path: string): Answer => {
    // Times in a query differ from one run to the next.
    const index =
      left?.findIndex((one) => one.method === method && withoutQuery(one.path) === withoutQuery(path)) ?? -1;
    const [answer] = index < 0 ? [] : (left?.splice(index, 1) ?? []);
    return answer ?? { method, path, status: 501, type: null, body: `${method} ${path} was not asked before` };
  };
  const server = createServer((request, response) => {
    const { method = '', url: path = '' } = request;
    const answered = left === null ? handOn(target, request) : Promise.resolve(next(method, path));
    answered.then(
      (answer) => {
        if (left === null) kept.push(answer);
        send(response, answer);
      },
      (failure: unknown) => response.destroy(failure instanceof Error ? failure : undefined),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the recorder has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    record: () => {
      [kept, left] = [[], null];
    },
    playBack: () => {
      left = [...kept];
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function handOn(target: string, request: IncomingMessage): Promise<Answer> {
  const { method = '', url: path = '', headers } = request;
  const sent = await buffer(request);
  const passed = ['x-auth-token', 'content-type', 'user-agent'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const answer = await fetch(`${target}${path}`, {
    method,
    headers: Object.fromEntries(passed),
    ...(sent.length > 0 && { body: sent }),
  });
  return { method, path, status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, type === null ? {} : { 'content-type': type });
  response.end(body);
}

function withoutQuery(path: string): string {
  return path.replace(/\?.*/, '');
}
