import {
  type InvalidArgument,
  invalidArgument,
  invalidArguments,
  maximumFaults,
  type Operation,
} from '@bailiwick/contract';
import { properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import type { TSchema } from 'typebox';
import { nameOf, type Place } from './place.ts';
import { createValidator, type Validator } from './validate.ts';

/** A request as it arrived, apart from its headers. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  /** The query string as it was sent. */
  readonly query: string;
  readonly body: Buffer | undefined;
  readonly contentType: string | undefined;
}

/** Turns a request into the input of its operation. */
export type Parser = (request: RawRequest) => Readonly<Record<string, unknown>>;

/** Objects and lists in one another; ours need four. */
const maximumDepth = 32;
/** Characters of a path parameter (docs/decisions/0006-limits.md). */
const maximumParameter = 4_096;

/**
 * The parser of an operation: the only place where unknown input becomes typed.
 *
 * @throws ApiError `invalid_arguments`, one detail for each argument that is wrong
 */
export function createParser(operation: Operation): Parser {
  const validators = [operation.params, operation.query, operation.body].map((schema) =>
    schema ? createValidator(schema) : accept,
  ) as [Validator, Validator, Validator];
  const normalize = {
    params: normalizerOf(operation.params),
    query: normalizerOf(operation.query),
    body: normalizerOf(operation.body),
  };
  return (request) => {
    const wrong: InvalidArgument[] = [];
    refuseLongParameters(request.params, wrong);
    const params = normalize.params(request.params, null, wrong);
    const query = normalize.query(readQuery(operation.query, request.query, wrong), null, wrong);
    const isGiven = givenAmong(operation.query, wrong);
    const body = operation.body ? normalize.body(readBody(request), null, wrong) : {};
    const document = operation.document ? { document: readDocument(request, wrong) } : {};
    wrong.push(
      ...validators[0](params),
      ...validators[1](query).filter((fault) => !isGiven(fault)),
      ...validators[2](body),
    );
    if (wrong.length > 0) throw invalidArguments(wrong);
    return { ...asObject(params), ...asObject(query), ...asObject(body), ...document };
  };
}

/** Reads a value of a body that is not parsed with it, by the same rules; only without faults it is what it says. */
export function createReader<T>(
  schema: TSchema,
): (value: unknown) => { readonly value: T; readonly wrong: readonly InvalidArgument[] } {
  const validate = createValidator(schema);
  const normalize = normalizerOf(schema);
  return (given) => {
    const wrong: InvalidArgument[] = [];
    const value = normalize(given, null, wrong) as T;
    wrong.push(...validate(value));
    return { value, wrong };
  };
}

/** What was given and could not be read is not missing: tells such a fault from others. */
function givenAmong(
  schema: SchemaView | undefined,
  wrong: readonly InvalidArgument[],
): (fault: InvalidArgument) => boolean {
  const unreadable = new Set(wrong.map(({ argument_name: name }) => name.replace(/\[.*/s, '')));
  const groups = (schema?.['x-one-of'] ?? []).filter(({ members }) => members.some((name) => unreadable.has(name)));
  return ({ argument_name: name, reason }) => reason === 'required' && groups.some((group) => group.name === name);
}

const accept: Validator = () => [];
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

function refuseLongParameters(params: RawRequest['params'], wrong: InvalidArgument[]): void {
  for (const [name, value] of Object.entries(params)) {
    if (value.length <= maximumParameter) continue;
    const help_message = `value length must be at most ${maximumParameter} runes`;
    wrong.push({ argument_name: name, help_message, reason: 'constraint' });
  }
}

/** Reads the parameters that the operation has; others are ignored (docs/wire.md). */
function readQuery(schema: SchemaView | undefined, query: string, wrong: InvalidArgument[]): unknown {
  const read: Record<string, unknown> = {};
  const given = readPairs(query);
  for (const [name, inner] of properties(schema)) {
    for (const key of given.keys()) {
      if (!key.startsWith(`${name}[`)) continue;
      wrong.push({ argument_name: key, help_message: `repeat \`${name}\` without brackets`, reason: 'format' });
    }
    const values = given.get(name);
    if (values === undefined) continue;
    const [first] = values;
    if (first === undefined || values.includes(undefined)) {
      wrong.push({ argument_name: name, help_message: 'value must be percent-encoded UTF-8', reason: 'format' });
    } else if (inner.items) {
      const { items } = inner;
      read[name] = values.map((value) => scalar(items, value ?? ''));
    } else if (values.length > 1) {
      wrong.push({ argument_name: name, help_message: 'value must be given once', reason: 'constraint' });
    } else if (!isAbsent(inner, first)) read[name] = scalar(inner, first);
  }
  return read;
}

/** The values of each name in order; undefined stands for one that is not percent-encoded UTF-8. */
function readPairs(query: string): ReadonlyMap<string, readonly (string | undefined)[]> {
  const given = new Map<string, (string | undefined)[]>();
  if (query === '') return given;
  for (const pair of query.split('&')) {
    const [encoded = ''] = pair.split('=', 1);
    const name = decoded(encoded);
    if (name === undefined) continue;
    const values = given.get(name) ?? [];
    given.set(name, values);
    values.push(decoded(pair.slice(encoded.length + 1)));
  }
  return given;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** `type=unknown_type` and an empty `organization_id` mean no filter. */
function isAbsent(schema: SchemaView, value: string): boolean {
  return (
    (schema['x-no-filter'] !== undefined && value === schema['x-no-filter']) ||
    (value === '' && schema['x-empty-is-absent'] === true)
  );
}

const flags = new Map(Object.entries({ true: true, True: true, false: false, False: false }));

/** A value of a query string as its type; one that does not fit stays a text, which the schema then refuses. */
function scalar(schema: SchemaView, value: string): unknown {
  const type = typeOf(schema);
  if (type === 'boolean') return flags.get(value) ?? value;
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return value;
}

/** The whole body, for whoever knows its form; texts that no database can hold are refused here all the same. */
function readDocument(request: RawRequest, wrong: InvalidArgument[]): object {
  const document = asObject(readBody(request, documentTypes));
  refuseBadTexts(document, { within: null, key: 'body' }, wrong);
  return document;
}

function refuseBadTexts(value: unknown, place: Place, wrong: InvalidArgument[]): void {
  if (typeof value === 'string') refuseBadText(value, place, wrong);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    refuseBadText(key, place, wrong);
    refuseBadTexts(inner, place, wrong);
  }
}

const ordinaryTypes: readonly string[] = ['application/json'];
/** RFC 7644, section 3.1: clients send one, and some the other. */
const documentTypes: readonly string[] = ['application/scim+json', 'application/json'];

function readBody({ body, contentType }: RawRequest, types = ordinaryTypes): unknown {
  if (body === undefined || body.length === 0) return {};
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && !types.includes(type)) {
    throw wrongContentType();
  }
  const text = readText(body);
  if (isTooDeep(body)) throw invalidArgument('body', 'constraint', `value must be at most ${maximumDepth} levels deep`);
  const value = readJson(text);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidArgument('body', 'format', 'value must be a JSON object');
  }
  return value;
}

