import type { Input, OperationById, OperationId } from '@bailiwick/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import type { Services } from '../context.ts';
import { type BrowserSession, errandCookie, readErrand, readSession, sessionCookies } from './cookies.ts';
import { type Page, toDocument } from './markup.ts';
import { type Answer, ask } from './operations.ts';

/** What every page gets: what the browser sent, and what it can be sent. */
export interface Visit {
  /** Parameters of the address, and of the form. Of several values with one name the first counts. */
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  /** Fewest characters of a password. */
  readonly passwordMinimum: number;
  /** Of this page, as the server is known. */
  readonly origin: string;
  /** Path and parameters of this page. */
  readonly here: string;
  /** Asks an operation as whoever is signed in, or as nobody. */
  ask<I extends OperationId>(id: I, input: Input<OperationById<I>>): Promise<Answer<I>>;
  /** Asks as whoever bears a key. */
  askWith<I extends OperationId>(secretKey: string, id: I, input: Input<OperationById<I>>): Promise<Answer<I>>;
  /** Who is signed in in this browser. */
  whoIsHere(): Promise<Person | undefined>;
  /** Keeps a session in the browser, or forgets it. */
  keep(session: BrowserSession | undefined): void;
  readonly kept: BrowserSession | undefined;
  /** Keeps what a sign-in is about while it goes on elsewhere, or forgets it. */
  keepErrand(errand: URLSearchParams | undefined): void;
  readonly keptErrand: URLSearchParams | undefined;
  show(page: Page, status?: number): Promise<void>;
  goTo(place: string): void;
  /** For a script of ours. */
  answer(value: object): void;
}

export interface Person {
  readonly id: string;
  readonly organizationId: string;
  readonly username: string;
  /** Whether it has a second factor. */
  readonly mfa: boolean;
  readonly name: string;
}

/** A token that ends before whoever gets it can use it is of no use, in microseconds. */
const soon = 5 * 60 * 1_000_000;

/** Nothing that a page shows is kept or told to anybody: it may hold tokens. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

const policyFor = ({ leadsTo, script = false }: Page): string =>
  [
    "default-src 'none'",
    ...(script ? ["script-src 'self'"] : []),
    "style-src 'self'",
    "img-src 'self' data:",
    `form-action 'self'${leadsTo === undefined ? '' : ` ${leadsTo}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export function visitOf(
  app: FastifyInstance,
  { settings, clock }: Pick<Services, 'settings' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Visit {
  const publicUrl = settings.publicUrl();
  let session = readSession(request.headers.cookie, publicUrl);
  const browser = { ip: request.ip, userAgent: request.headers['user-agent'] ?? '' };
  const cut = request.url.indexOf('?');

  let newSession: readonly string[] = [];
  let newErrand: readonly string[] = [];
  const sendCookies = (): void => {
    reply.removeHeader('set-cookie');
    reply.header('set-cookie', [...newSession, ...newErrand]);
  };
  const keep = (next: BrowserSession | undefined): void => {
    session = next;
    newSession = sessionCookies(next, publicUrl);
    sendCookies();
  };

  /** The session lasts longer than its token, which is renewed when it is about to end. */
  const renewed = async (): Promise<BrowserSession | undefined> => {
    if (session === undefined || !hasEnded(session.token, clock.now() + soon)) return session;
    const answer = await ask(app, browser, 'signIn.renew', { renew_token: session.renewToken });
    keep(answer.ok ? { token: answer.output.token, renewToken: answer.output.renew_token } : undefined);
    return session;
  };

  return {
    query: new URLSearchParams(cut < 0 ? '' : request.url.slice(cut + 1)),
    form: new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''),
    passwordMinimum: settings.passwordMinimum,
    origin: new URL(publicUrl).origin,
    here: request.url,
    get kept() {
      return session;
    },
    ask: (id, input) => ask(app, session === undefined ? browser : { ...browser, token: session.token }, id, input),
    askWith: (secretKey, id, input) => ask(app, { ...browser, secretKey }, id, input),
    whoIsHere: async () => {
      const current = await renewed();
      const id = current === undefined ? undefined : subjectOf(current.token);
      if (current === undefined || id === undefined) return undefined;
      const answer = await ask(app, { ...browser, token: current.token }, 'users.get', { user_id: id });
      if (!answer.ok) return undefined;
      const { organization_id: organizationId, username, first_name, last_name, mfa } = answer.output;
      return { id, organizationId, username, mfa, name: `${first_name} ${last_name}`.trim() || username };
    },
    keep,
    keptErrand: readErrand(request.headers.cookie, publicUrl),
    keepErrand: (errand) => {
      newErrand = [errandCookie(errand, publicUrl)];
      sendCookies();
    },
    show: async (page, status = 200) => {
      const document = String(await toDocument(page));
      reply.code(status).headers({ ...pageHeaders, 'content-security-policy': policyFor(page) });
      reply.send(Buffer.from(document));
    },
    answer: (value) => {
      reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
      reply.send(Buffer.from(JSON.stringify(value)));
    },
    goTo: (place) => {
      reply.headers(pageHeaders).redirect(place, 303);
    },
  };
}

/** Somebody has to sign in before this page, and comes back to it then. */
export function signInFirst(visit: Visit): void {
  visit.goTo(`/auth/sign-in?${new URLSearchParams({ return_to: visit.here })}`);
}

/** The server looks at the signature when the token is used. */
function claimsOf(token: string) {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

const subjectOf = (token: string): string | undefined => claimsOf(token)?.sub;
/** @param now microseconds since 1970 */
const hasEnded = (token: string, now: number): boolean => (claimsOf(token)?.exp ?? 0) * 1_000_000 <= now;
