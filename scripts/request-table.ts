import { operations } from '../packages/contract/src/index.ts';
import { properties } from '../packages/contract/src/schema-view.ts';

/** Where the inputs of an operation go: all that a client needs to send one, without the schemas. */
interface RequestForm {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  /** Null where not even `{}` is sent. */
  readonly body: readonly string[] | null;
}

/** Operations by id. What gateways forward, and what directories send, is no request of a client of ours. */
export function requestTable(): Readonly<Record<string, RequestForm>> {
  const names = (part: Parameters<typeof properties>[0]) => properties(part).map(([name]) => name);
  return Object.fromEntries(
    operations
      .filter(({ forwarded, access }) => forwarded === undefined && access.kind !== 'scim')
      .map(({ id, method, path, query, body }) => [
        id,
        { method, path, query: names(query), body: body ? names(body) : null },
      ]),
  );
}
