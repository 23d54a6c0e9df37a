import {
  type ErrorDetails,
  type Input,
  type Operation,
  type OperationById,
  type OperationId,
  type Output,
  operations,
} from '@bailiwick/contract';
import type { FastifyInstance } from 'fastify';

/** Whom a page asks for: what it knows of the browser. */
export interface Browser {
  readonly ip: string;
  readonly userAgent: string;
  readonly token?: string;
  readonly secretKey?: string;
}

export type Answer<I extends OperationId> =
  | { readonly ok: true; readonly output: Output<OperationById<I>> }
  | { readonly ok: false; readonly status: number; readonly problem: ErrorDetails };

/**
 * Asks an operation as any client would, by the same road: pages have no rights of their own.
 */
export async function ask<I extends OperationId>(
  app: FastifyInstance,
  browser: Browser,
  id: I,
  input: Input<OperationById<I>>,
): Promise<Answer<I>> {
  const answer = await app.inject({ ...requestOf(operationOf(id), input), ...sentBy(browser) });
  const body = answer.body === '' ? undefined : JSON.parse(answer.body);
  if (answer.statusCode < 300) return { ok: true, output: body };
  return { ok: false, status: answer.statusCode, problem: body };
}

/** Each input at its place in the request. */
function requestOf({ method, path, query, body }: Operation, input: unknown) {
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(input ?? {}));
  const inputs = (part: { readonly properties: object } | undefined) =>
    Object.keys(part?.properties ?? {}).filter((name) => given.get(name) !== undefined);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.get(name))));
  const parameters = new URLSearchParams();
  for (const name of inputs(query)) parameters.set(name, String(given.get(name)));
  return {
    method,
    url: parameters.size > 0 ? `${filled}?${parameters}` : filled,
    ...(body && { payload: JSON.stringify(Object.fromEntries(inputs(body).map((name) => [name, given.get(name)]))) }),
  };
}

const sentBy = ({ ip, userAgent, token, secretKey }: Browser) => ({
  remoteAddress: ip,
  headers: {
    host: 'localhost',
    'user-agent': userAgent,
    'content-type': 'application/json',
    ...(token !== undefined && { 'x-session-token': token }),
    ...(secretKey !== undefined && { 'x-auth-token': secretKey }),
  },
});

const byId = new Map(operations.map((operation) => [operation.id, operation]));

function operationOf(id: OperationId): Operation {
  const operation = byId.get(id);
  if (!operation) throw new Error(`${id} is no operation`);
  return operation;
}
