import { type InvalidArgument, maximumFaults, parseDuration, parseTimestamp } from '@bailiwick/contract';
import { properties, type SchemaView, typeOf } from '@bailiwick/contract/schema-view';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { mailAddress } from '../mail/address.ts';
import { nameOf, type Place } from './place.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Forms that a string may be required to have, with what to say when it has not. */
const formats: Readonly<Record<string, { readonly has: (text: string) => boolean; readonly help: string }>> = {
  uuid: { has: (text) => uuid.test(text), help: 'value must be a valid UUID' },
  'date-time': { has: (text) => parseTimestamp(text) !== null, help: 'value must be an RFC 3339 time' },
  seconds: { has: (text) => parseDuration(text) !== null, help: 'value must be a duration in seconds, such as 3600s' },
  'mail-address': { has: (text) => mailAddress.test(text), help: 'value must be a valid email address' },
  'access-key': { has: (text) => /^[A-Za-z0-9]{1,64}$/.test(text), help: 'value must be an access key' },
};
for (const [name, { has }] of Object.entries(formats)) Format.Set(name, has);

Settings.Set({ maxErrors: maximumFaults });

/** Checks a value against a schema of the contract; an empty answer means that it fits. */
export type Validator = (value: unknown) => readonly InvalidArgument[];

export function createValidator(schema: TSchema): Validator {
  const compiled = Compile(schema);
  const ownRules = ownRulesOf(schema);
  return (value) => {
    const wrong = compiled.Check(value) ? [] : compiled.Errors(value).flatMap((error) => argumentsOf(error));
    if (ownRules !== null) walk(ownRules, value, null, wrong);
    return wrong;
  };
}

type SchemaError = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

function argumentsOf(error: SchemaError): InvalidArgument[] {
  const path = argumentPath(error.instancePath);
  const invalid = (reason: InvalidArgument['reason'], help_message: string): InvalidArgument[] => [
    { argument_name: path, help_message, reason },
  ];
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        argument_name: path === '' ? name : `${path}.${name}`,
        help_message: 'value is required',
        reason: 'required',
      }));
    case 'type':
      return invalid('format', `value must be of type ${[error.params.type].flat().join(' or ')}`);
    case 'enum':
      return invalid('constraint', `value must be one of ${error.params.allowedValues.join(', ')}`);
    case 'format':
      return invalid('format', formats[error.params.format]?.help ?? `value must have the form ${error.params.format}`);
    case 'pattern':
      return invalid('format', `value does not match regex pattern "${String(error.params.pattern)}"`);
    case 'minLength':
      return invalid('constraint', `value length must be at least ${error.params.limit} runes`);
    case 'maxLength':
      return invalid('constraint', `value length must be at most ${error.params.limit} runes`);
    case 'minimum':
      return invalid('constraint', `value must be greater than or equal to ${error.params.limit}`);
    case 'maximum':
      return invalid('constraint', `value must be less than or equal to ${error.params.limit}`);
    case 'maxItems':
      return invalid('constraint', `value must contain no more than ${error.params.limit} item(s)`);
    case 'uniqueItems':
      return invalid('constraint', 'value must not contain the same item twice');
    default:
      return invalid('unknown', error.message);
  }
}

/** `/rules/0/condition` → `rules[0].condition` */
function argumentPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

/** Rules that JSON Schema has no word for, one-of groups and lengths in bytes: only the parts of a schema that have any. */
interface OwnRules {
  readonly schema: SchemaView;
  readonly items: OwnRules | null;
  readonly members: readonly (readonly [string, OwnRules])[];
}

function ownRulesOf(schema: SchemaView): OwnRules | null {
  const items = schema.items ? ownRulesOf(schema.items) : null;
  const members = properties(schema).flatMap(([name, inner]) => {
    const rules = ownRulesOf(inner);
    return rules === null ? [] : [[name, rules] as const];
  });
  const has = schema['x-one-of'] !== undefined || schema['x-max-bytes'] !== undefined;
  return has || items !== null || members.length > 0 ? { schema, items, members } : null;
}

function walk(rules: OwnRules, value: unknown, place: Place | null, wrong: InvalidArgument[]): void {
  const { schema, items, members } = rules;
  if (Array.isArray(value)) {
    if (items !== null) for (const [key, item] of value.entries()) walk(items, item, { within: place, key }, wrong);
  } else if (typeof value === 'string' && schema['x-max-bytes'] !== undefined) {
    checkBytes(schema, value, place, wrong);
  } else if (isObject(value)) {
    checkOneOf(schema, value, place, wrong);
    for (const [key, inner] of members) walk(inner, value[key], { within: place, key }, wrong);
  }
}

function checkBytes(schema: SchemaView, value: string, place: Place | null, wrong: InvalidArgument[]): void {
  const bytes = Buffer.byteLength(value);
  const [least, most] = [schema['x-min-bytes'] ?? 0, schema['x-max-bytes'] ?? Number.POSITIVE_INFINITY];
  if (bytes >= least && bytes <= most) return;
  const help = bytes < least ? `at least ${least}` : `at most ${most}`;
  wrong.push({
    argument_name: nameOf(place),
    help_message: `value length must be ${help} bytes`,
    reason: 'constraint',
  });
}

function checkOneOf(
  schema: SchemaView,
  value: Readonly<Record<string, unknown>>,
  place: Place | null,
  wrong: InvalidArgument[],
): void {
  for (const { name, members, required } of schema['x-one-of'] ?? []) {
    const set = members.filter((member) => isSet(schema, member, value[member]));
    if (set.length === 1 || (set.length === 0 && !required)) continue;
    const path = nameOf(place);
    // A rule without a scope, or with two, is refused as a whole (docs/wire.md).
    const inList = path.endsWith(']');
    const argument = inList ? path : path === '' ? name : `${path}.${name}`;
    if (set.length === 0) {
      wrong.push(
        inList
          ? {
              argument_name: argument,
              help_message: `embedded message failed validation: one of ${members.join(', ')} is required`,
              reason: 'format',
            }
          : {
              argument_name: argument,
              help_message: `value is required: one of ${members.join(', ')}`,
              reason: 'required',
            },
      );
    }
    if (set.length > 1) {
      wrong.push({
        argument_name: argument,
        help_message: `only one of ${set.join(', ')} may be set`,
        reason: inList ? 'format' : 'constraint',
      });
    }
  }
}

/** A flag that is false is as good as none. */
function isSet(schema: SchemaView, member: string, value: unknown): boolean {
  return value !== undefined && !(value === false && typeOf(schema.properties?.[member] ?? {}) === 'boolean');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
