import type { ArgumentReason, Operation } from '@bailiwick/contract';
import { isRequired, properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import type { WrongArguments } from './invalid-arguments.ts';
import { anotherType, faultsOf, numberFaults, stringFaults } from './schema-faults.ts';
import { objectText, propertyOf, valid, validMembers } from './schema-samples.ts';
import type { CallOptions } from './server.ts';

/** A request in its parts: the path with its parameters written in, pairs of the query as sent, the body as sent. */
export interface Parts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, encoded: string])[];
  readonly body: string | undefined;
}

/** One way to ask an operation wrongly. */
export interface WrongRequest {
  readonly what: string;
  readonly samples: fc.Arbitrary<{ readonly parts: Parts; readonly wrong: WrongArguments }>;
}

/** Path and options of a call. */
export function requestOf({ path }: Operation, { params, query, body }: Parts): readonly [string, CallOptions] {
  const written = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const search = query.map(([name, value]) => `${name}=${value}`).join('&');
  return [search === '' ? written : `${written}?${search}`, body === undefined ? {} : { raw: body }];
}

/** What the operation accepts, with no more than it needs; that nothing of it exists is found out later. */
export function acceptable(operation: Operation): fc.Arbitrary<Parts> {
  return fc.record({
    params: encodedMembers(operation.params),
    query: encodedMembers(operation.query).map((members) => Object.entries(members)),
    body: operation.body ? validMembers(operation.body).map(objectText) : fc.constant(undefined),
  });
}

function encodedMembers(schema: SchemaView = {}): fc.Arbitrary<Readonly<Record<string, string>>> {
  // Of those of which one is needed, the last.
  const needed = (schema['x-one-of'] ?? []).flatMap(({ members, required }) => (required ? members.slice(-1) : []));
  const names = properties(schema).flatMap(([name]) =>
    isRequired(schema, name) || needed.includes(name) ? [name] : [],
  );
  const encoded = (inner: SchemaView) => valid(inner).map((value) => encodeURIComponent(String(value)));
  return fc.record(Object.fromEntries(names.map((name) => [name, encoded(propertyOf(schema, name))])));
}

/** Every way to have one argument of the operation wrong, and all at once. */
export function wrongRequests(operation: Operation): readonly WrongRequest[] {
  const single = [...wrongParameters(operation), ...wrongQueries(operation), ...wrongBodies(operation)];
  return single.length === 0 ? [] : [...single, allWrong(operation)];
}

const broken = ['%zz', '%', '%e9', '%c0%ae', '%ed%a0%80', 'a%f'];

function wrongParameters(operation: Operation): readonly WrongRequest[] {
  return properties(operation.params).flatMap(([name, schema]) => {
    const put = (parts: Parts, text: string): Parts => ({ ...parts, params: { ...parts.params, [name]: text } });
    const wrong = (what: string, reason: ArgumentReason, texts: fc.Arbitrary<string>): WrongRequest => ({
      what: `${name} in the path: ${what}`,
      samples: fc
        .tuple(acceptable(operation), texts)
        .map(([parts, text]) => ({ parts: put(parts, text), wrong: [[name, reason]] })),
    });
    // An empty parameter makes another path.
    const encoded = (values: fc.Arbitrary<string>) => values.filter((value) => value !== '').map(encodeURIComponent);
    const faults = stringFaults(schema)
      .filter(({ what }) => what !== 'too short a text')
      .map(({ what, reason, values }) => wrong(what, reason, encoded(values)));
    const form = schema.format === undefined ? [] : [wrong('broken encoding', 'format', fc.constantFrom(...broken))];
    return [
      ...faults,
      ...form,
      wrong('a very long text', 'constraint', fc.constantFrom('a'.repeat(4097), '%C3%A9'.repeat(5000))),
    ];
  });
}

function wrongQueries(operation: Operation): readonly WrongRequest[] {
  const schema: SchemaView = operation.query ?? {};
  return properties(schema).flatMap(([name, inner]) => {
    const values = valuesFaults(name, inner);
    const group = (schema['x-one-of'] ?? []).find(({ members }) => members.includes(name))?.members ?? [name];
    const without = acceptable(operation).map(
      (parts): Parts => ({ ...parts, query: parts.query.filter(([other]) => !group.includes(other)) }),
    );
    const wrong = ({ what, beside, samples }: QueryFault): WrongRequest => ({
      what: `${name} in the query: ${what}`,
      samples: fc
        .tuple(beside ? acceptable(operation) : without, samples)
        .map(([parts, { pairs, argument, reason }]) => ({
          parts: { ...parts, query: [...parts.query, ...pairs] },
          wrong: [[argument, reason]],
        })),
    });
    const missing: QueryFault = {
      what: 'missing',
      samples: fc.constant({ pairs: [], argument: name, reason: 'required' }),
    };
    return (isRequired(schema, name) ? [...values, missing] : values).map(wrong);
  });
}

