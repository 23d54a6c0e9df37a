import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bareError, CommandError } from '../../command-error.ts';

/** Waits on this machine alone for the browser to come back (RFC 8252). */
export interface Loopback {
  /** Where the browser is sent back to. */
  readonly redirectUri: string;
  /** What the page of the service is asked with. */
  readonly codeChallenge: string;
  readonly state: string;
  /** What the code is redeemed with (RFC 7636). */
  readonly codeVerifier: string;
  /**
   * The code, once the browser has brought it.
   *
   * @throws CommandError when the person has refused, or does not come back
   */
  readonly code: Promise<string>;
  close(): void;
}

/** Nobody waits for ever: a sign-in of which nobody comes back was given up. */
const patience = 15 * 60 * 1000;
const path = '/callback';
const host = '127.0.0.1';

/** @throws CommandError when another program has the port */
export async function listenOnLoopback(port: number): Promise<Loopback> {
  const state = randomBytes(32).toString('base64url');
  const codeVerifier = randomBytes(32).toString('base64url');
  const server = createServer();
  const bound = await listen(server, port);
  let giveUp: NodeJS.Timeout | undefined;
  const code = new Promise<string>((resolve, reject) => {
    giveUp = setTimeout(() => reject(bareError('nobody has signed in within 15 minutes')), patience);
    server.on('request', (request, response) => {
      const answer = read(request, bound, state);
      if (answer === null) return sendPage(response, 400, 'This is not the sign-in that the terminal waits for.');
      if (answer.code === null) {
        sendPage(response, 200, 'You have refused. You can close this page.');
        return reject(bareError('the sign-in was refused in the browser'));
      }
      sendPage(response, 200, 'You are signed in in the terminal. You can close this page.');
      return resolve(answer.code);
    });
  });
  // Whoever waits for it may not have begun to.
  code.catch(() => {});
  return {
    redirectUri: `http://${host}:${bound}${path}`,
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    state,
    codeVerifier,
    code,
    close: () => {
      clearTimeout(giveUp);
      server.close();
      server.closeIdleConnections();
    },
  };
}

/** What the browser brings; null for a request that is no answer to ours. */
function read({ method, url = '', headers }: IncomingMessage, port: number, state: string) {
  // A name that was bent to this address is not ours (DNS rebinding).
  if (method !== 'GET' || headers.host !== `${host}:${port}` || !URL.canParse(url, 'http://x')) return null;
  const { pathname, searchParams } = new URL(url, 'http://x');
  if (pathname !== path || !isSame(searchParams.get('state') ?? '', state)) return null;
  const code = searchParams.get('code');
  return code === null && searchParams.get('error') === null ? null : { code };
}

const isSame = (shown: string, kept: string): boolean =>
  shown.length === kept.length && timingSafeEqual(Buffer.from(shown.padEnd(kept.length)), Buffer.from(kept));

function sendPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>scw login</title><p>${text}</p></html>`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (failure) =>
      reject(
        new CommandError(`cannot listen on ${host}:${port}`, {
          hint: 'Another program may use this port: leave port= out for any free one.',
          cause: failure,
        }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
