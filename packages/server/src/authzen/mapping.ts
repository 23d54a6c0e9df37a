import type { Properties, QuestionScope } from '@bailiwick/authz';
import { maximumEntityBytes } from '@bailiwick/contract';
import type { Word } from '../catalogue/definitions.ts';
import { assertFaultless, collectFaults, type Faults, quote } from '../catalogue/faults.ts';
import type { Located } from '../catalogue/located.ts';
import { type Members, readList, readMembers, readWord } from '../catalogue/members.ts';
import { readYamlFile } from '../operator-files/file.ts';
import {
  anyNames,
  checkAction,
  checkResource,
  isUuid,
  type KnownNames,
  readEntries,
  readId,
  readProperties,
  readVersion,
} from '../operator-files/values.ts';
import type { ActionMapping, AuthzenMapping, AuthzenMappings, MappedSubject, TypeMapping } from './mapped.ts';

const thing = 'mapping';

/**
 * Reads a mapping file (docs/authzen.md).
 *
 * @throws ConfigError with everything that is wrong with it, each with its line
 */
export function readMappings(text: string, path: string, known: KnownNames = anyNames): AuthzenMappings {
  const faults = collectFaults();
  const required = { version: '`version: 1`', organizations: 'a map by organization id' };
  const members = readMembers(readYamlFile(text, path, thing), thing, { required, optional: [] }, faults);
  readVersion(members);
  const mappings = readEntries(members, 'organizations').map(({ key, value }) => {
    if (!isUuid(key.text)) faults.add(key.line, thing, `${quote(key.text)} is no organization id`);
    return [key.text.toLowerCase(), readMapping(value, key, known, faults)] as const;
  });
  assertFaultless(path, faults);
  return new Map(mappings);
}

function readMapping(value: Located, organization: Word, known: KnownNames, faults: Faults): AuthzenMapping {
  const optional = ['default_scope', 'resource_types', 'subjects', 'resources'];
  const members = readMembers(value, `organization ${quote(organization.text)}`, { required: {}, optional }, faults);
  const scope = members.entries.get('default_scope');
  return {
    defaultScope: scope ? readScope(scope.value, faults) : null,
    types: new Map(
      readEntries(members, 'resource_types').map((entry) => [
        entry.key.text,
        readType(entry.key, entry.value, known, faults),
      ]),
    ),
    subjects: byTypeAndId(readList(members, 'subjects'), 'subject', faults, readSubject),
    resources: byTypeAndId(readList(members, 'resources'), 'resource', faults, (item) => item.properties),
  };
}

function readScope(value: Located, faults: Faults): QuestionScope | null {
  const members = readMembers(
    value,
    'default scope',
    { required: {}, optional: ['project_id', 'organization_id'] },
    faults,
  );
  const projectId = readId(members, 'project_id');
  const organizationId = readId(members, 'organization_id');
  if (members.entries.size !== 1) {
    faults.add(members.line, members.thing, 'give one of `project_id` and `organization_id`');
    return null;
  }
  if (projectId !== undefined) return { kind: 'project', projectId };
  return organizationId === undefined ? null : { kind: 'organization', organizationId };
}

function readType(type: Word, value: Located, known: KnownNames, faults: Faults): TypeMapping {
  const called = `resource type ${quote(type.text)}`;
  const members = readMembers(value, called, { required: {}, optional: ['resource', 'actions'] }, faults);
  const resource = readWord(members, 'resource') ?? type;
  checkResource(resource, called, known, faults);
  const actions = readEntries(members, 'actions').map(
    ({ key, value: action }) => [key.text, readAction(key, action, resource.text, members, known)] as const,
  );
  return { resource: resource.text, actions: members.entries.has('actions') ? new Map(actions) : null };
}

/** A name, or a map where the properties of the action matter. */
function readAction(name: Word, value: Located, resource: string, within: Members, known: KnownNames): ActionMapping {
  const { faults } = within;
  const called = `${within.thing}, action ${quote(name.text)}`;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    checkAction({ text: value.value, line: value.line }, resource, called, known, faults);
    return { action: value.value, variants: [] };
  }
  const members = readMembers(value, called, { required: { action: 'one of ours' }, optional: ['variants'] }, faults);
  const action = readWord(members, 'action');
  if (action) checkAction(action, resource, called, known, faults);
  const variants = readList(members, 'variants').map((item) => {
    const required = { properties: 'a map of values', action: 'one of ours' };
    const variant = readMembers(item, `${called}, variant`, { required, optional: [] }, faults);
    const other = readWord(variant, 'action');
    if (other) checkAction(other, resource, variant.thing, known, faults);
    return { properties: readProperties(variant, 'properties'), action: other?.text ?? '' };
  });
  return { action: action?.text ?? '', variants };
}

interface Item {
  readonly members: Members;
  readonly properties: Properties;
}

function readSubject({ members, properties }: Item): MappedSubject {
  return { principalId: readId(members, 'principal_id') ?? '', properties };
}

/** Items of a list by their type, then by their id, in the order of a search. */
function byTypeAndId<T>(
  items: readonly Located[],
  kind: 'subject' | 'resource',
  faults: Faults,
  read: (item: Item) => T,
): ReadonlyMap<string, ReadonlyMap<string, T>> {
  const found = new Map<string, Map<string, T>>();
  for (const [index, value] of items.entries()) {
    const principal = kind === 'subject' ? { principal_id: 'the id of a user or an application' } : {};
    const required = { type: 'its type', id: 'its id', ...principal };
    const members = readMembers(value, `${kind} ${index + 1}`, { required, optional: ['properties'] }, faults);
    const type = readWord(members, 'type');
    const id = readWord(members, 'id');
    const properties = readProperties(members, 'properties');
    if (Buffer.byteLength(JSON.stringify(properties)) > maximumEntityBytes)
      faults.add(members.line, members.thing, 'its properties are larger than 16 KiB');
    const result = read({ members, properties });
    if (type === undefined || id === undefined) continue;
    const ofType = found.get(type.text) ?? new Map<string, T>();
    found.set(type.text, ofType);
    if (ofType.has(id.text)) faults.add(id.line, members.thing, `${quote(id.text)} is listed before; leave one out`);
    ofType.set(id.text, result);
  }
  return new Map([...found].map(([type, ofType]) => [type, new Map([...ofType].sort(([a], [b]) => (a < b ? -1 : 1)))]));
}
