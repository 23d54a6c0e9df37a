import type { ArgumentReason } from '@bailiwick/contract';
import { isRequired, properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import { type Members, type Node, objectText, propertyOf, validMembers, validText } from './schema-samples.ts';

/** One way to be wrong: JSON texts of values, each with the path of what is wrong within it. */
export interface Fault {
  readonly what: string;
  readonly reason: ArgumentReason;
  readonly samples: fc.Arbitrary<{ readonly text: string; readonly path: string }>;
}

/** The same for values that are texts wherever they stand: in paths and queries too. */
export interface StringFault {
  readonly what: string;
  readonly reason: ArgumentReason;
  readonly values: fc.Arbitrary<string>;
}

const uuid = '6f0c0000-0000-4000-8000-000000000009';
const misformed: Readonly<Record<string, readonly string[]>> = {
  uuid: [
    'x',
    uuid.replaceAll('-', ''),
    `{${uuid}}`,
    `urn:uuid:${uuid}`,
    `${uuid}\n`,
    `${uuid}0`,
    `g${uuid.slice(1)}`,
    'null',
  ],
  'date-time': [
    '',
    'now',
    '2030-01-01',
    '2030-02-30T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:00:00',
    '1900000000',
  ],
  seconds: ['', '1', '-1s', '1h', '1e3s', 'NaNs', 'Infinitys', ' 1s', '9999999999999s', '1.s'],
  'mail-address': ['', 'x', '@', 'a@', 'a b@example.org', 'a@b@example.org', '<a@example.org>', 'a@example.org\n'],
  'access-key': ['S C W', 'SCW-1', 'a'.repeat(65), 'SCWÉ', "' or 1=1 --"],
};
/** Words that name something in JavaScript, and numbers that are none. */
const words = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'NaN', 'Infinity', 'undefined', 'null', '-0'];

/** What a text can have wrong: its form, its length, its word, its characters. */
export function stringFaults(schema: SchemaView): readonly StringFault[] {
  const { format, pattern, minLength = 0, maxLength, enum: choice, ...node }: Node = schema;
  const faults: StringFault[] = [{ what: 'a zero character', reason: 'format', values: fc.constantFrom('\0', 'a\0b') }];
  const add = (what: string, reason: ArgumentReason, values: fc.Arbitrary<string>) => {
    faults.push({ what, reason, values });
  };
  if (format !== undefined) add('another form', 'format', fc.constantFrom(...(misformed[format] ?? [])));
  if (minLength > 0) add('too short a text', 'constraint', fc.constant(''));
  if (maxLength !== undefined) {
    add(
      'too long a text',
      'constraint',
      fc.integer({ min: 1, max: 3 }).map((more) => 'a'.repeat(maxLength + more)),
    );
  }
  if (pattern !== undefined) {
    const allowed = new RegExp(pattern);
    const others = fc.string({ unit: 'grapheme', minLength: Math.max(minLength, 1), maxLength: 12 });
    const near = fc.constantFrom(' a', 'a ', 'a\n', 'a:b', 'é', '😀a').filter((text) => text.length >= minLength);
    add(
      'other characters',
      'format',
      fc.oneof(near, others).filter((text) => !allowed.test(text) && text.length <= (maxLength ?? 12)),
    );
  }
  const [least = 0, most] = [node['x-min-bytes'], node['x-max-bytes']];
  if (least > 0) add('too few bytes', 'constraint', fc.constant(''));
  if (most !== undefined)
    add('too many bytes', 'constraint', fc.constantFrom('a'.repeat(most + 1), 'é'.repeat(most / 2 + 1)));
  if (choice) {
    const unknown = (word: string) => !choice.includes(word) && word !== node['x-no-filter'];
    add(
      'an unknown word',
      'constraint',
      fc.oneof(fc.constantFrom(...words, '', choice[0]?.toUpperCase() ?? ''), fc.string()).filter(unknown),
    );
  }
  return faults;
}

/** JSON texts that are of no such type. Null is not among them: it is absence. */
const otherTypes: Readonly<Record<string, readonly string[]>> = {
  string: ['0', '-1.5', 'true', 'false', '[]', '["x"]', '{}', '1e400', '{"__proto__":null}'],
  boolean: ['"true"', '0', '1', '""', '[]', '{}', '"constructor"'],
  integer: ['"1"', '1.5', 'true', '1e400', '-1e400', '[]', '{}', '"NaN"', '""'],
  array: ['"x"', '0', 'true', '{}', '{"0":"x","length":1}'],
  object: ['"x"', '""', '0', 'true', '[]', '[{}]'],
};

export const anotherType = (schema: SchemaView): string => otherTypes[typeOf(schema) ?? '']?.[0] ?? '{}';

