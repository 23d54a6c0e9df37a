import type {
  ActionDefinition,
  Definitions,
  Origin,
  ResourceDefinition,
  ServiceDefinition,
  SetDefinition,
} from './definitions.ts';
import { type Faults, quote } from './faults.ts';
import { kindOf, type Located } from './located.ts';
import {
  type Members,
  readChoice,
  readChoices,
  readFlag,
  readList,
  readMembers,
  readWord,
  readWords,
} from './members.ts';

/** What could be read, and whether that is all there is. */
export interface ShapedFile {
  readonly definitions: Definitions;
  /** False when something was left out for a fault, so that what refers to it need not be one. */
  readonly servicesComplete: boolean;
  readonly setsComplete: boolean;
}

/** Reads the members of a catalogue file; what it cannot read it tells to `faults` and leaves out. */
export function readShape(root: Located, origin: Origin, faults: Faults): ShapedFile {
  const members = readMembers(
    root,
    'catalogue',
    { required: { version: 'it the value 1' }, optional: ['services', 'permission_sets', 'built_in_products'] },
    faults,
  );
  const version = members.entries.get('version')?.value;
  if (version && !(version.kind === 'scalar' && version.value === 1))
    faults.add(version.line, 'catalogue', 'the version of the format is 1; write `version: 1`');

  const builtInProducts = !members.entries.has('built_in_products') || readFlag(members, 'built_in_products');
  const before = faults.found.length;
  const services = readList(members, 'services').flatMap(
    (value, index) => readService(value, index, origin, faults) ?? [],
  );
  const between = faults.found.length;
  const sets = readList(members, 'permission_sets').flatMap(
    (value, index) => readSet(value, index, origin, faults) ?? [],
  );
  const whole = root.kind === 'map';
  return {
    definitions: { services, sets, builtInProducts },
    servicesComplete: whole && between === before,
    setsComplete: whole && faults.found.length === between,
  };
}

/** Its name where it has one, else its place in the list. */
function called(kind: string, value: Located, index: number, prefix = ''): string {
  const name = value.kind === 'map' ? value.entries.get('name')?.value : undefined;
  return name?.kind === 'scalar' && typeof name.value === 'string'
    ? `${kind} ${quote(`${prefix}${name.value}`)}`
    : `${kind} ${index + 1}${prefix && ` of \`${prefix.slice(0, -1)}\``}`;
}

function readService(value: Located, index: number, origin: Origin, faults: Faults): ServiceDefinition | undefined {
  const members = readMembers(
    value,
    called('service', value, index),
    { required: { name: 'one, such as `wiki`', resources: 'it a list' }, optional: ['title'] },
    faults,
  );
  const name = readWord(members, 'name');
  const title = readWord(members, 'title');
  const resources = readList(members, 'resources').flatMap(
    (item, at) => readResource(item, at, name?.text ?? '?', origin, faults) ?? [],
  );
  return name && { origin, name, title: title?.text ?? name.text, resources };
}

function readResource(
  value: Located,
  index: number,
  service: string,
  origin: Origin,
  faults: Faults,
): ResourceDefinition | undefined {
  const members = readMembers(
    value,
    called('resource', value, index, `${service}:`),
    {
      required: {
        name: 'one in the singular, such as `page`',
        scope: 'it `project` or `organization`',
        actions: 'it a list, such as `[list, read, create, write, delete]`',
      },
      optional: ['error_resource', 'localities', 'conditions'],
    },
    faults,
  );
  const name = readWord(members, 'name');
  const scope = readChoice(
    members,
    'scope',
    origin === 'built-in' ? ['project', 'organization', 'self'] : ['project', 'organization'],
  );
  const errorResource = readWord(members, 'error_resource');
  const localities = readChoices(members, 'localities', ['global', 'region', 'zone']);
  const conditions = readWords(members, 'conditions');
  const actions = readList(members, 'actions').flatMap(
    (item, at) => readAction(item, at, `${service}:${name?.text ?? '?'}`, members) ?? [],
  );
  if (!name || !scope) return undefined;
  return {
    name,
    scope,
    error_resource: errorResource ?? name,
    localities: members.entries.has('localities') ? localities : ['global'],
    conditions,
    actions,
  };
}

/** A name, or a map where there is more to say. */
function readAction(value: Located, index: number, resource: string, within: Members): ActionDefinition | undefined {
  if (value.kind !== 'map') {
    if (value.kind === 'scalar' && typeof value.value === 'string')
      return { name: { text: value.value, line: value.line }, privileged: false, requires: [] };
    within.faults.add(value.line, within.thing, `an action is a text or a map with a \`name\`, not ${kindOf(value)}`);
    return undefined;
  }
  const members = readMembers(
    value,
    called('action', value, index, `${resource}:`),
    { required: { name: 'one, such as `publish`' }, optional: ['privileged', 'requires'] },
    within.faults,
  );
  const name = readWord(members, 'name');
  const privileged = readFlag(members, 'privileged');
  const requires = readWords(members, 'requires');
  return name && { name, privileged, requires };
}

function readSet(value: Located, index: number, origin: Origin, faults: Faults): SetDefinition | undefined {
  const members = readMembers(
    value,
    called('permission set', value, index),
    {
      required: { name: 'one, such as `WikiReader`', scope_type: 'it `projects` or `organization`' },
      optional: ['categories', 'description', 'includes', 'permissions', 'former_names'],
    },
    faults,
  );
  const name = readWord(members, 'name');
  const scopeType = readChoice(members, 'scope_type', ['projects', 'organization']);
  const rest = {
    categories: readWords(members, 'categories').map(({ text }) => text),
    description: readWord(members, 'description')?.text ?? '',
    includes: readWords(members, 'includes'),
    permissions: readWords(members, 'permissions'),
    former_names: readWords(members, 'former_names'),
  };
  return name && scopeType && { origin, name, scope_type: scopeType, ...rest };
}
