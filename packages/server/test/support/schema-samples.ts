import { isRequired, properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';

/** A schema with the keywords that only validation needs. */
export interface Node extends SchemaView {
  readonly minLength?: number;
  readonly pattern?: string;
  readonly uniqueItems?: boolean;
}

/** Members of an object as JSON texts, so that a text no value stands for can take the place of one. */
export type Members = Readonly<Record<string, string>>;

export function objectText(members: Members): string {
  return `{${Object.entries(members).map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}`;
}

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid({ version: 4 }),
  'date-time': fc.constantFrom('2035-07-06T11:00:00+02:00', '2036-02-29 23:59:59.123456789Z'),
  seconds: fc.constantFrom('7200s', '86400.000000000s'),
  'mail-address': fc.constantFrom('ada@example.org', 'a.b+c@example.com'),
  'access-key': fc.constant('SCW0000000000000000A'),
};

/** Values that a schema accepts. */
export function valid(schema: SchemaView): fc.Arbitrary<unknown> {
  const node: Node = schema;
  if (node.enum) return fc.constantFrom(...node.enum);
  // Whatever it is, the operation itself looks at it.
  if (node.type === undefined) return fc.jsonValue({ maxDepth: 2 });
  switch (typeOf(node)) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? 1000 });
    case 'array':
      return fc.array(valid(node.items ?? {}), { maxLength: 1 });
    case 'object':
      return validMembers(node).map((members) => JSON.parse(objectText(members)));
    case 'string':
      return validString(node);
    default:
      throw new Error(`no samples for ${JSON.stringify(node)}`);
  }
}

export const validText = (schema: SchemaView): fc.Arbitrary<string> =>
  valid(schema).map((value) => JSON.stringify(value));

function validString({ format, pattern, minLength = 0, maxLength, ...node }: Node): fc.Arbitrary<string> {
  if (format !== undefined) {
    const samples = formats[format];
    if (!samples) throw new Error(`no samples for the format ${format}`);
    return samples;
  }
  if (pattern === undefined)
    return fc.string({
      minLength: Math.max(minLength, node['x-min-bytes'] ?? 0),
      maxLength: Math.min(maxLength ?? 20, 20),
    });
  return matching(pattern).filter(
    ({ length }) => length >= minLength && length <= (maxLength ?? Number.POSITIVE_INFINITY),
  );
}

const matchingByPattern = new Map<string, fc.Arbitrary<string>>();

/** Made once for each pattern: making one takes longer than a thousand samples. */
function matching(pattern: string): fc.Arbitrary<string> {
  const known = matchingByPattern.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
  matchingByPattern.set(pattern, known);
  return known;
}

/**
 * The members that an object must have, and of a required one-of group the first. A member in focus is left out, and
 * with it the others of its group: the caller puts it in.
 */
export function validMembers(schema: SchemaView, focus?: string): fc.Arbitrary<Members> {
  const groups = schema['x-one-of'] ?? [];
  const rivals = new Set(groups.flatMap(({ members }) => (focus && members.includes(focus) ? members : [])));
  const firsts = groups.flatMap(({ members: [first], required }) => (required && first !== undefined ? [first] : []));
  const names = properties(schema)
    .map(([name]) => name)
    .filter((name) => name !== focus && (isRequired(schema, name) || (firsts.includes(name) && !rivals.has(name))));
  return fc.record(Object.fromEntries(names.map((name) => [name, validText(propertyOf(schema, name))])));
}

export function propertyOf(schema: SchemaView, name: string): Node {
  const found = schema.properties?.[name];
  if (!found) throw new Error(`no member ${name}`);
  return found;
}