/** Everything that a member of a body can have wrong, in it and in what it holds. */
export function faultsOf(schema: SchemaView, inList = false): readonly Fault[] {
  const type = typeOf(schema);
  if (type === undefined) return [];
  const own: Fault[] = [whole('another type', 'format', fc.constantFrom(...(otherTypes[type] ?? [])))];
  if (type === 'string') {
    const halves = fc.constantFrom('\ud800', 'a\udc00b', '\udfff\ud800');
    const texts = [
      ...stringFaults(schema),
      { what: 'half a surrogate pair', reason: 'format', values: halves } as const,
    ];
    own.push(
      ...texts.map(({ what, reason, values }) =>
        whole(
          what,
          reason,
          values.map((value) => JSON.stringify(value)),
        ),
      ),
    );
  }
  if (type === 'integer')
    own.push(...numberFaults(schema).map(({ what, reason, values }) => whole(what, reason, values)));
  if (type === 'array') own.push(...listFaults(schema));
  if (type === 'object') own.push(...memberFaults(schema), ...groupFaults(schema, inList));
  return own;
}

const whole = (what: string, reason: ArgumentReason, texts: fc.Arbitrary<string>): Fault => ({
  what,
  reason,
  samples: texts.map((text) => ({ text, path: '' })),
});

export function numberFaults({ minimum, maximum }: SchemaView): readonly StringFault[] {
  const low = minimum === undefined ? [] : [minimum - 1, -999_999_999_999];
  const high = maximum === undefined ? [] : [maximum + 1, 999_999_999_999_999];
  const outside = [...low, ...high].map(String);
  return outside.length === 0
    ? []
    : [{ what: 'a number out of range', reason: 'constraint', values: fc.constantFrom(...outside) }];
}

function listFaults({ items = {}, maxItems, ...node }: Node): readonly Fault[] {
  const faults: Fault[] = faultsOf(items, true).map(({ what, reason, samples }) => ({
    what: `${what} in the list`,
    reason,
    samples: fc.tuple(fc.array(validText(items), { maxLength: 1 }), samples).map(([before, { text, path }]) => ({
      text: `[${[...before, text]}]`,
      path: join(`[${before.length}]`, path),
    })),
  }));
  if (maxItems === undefined) throw new Error('a list in a body has a longest length');
  faults.push(
    whole('too long a list', 'constraint', fc.constant(`[${Array.from({ length: maxItems + 1 }, () => 0)}]`)),
  );
  if (node.uniqueItems)
    faults.push(
      whole(
        'the same twice',
        'constraint',
        validText(items).map((text) => `[${text},${text}]`),
      ),
    );
  return faults;
}

function memberFaults(schema: SchemaView): readonly Fault[] {
  return properties(schema).flatMap(([name, inner]) => {
    const around = (text: string) =>
      validMembers(schema, name).map((members) => objectText({ ...members, [name]: text }));
    const inside = faultsOf(inner).map(({ what, reason, samples }) => ({
      what: `${name}: ${what}`,
      reason,
      samples: samples.chain(({ text, path }) =>
        around(text).map((whole) => ({ text: whole, path: join(name, path) })),
      ),
    }));
    if (!isRequired(schema, name)) return inside;
    const missing = fc.oneof(around('null'), validMembers(schema, name).map(objectText));
    const absent = missing.map((text) => ({ text, path: name }));
    return [...inside, { what: `${name}: missing`, reason: 'required' as const, samples: absent }];
  });
}

/** None, or two, of a group of which one may be set. In a list the whole item is refused. */
function groupFaults(schema: SchemaView, inList: boolean): readonly Fault[] {
  return (schema['x-one-of'] ?? []).flatMap(({ name, members, required }) => {
    const path = inList ? '' : name;
    const others = validMembers(schema, members[0]);
    const sample = (samples: fc.Arbitrary<Members>) => samples.map((all) => ({ text: objectText(all), path }));
    const none: Fault = {
      what: `${name}: none of it`,
      reason: inList ? 'format' : 'required',
      samples: sample(others),
    };
    const pair = fc.shuffledSubarray([...members], { minLength: 2, maxLength: 2 }).chain((names) => {
      const texts = names.map((member) => [member, setText(propertyOf(schema, member))] as const);
      return fc
        .tuple(others, fc.record(Object.fromEntries(texts)))
        .map(([rest, set]): Members => ({ ...rest, ...set }));
    });
    const two: Fault = { what: `${name}: two of it`, reason: inList ? 'format' : 'constraint', samples: sample(pair) };
    return required ? [none, two] : [two];
  });
}

/** False would be as good as absent. */
const setText = (schema: SchemaView) => (typeOf(schema) === 'boolean' ? fc.constant('true') : validText(schema));

function join(outer: string, inner: string): string {
  return inner === '' || inner.startsWith('[') ? `${outer}${inner}` : `${outer}.${inner}`;
}
