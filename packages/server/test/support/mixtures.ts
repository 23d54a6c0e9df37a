import type { Operation } from '@bailiwick/contract';
import { isRequired, properties, type SchemaView } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import { faultsOf } from './schema-faults.ts';
import { objectText, validText } from './schema-samples.ts';
import type { Parts } from './wrong-requests.ts';

/** Requests whose arguments are right, wrong or absent, each by its own luck; an id is often one that exists. */
export function mixture({ params, body }: Operation, existingId: string): fc.Arbitrary<Parts> {
  const parameters = properties(params).map(([name, schema]) => {
    const right = validText(schema).map((text) => encodeURIComponent(JSON.parse(text)));
    return [name, often(fc.constant(existingId), right)] as const;
  });
  return fc.record({
    params: fc.record(Object.fromEntries(parameters)),
    query: fc.constant([]),
    body: body
      ? fc.oneof({ weight: 9, arbitrary: mixedObject(body, existingId) }, { weight: 1, arbitrary: fc.json() })
      : fc.constant(undefined),
  });
}

function mixedObject(schema: SchemaView, existingId: string): fc.Arbitrary<string> {
  const members = properties(schema).map(([name, inner]) => {
    const right =
      inner.format === 'uuid' ? often(fc.constant(JSON.stringify(existingId)), validText(inner)) : validText(inner);
    const wrong = fc.oneof(...faultsOf(inner).map(({ samples }) => samples.map(({ text }) => text)));
    const present = often(right, wrong);
    return [
      name,
      isRequired(schema, name) ? often(present, fc.constant(undefined)) : fc.oneof(present, fc.constant(undefined)),
    ] as const;
  });
  return fc.record(Object.fromEntries(members)).map((all) => {
    const present = Object.entries(all).flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
    return objectText(Object.fromEntries(present));
  });
}

/** The first five times out of six. */
const often = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: other });
