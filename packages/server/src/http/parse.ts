import { type InvalidArgument, invalidArgument, invalidArguments, type Operation } from '@bailiwick/contract';
import { properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import { createValidator, type Validator } from './validate.ts';

/** A request as it arrived, apart from its headers. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  /** Pairs of the query string in order. */
  readonly query: URLSearchParams;
  readonly body: Buffer | undefined;
  readonly contentType: string | undefined;
}

/** Turns a request into the input of its operation. */
export type Parser = (request: RawRequest) => Readonly<Record<string, unknown>>;

/** Objects and lists in one another; ours need four. */
const maximumDepth = 32;

/**
 * The parser of an operation: the only place where unknown input becomes typed.
 *
 * @throws ApiError `invalid_arguments`, one detail for each argument that is wrong
 */
export function createParser(operation: Operation): Parser {
  const validators = [operation.params, operation.query, operation.body].map((schema) =>
    schema ? createValidator(schema) : accept,
  ) as [Validator, Validator, Validator];
  return (request) => {
    const wrong: InvalidArgument[] = [];
    const params = normalized(operation.params, request.params, '', wrong);
    const query = normalized(operation.query, readQuery(operation.query, request.query, wrong), '', wrong);
    const body = operation.body ? normalized(operation.body, readBody(request), '', wrong) : {};
    wrong.push(...validators[0](params), ...validators[1](query), ...validators[2](body));
    if (wrong.length > 0) throw invalidArguments(wrong);
    return { ...asObject(params), ...asObject(query), ...asObject(body) };
  };
}

const accept: Validator = () => [];
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/** Reads the parameters that the operation has; others are ignored (docs/wire.md). */
function readQuery(schema: SchemaView | undefined, query: URLSearchParams, wrong: InvalidArgument[]): unknown {
  const read: Record<string, unknown> = {};
  for (const [name, inner] of properties(schema)) {
    const values = query.getAll(name);
    if (query.has(`${name}[]`)) {
      wrong.push({ argument_name: `${name}[]`, help_message: `repeat \`${name}\` without brackets`, reason: 'format' });
    }
    if (values.length === 0) continue;
    if (inner.items) read[name] = values.map((value) => scalar(inner.items!, value));
    else if (values.length > 1) {
      wrong.push({ argument_name: name, help_message: 'value must be given once', reason: 'constraint' });
    } else if (!isAbsent(inner, values[0]!)) read[name] = scalar(inner, values[0]!);
  }
  return read;
}

/** `type=unknown_type` and an empty `organization_id` mean no filter. */
function isAbsent(schema: SchemaView, value: string): boolean {
  return (
    (schema['x-no-filter'] !== undefined && value === schema['x-no-filter']) ||
    (value === '' && schema['x-empty-is-absent'] === true)
  );
}

/** A value of a query string as its type; one that does not fit stays a text, which the schema then refuses. */
function scalar(schema: SchemaView, value: string): unknown {
  const type = typeOf(schema);
  if (type === 'boolean') return { true: true, True: true, false: false, False: false }[value] ?? value;
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return value;
}

function readBody({ body, contentType }: RawRequest): unknown {
  if (body === undefined || body.length === 0) return {};
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json') {
    throw invalidArgument('content-type', 'format', 'the body must be application/json');
  }
  const text = readText(body);
  if (isTooDeep(text)) throw invalidArgument('body', 'constraint', `value must be at most ${maximumDepth} levels deep`);
  const value = readJson(text);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidArgument('body', 'format', 'value must be a JSON object');
  }
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readText(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw invalidArgument('body', 'format', `value must be UTF-8: ${cause instanceof Error ? cause.message : ''}`);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    const where = failure instanceof Error ? (/position \d+/.exec(failure.message)?.[0] ?? 'its end') : 'its end';
    throw invalidArgument('body', 'format', `value must be valid JSON: it breaks at ${where}`);
  }
}

/** Counts brackets outside of strings, before anything recursive sees the text. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > maximumDepth) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/**
 * The value without nulls (null is absent), with UUIDs in lower case and only the members that the schema lists.
 * Texts that no database can hold are refused: a zero character, or half of a surrogate pair.
 */
function normalized(schema: SchemaView | undefined, value: unknown, path: string, wrong: InvalidArgument[]): unknown {
  if (typeof value === 'string') {
    if (value.includes('\u0000') || !value.isWellFormed()) {
      wrong.push({
        argument_name: path,
        help_message: 'value must be valid Unicode without zero characters',
        reason: 'format',
      });
    }
    return schema?.format === 'uuid' ? value.toLowerCase() : value;
  }
  if (Array.isArray(value))
    return value.map((item, index) => normalized(schema?.items, item, `${path}[${index}]`, wrong));
  if (typeof value !== 'object' || value === null || !schema?.properties) return value;
  const members = Object.entries(schema.properties).flatMap(([name, inner]) => {
    const member = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    if (member === undefined || member === null) return [];
    return [[name, normalized(inner, member, path === '' ? name : `${path}.${name}`, wrong)] as const];
  });
  return Object.fromEntries(members);
}
