import type { Input, OperationById, OperationId, Output } from '@bailiwick/contract';
import table from '@bailiwick/contract/requests.json';
import { Failure } from './failure.ts';
import { forgetSession, session } from './session.ts';

type Row = readonly [method: string, path: string, query: readonly string[], body: readonly string[] | null];
const rows = new Map(Object.entries(table) as unknown as readonly (readonly [string, Row])[]);

/** Input of which the form is only known when the page runs: from forms that are made of the contract. */
export type LooseInput = Readonly<Record<string, unknown>>;

/**
 * Asks an operation of the contract as the person who is signed in.
 *
 * @throws Failure as the server tells it
 */
export function call<I extends OperationId>(id: I, input: Input<OperationById<I>>): Promise<Output<OperationById<I>>> {
  return send(id, input as LooseInput) as Promise<Output<OperationById<I>>>;
}

/** The same for an operation that is only known when the page runs. */
export async function send(id: string, input: LooseInput): Promise<unknown> {
  const first = await attempt(id, input);
  if (first.status !== 401) return answerOf(first);
  // The token had ended; the session need not have.
  forgetSession();
  return answerOf(await attempt(id, input));
}

async function attempt(id: string, input: LooseInput): Promise<Response> {
  const row = rows.get(id);
  if (row === undefined) throw new Error(`${id} is no operation`);
  const [method, path, query, body] = row;
  const { token } = await session();
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const parameters = new URLSearchParams();
  for (const name of query) for (const value of [input[name] ?? []].flat()) parameters.append(name, String(value));
  return await fetch(parameters.size > 0 ? `${filled}?${parameters}` : filled, {
    method,
    headers: { 'x-session-token': token, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(picked(input, body)) }),
  }).catch((cause: unknown) => {
    throw new Failure(0, null, { cause });
  });
}

const picked = (input: LooseInput, names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]));

async function answerOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (answer.ok) return body;
  throw new Failure(answer.status, body);
}