/** The framework finds some content types wrong before the body is read (problem.ts). */
export const wrongContentType = () => invalidArgument('content-type', 'format', 'the body must be application/json');

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

/**
 * Counts brackets outside of strings, before anything recursive sees the text. In UTF-8 no part of another character looks
 * like one of these.
 */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < body.length; index += 1) {
    const mark = marks[body[index]!]!;
    // Nearly all of a text; nothing else is looked at for it.
    if (mark === 0) continue;
    if (mark === quote) inString = !inString;
    else if (inString) index += mark === backslash ? 1 : 0;
    else if (mark === open) {
      depth += 1;
      if (depth > maximumDepth) return true;
    } else if (mark === close) depth -= 1;
  }
  return false;
}

const [quote, backslash, open, close] = [1, 2, 3, 4];
/** What each byte means to the structure of a text; 0 for nothing. */
const marks = new Uint8Array(256);
for (const [character, mark] of Object.entries({
  '"': quote,
  '\\': backslash,
  '{': open,
  '[': open,
  '}': close,
  ']': close,
}))
  marks[character.charCodeAt(0)] = mark!;

/** Makes a value ready to be checked; the place says where it stands. */
type Normalizer = (value: unknown, place: Place | null, wrong: InvalidArgument[]) => unknown;

/**
 * Gives the value without nulls (null is absent), with UUIDs in lower case and only the members that the schema lists.
 * Texts that no database can hold are refused: a zero character, or half of a surrogate pair.
 */
function normalizerOf(schema: SchemaView | undefined): Normalizer {
  const isUuid = schema?.format === 'uuid';
  const normalizeItem: Normalizer = schema?.items
    ? normalizerOf(schema.items)
    : (...item) => normalizeAnything(...item);
  const members = schema?.properties && properties(schema).map(([key, inner]) => [key, normalizerOf(inner)] as const);
  return (value, place, wrong) => {
    if (typeof value === 'string') {
      refuseBadText(value, place, wrong);
      return isUuid ? value.toLowerCase() : value;
    }
    if (Array.isArray(value)) {
      // The items of a list that is too long are not looked at: there may be millions.
      if (value.length > (schema?.maxItems ?? Number.POSITIVE_INFINITY)) {
        const help_message = `value must contain no more than ${schema?.maxItems} item(s)`;
        wrong.push({ argument_name: nameOf(place), help_message, reason: 'constraint' });
        return [];
      }
      return value.map((item, key) => normalizeItem(item, { within: place, key }, wrong));
    }
    if (typeof value !== 'object' || value === null || !members) return value;
    const kept: Record<string, unknown> = {};
    for (const [key, normalize] of members) {
      const member = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
      if (member === undefined || member === null) continue;
      kept[key] = normalize(member, { within: place, key }, wrong);
    }
    return kept;
  };
}

/** What no schema describes. */
const normalizeAnything = normalizerOf(undefined);

function refuseBadText(text: string, place: Place | null, wrong: InvalidArgument[]): void {
  if (!text.includes('\u0000') && text.isWellFormed()) return;
  if (wrong.length >= maximumFaults) return;
  wrong.push({
    argument_name: nameOf(place),
    help_message: 'value must be valid Unicode without zero characters',
    reason: 'format',
  });
}
