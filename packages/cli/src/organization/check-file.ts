import { isObject } from '../output/result.ts';
import type { Path } from './faults.ts';
import { isOrganizationFile, type OrganizationFile, type SchemaError, schemaErrors } from './file-schema.ts';

/** A fault before it is known where in the file it stands. */
export interface Flaw {
  readonly path: Path;
  readonly reason: string;
}

/** Checks what can be told from the file alone. */
export function checkFile(content: unknown): { readonly file: OrganizationFile } | { readonly flaws: readonly Flaw[] } {
  if (content === null || content === undefined) return { flaws: [{ path: [], reason: 'is empty' }] };
  const flaws = [
    ...(isOrganizationFile(content) ? [] : schemaErrors(content).flatMap(flawsOf)),
    ...sections.flatMap((section) => repeated(content, section)),
    ...items(content, 'policies').flatMap((policy, index) => choices(policy, ['policies', index])),
  ];
  if (flaws.length === 0 && isOrganizationFile(content)) return { file: content };
  return { flaws };
}

const sections = ['projects', 'applications', 'groups', 'policies'] as const;

function flawsOf({ keyword, instancePath, params }: SchemaError): readonly Flaw[] {
  const path = pathOf(instancePath);
  const details: Readonly<Record<string, unknown>> = params;
  const flaw = (reason: string): readonly Flaw[] => [{ path, reason }];
  switch (keyword) {
    case 'additionalProperties':
      return texts(details.additionalProperties).map((key) => ({ path: [...path, key], reason: 'is no known key' }));
    case 'required':
      return texts(details.requiredProperties).map((key) => ({ path: [...path, key], reason: 'is missing' }));
    case 'boolean':
      // Said once more by the object that it stands in.
      return [];
    case 'type':
      return flaw(
        `must be ${texts([details.type].flat())
          .map((type) => typeNames[type] ?? type)
          .join(' or ')}`,
      );
    case 'const':
      return flaw(`must be ${String(details.allowedValue)}`);
    case 'enum':
      return flaw(`must be ${texts(details.allowedValues).join(' or ')}`);
    case 'format':
      return flaw('must be a UUID');
    case 'pattern':
      return flaw(patterns[String(details.pattern)] ?? `does not match ${String(details.pattern)}`);
    case 'minLength':
      return flaw(`must have at least ${String(details.limit)} characters`);
    case 'maxLength':
      return flaw(`must have at most ${String(details.limit)} characters`);
    case 'maxItems':
      return flaw(`must have at most ${String(details.limit)} items`);
    case 'minProperties':
    case 'maxProperties':
      return flaw('must be a name, or have one of the keys id and special');
    case 'uniqueItems':
      return flaw('must not hold the same item twice');
    default:
      return flaw('is not as docs/organization-file.md says');
  }
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'empty',
  number: 'a number',
  object: 'a map of keys and values',
  string: 'a text',
};

/** What a pattern of the contract asks for. */
const patterns: Readonly<Record<string, string>> = {
  '^[\\w().\\-]+( +[\\w().\\-]+)*$': 'may hold letters, digits, _ ( ) . - and blanks between them',
  '^[a-zA-Z0-9._\\- ]+$': 'may hold letters, digits, . _ - and blanks',
  '^[a-zA-Z0-9._\\-/=+@ ]+$': 'may hold letters, digits, . _ - / = + @ and blanks',
};

/** `/groups/3/name` → `['groups', 3, 'name']` */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** Two entries with one id, or with one name that no ids tell apart. */
function repeated(content: unknown, section: string): readonly Flaw[] {
  const seen = new Map<string, { readonly index: number; readonly id: unknown }>();
  const ids = new Map<string, number>();
  return items(content, section).flatMap((entry, index) => {
    if (!isObject(entry)) return [];
    const flaws: Flaw[] = [];
    const { name } = entry;
    const id = entry.id ?? (entry.default === true ? 'default' : undefined);
    if (typeof id === 'string') {
      const before = ids.get(id.toLowerCase());
      if (before !== undefined)
        flaws.push({
          path: [section, index, entry.id === undefined ? 'default' : 'id'],
          reason: `is that of ${section}[${before}] too`,
        });
      ids.set(id.toLowerCase(), index);
    }
    if (typeof name === 'string') {
      const before = seen.get(name);
      if (before !== undefined && (before.id === undefined || id === undefined || section === 'groups')) {
        flaws.push({ path: [section, index, 'name'], reason: `is the name of ${section}[${before.index}] too` });
      }
      seen.set(name, { index, id });
    }
    return flaws;
  });
}

const principals = ['user', 'group', 'application'] as const;

function choices(policy: unknown, path: Path): readonly Flaw[] {
  if (!isObject(policy)) return [];
  const given = principals.filter((key) => policy[key] !== undefined);
  const flaws: Flaw[] =
    given.length > 1 ? [{ path, reason: `has ${given.join(' and ')}: a policy is attached to one of them` }] : [];
  items(policy, 'rules').forEach((rule, index) => {
    if (!isObject(rule)) return;
    if ((rule.scope === undefined) !== (rule.projects === undefined)) return;
    const reason = 'must have either projects, or scope: organization';
    flaws.push({ path: [...path, 'rules', index], reason });
  });
  return flaws;
}

function items(content: unknown, key: string): readonly unknown[] {
  const list = isObject(content) ? content[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