interface QueryFault {
  readonly what: string;
  /** Sent beside a value that is right, not in its place. */
  readonly beside?: boolean;
  readonly samples: fc.Arbitrary<{
    readonly pairs: readonly (readonly [string, string])[];
    readonly argument: string;
    readonly reason: ArgumentReason;
  }>;
}

const wordsOf: Readonly<Record<string, readonly string[]>> = {
  boolean: ['', '1', '0', 'TRUE', 'yes', 'null', 'NaN', '__proto__', 'constructor', 'true '],
  integer: ['', 'x', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '１', ' 1', '99999999999999999999', '__proto__'],
};

function valuesFaults(name: string, schema: SchemaView): readonly QueryFault[] {
  const { items } = schema;
  const simple = items ?? schema;
  const argument = items ? `${name}[0]` : name;
  const texts = [
    ...(typeOf(simple) === 'string' ? stringFaults(simple) : []),
    ...(typeOf(simple) === 'integer' ? numberFaults(simple) : []),
  ];
  const fault = (what: string, reason: ArgumentReason, values: fc.Arbitrary<string>): QueryFault => ({
    what,
    samples: values.map((value) => ({ pairs: [[name, encodeURIComponent(value)]], argument, reason })),
  });
  const absent = (value: string) => value === '' && schema['x-empty-is-absent'] === true;
  const faults = texts.map(({ what, reason, values }) =>
    fault(
      what,
      reason,
      values.filter((value) => !absent(value)),
    ),
  );
  const words = wordsOf[typeOf(simple) ?? ''];
  if (words) faults.push(fault('another type', 'format', fc.constantFrom(...words)));
  const given = (what: string, pairs: fc.Arbitrary<readonly (readonly [string, string])[]>, reason: ArgumentReason) =>
    faults.push({ what, samples: pairs.map((sent) => ({ pairs: sent, argument: name, reason })) });
  given(
    'broken encoding',
    fc.constantFrom(...broken).map((text) => [[name, text]] as const),
    'format',
  );
  if (!items) {
    const pair = valid(schema).map((value) => [name, encodeURIComponent(String(value))] as const);
    given(
      'given twice',
      pair.map((one) => [one, one]),
      'constraint',
    );
  }
  for (const bracket of ['[]', '[0]', '[a]', '%5B%5D']) {
    const key = `${name}${bracket}`;
    faults.push({
      what: `brackets ${bracket}`,
      beside: true,
      samples: fc.constant({ pairs: [[key, '1']], argument: decodeURIComponent(key), reason: 'format' }),
    });
  }
  return faults;
}

function wrongBodies(operation: Operation): readonly WrongRequest[] {
  if (!operation.body) return [];
  // The body as a whole is looked at apart: it has no name in the schema.
  return faultsOf(operation.body)
    .filter(({ what }) => what !== 'another type')
    .map(({ what, reason, samples }) => ({
      what,
      samples: fc
        .tuple(acceptable(operation), samples)
        .map(([parts, { text, path }]) => ({ parts: { ...parts, body: text }, wrong: [[path, reason]] })),
    }));
}

/** Every argument is wrong, and every one is told. */
function allWrong({ params, query, body }: Operation): WrongRequest {
  const names = (schema: SchemaView | undefined) => properties(schema).map(([name]) => name);
  const groups = ((body ?? {}) as SchemaView)['x-one-of'] ?? [];
  const wrong: WrongArguments = [
    ...[params, query, body].flatMap(names).map((name) => [name, 'format'] as const),
    ...groups.map(({ name }) => [name, 'constraint'] as const),
  ];
  const texts = properties(body).map(([name, inner]) => [name, anotherType(inner)] as const);
  const parts: Parts = {
    params: Object.fromEntries(names(params).map((name) => [name, '%00'])),
    query: names(query).map((name) => [name, '%ff']),
    body: body && objectText(Object.fromEntries(texts)),
  };
  return { what: 'all of it', samples: fc.constant({ parts, wrong }) };
}
