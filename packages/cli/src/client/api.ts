import { CommandError } from '../command-error.ts';
import { isObject, type JsonObject } from '../output/result.ts';
import { apiError } from './api-error.ts';
import type { Configuration } from './configuration.ts';
import type { Request } from './input.ts';
import { waitBeforeRetry } from './retry.ts';
import type { Incoming, Transport } from './transport.ts';
import { answersElse, itemsOf, unreadableAnswer } from './unreadable-answer.ts';

/** The API as the commands see it. */
export interface Api {
  /**
   * One call.
   *
   * @returns the answer, `{}` for none
   * @throws CommandError
   */
  call(request: Request): Promise<JsonObject>;
  /** All items of a list, page after page. `items` is the key that holds them. */
  list(request: Request, items: string): Promise<readonly JsonObject[]>;
}

export interface ApiOptions {
  readonly configuration: Configuration;
  readonly transport: Transport;
  readonly userAgent: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told after each page how many of how many items are there. */
  readonly onPage: (fetched: number, total: number) => void;
}

export function createApi({ configuration, transport, userAgent, sleep, now, onPage }: ApiOptions): Api {
  const send = async ({ method, path, query, body }: Request): Promise<Incoming> => {
    const text = body === undefined ? null : JSON.stringify(body);
    const search = query.size > 0 ? `?${query}` : '';
    return await transport.send({
      method,
      url: `${configuration.apiUrl}${path}${search}`,
      headers: {
        accept: 'application/json',
        'user-agent': configuration.userAgent ?? userAgent,
        ...credentialsOf(configuration),
        ...(text !== null && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      },
      body: text,
    });
  };

  const call = async (request: Request): Promise<JsonObject> => {
    for (let tried = 1; ; tried += 1) {
      const answer = await send(request);
      if (answer.status >= 200 && answer.status < 300) return bodyOf(answer);
      // The try before may have been carried out without an answer.
      if (answer.status === 404 && request.method === 'DELETE' && tried > 1) return {};
      const wait = waitBeforeRetry(request.method, answer, tried, now());
      if (wait === null) throw apiError(answer);
      await sleep(wait);
    }
  };

  const list = async (request: Request, items: string): Promise<readonly JsonObject[]> => {
    const all: JsonObject[] = [];
    let pages = 1;
    for (let page = 1; page <= pages; page += 1) {
      const answer = await call(onPageOf(request, page));
      const rows = itemsOf(answer, items);
      const total = answer.total_count ?? 0;
      if (typeof total !== 'number') throw unreadableAnswer('total_count is no number');
      if (rows.length === 0) break;
      all.push(...rows);
      // The first page tells how many there are; what is made meanwhile is left to the next run.
      if (page === 1) pages = Math.ceil(total / rows.length);
      // A bar for one page would only hide that of whoever asks for many lists.
      if (pages > 1) onPage(all.length, total);
    }
    return all;
  };

  return { call, list };
}

/** Whoever signs in has none yet. */
function credentialsOf({ secretKey, sessionToken }: Configuration): Readonly<Record<string, string>> {
  if (sessionToken) return { 'x-session-token': sessionToken };
  return secretKey === '' ? {} : { 'x-auth-token': secretKey };
}

/** The page stands in the query, or in the body of a question that has one. */
function onPageOf(request: Request, page: number): Request {
  if (isObject(request.body)) return { ...request, body: { ...request.body, page } };
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  query.sort();
  return { ...request, query };
}

function bodyOf({ text, headers }: Incoming): JsonObject {
  if (text === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (failure) {
    if (/\bhtml\b/.test(headers['content-type'] ?? '')) throw webPage(failure);
    throw unreadableAnswer('it is no JSON', failure);
  }
  if (!isObject(body)) throw unreadableAnswer('it is no object');
  return body as JsonObject;
}

function webPage(cause: unknown): CommandError {
  return new CommandError('the answer is a web page', {
    hint: answersElse,
    cause,
  });
}
