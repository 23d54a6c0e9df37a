import type { Input, OperationById, OperationId, Output } from '@bailiwick/contract';
import table from '@bailiwick/contract/requests.json';
import { Failure } from './failure.ts';
import { forgetSession, session } from './session.ts';

/** Each input at its place, as the contract has it (scripts/request-table.ts). */
const forms = new Map(Object.entries(table));

/** Inputs by name; of forms that are made of the contract they are only known when the page runs. */
type LooseInput = Readonly<Record<string, unknown>>;

/**
 * Asks an operation of the contract as the person who is signed in.
 *
 * @throws Failure as the server tells it
 */
export async function call<I extends OperationId>(
  id: I,
  input: Input<OperationById<I>>,
): Promise<Output<OperationById<I>>> {
  const { body } = await answerTo(id, Object.fromEntries(Object.entries(input ?? {})));
  return body;
}

/** The same for an operation that is only known when the page runs. */
export async function send(id: string, input: LooseInput): Promise<unknown> {
  return (await answerTo(id, input)).body;
}

async function answerTo(id: string, input: LooseInput) {
  const first = await attempt(id, input);
  if (first.status !== 401) return readAnswer(first);
  // The token had ended; the session need not have.
  forgetSession();
  return readAnswer(await attempt(id, input));
}

async function attempt(id: string, input: LooseInput): Promise<Response> {
  const form = forms.get(id);
  if (form === undefined) throw new Error(`${id} is no operation`);
  const { method, path, query, body } = form;
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

/** The server sends nothing that its contract does not have. */
async function readAnswer(answer: Response) {
  const text = await answer.text();
  const read = { body: text === '' ? undefined : JSON.parse(text) };
  if (answer.ok) return read;
  throw new Failure(answer.status, read.body);
}
