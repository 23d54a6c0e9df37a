import { operations } from '../packages/contract/src/index.ts';
import { properties } from '../packages/contract/src/schema-view.ts';

/** Where each input of an operation goes: all that a client needs to send one, without the schemas. */
export type RequestTable = Readonly<
  Record<string, readonly [method: string, path: string, query: readonly string[], body: readonly string[] | null]>
>;

/** Operations by id. What gateways forward is no request of a client. */
export function requestTable(): RequestTable {
  const names = (part: Parameters<typeof properties>[0]) => properties(part).map(([name]) => name);
  return Object.fromEntries(
    operations
      .filter(({ forwarded }) => forwarded === undefined)
      .map(({ id, method, path, query, body }) => [id, [method, path, names(query), body ? names(body) : null]]),
  );
}
