import type { Operation } from '@bailiwick/contract';
import fastJsonStringify, { type AnySchema } from 'fast-json-stringify';

/** Writes the answer of an operation. */
export type Serializer = (output: unknown) => string;

/** Only what the output schema lists leaves the server, in the schema's order: that is the order of the wire. */
export function createSerializer({ output }: Operation): Serializer {
  if (output === null) return () => '';
  const schema: AnySchema = JSON.parse(JSON.stringify(output));
  return fastJsonStringify(schema);
}

/** Sent with every response (docs/wire.md). */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
