import { type Agent, request } from 'node:http';
import { operations } from '@bailiwick/contract';
import { properties } from '@bailiwick/contract/schema-view';
import type { Server } from './server.ts';
import { median } from './statistics.ts';

/** Requests of one round, one after another; their middle counts. */
const requestsOfRound = 40;

export interface TimedRequest {
  /** GET without a body and POST with one when left out. */
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
}

/** Every value of `order_by` that the contract allows a list. */
export function orderings(operationId: string): readonly string[] {
  const list = operations.find(({ id }) => id === operationId);
  const [, schema] = properties(list?.query ?? undefined).find(([name]) => name === 'order_by') ?? [];
  return (schema?.enum ?? []).map(String);
}

type Target = Pick<Server, 'url' | 'secretKey'>;

/** The middle of some requests on one connection, in milliseconds; fetch would cost more than what is measured. */
export async function middleTime(
  agent: Agent,
  server: Target,
  asked: TimedRequest | ((index: number) => TimedRequest),
): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < requestsOfRound; index += 1) {
    const next = typeof asked === 'function' ? asked(index) : asked;
    const started = performance.now();
    await send(agent, server, next);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** @throws Error unless it succeeds */
export function send(agent: Agent, server: Target, { method, path, body }: TimedRequest): Promise<string> {
  const headers = { 'x-auth-token': server.secretKey, ...(body && { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    const options = { agent, headers, method: method ?? (body ? 'POST' : 'GET') };
    const sent = request(`${server.url}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(text);
        else reject(new Error(`${path}: ${statusCode} ${text}`));
      });
    });
    sent.once('error', reject).end(body && JSON.stringify(body));
  });
}
