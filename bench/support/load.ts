import { join } from 'node:path';
import { runNode } from './processes.ts';

const autocannon = join(import.meta.dirname, '../../node_modules/autocannon/autocannon.js');

export interface LoadRequest {
  readonly url: string;
  readonly secretKey?: string;
  /** Sent as JSON by POST; a GET without it. */
  readonly body?: unknown;
  readonly clients: number;
  readonly seconds: number;
}

export interface Load {
  readonly perSecond: number;
  readonly answered: number;
  /** Time of a request in milliseconds, by its middle. */
  readonly latency: number;
  /** The slowest of a hundred. */
  readonly slowest: number;
}

/**
 * Load from a process of its own: every client sends its next request when it has its answer.
 *
 * @throws Error when any request fails
 */
export async function load({ url, secretKey, body, clients, seconds }: LoadRequest): Promise<Load> {
  const headers = [
    ...(secretKey === undefined ? [] : [`x-auth-token=${secretKey}`]),
    ...(body === undefined ? [] : ['content-type=application/json']),
  ];
  const { output } = await runNode([
    autocannon,
    ...['--json', '--no-progress', '--connections', String(clients), '--duration', String(seconds)],
    ...headers.flatMap((header) => ['--headers', header]),
    ...(body === undefined ? [] : ['--method', 'POST', '--body', JSON.stringify(body)]),
    url,
  ]);
  const result = JSON.parse(output) as Result;
  const failures = result.errors + result.timeouts + result.non2xx;
  if (failures > 0 || result['2xx'] === 0) throw new Error(`${url}: ${failures} requests failed`);
  return {
    perSecond: result['2xx'] / result.duration,
    answered: result['2xx'],
    latency: result.latency.p50,
    slowest: result.latency.p99,
  };
}

/** What we read of autocannon's report. */
interface Result {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number };
}
