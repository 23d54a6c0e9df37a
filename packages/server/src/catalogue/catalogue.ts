import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import builtIn from './built-in.json' with { type: 'json' };

/** Where the objects of a resource live; `self` marks what every user may do to itself, which no set can hold. */
export type ResourceScope = 'project' | 'organization' | 'self';

export interface Action {
  readonly name: string;
  /** True: no pattern grants it, a set has to spell it out. */
  readonly privileged: boolean;
}

export interface Resource {
  readonly name: string;
  readonly scope: ResourceScope;
  /** The name that a 403 body prints. */
  readonly error_resource: string;
  readonly actions: readonly Action[];
}

export interface Service {
  readonly name: string;
  readonly resources: readonly Resource[];
}

export interface PermissionSet {
  /** A UUID derived from the name: the same in every installation and after every upgrade. */
  readonly id: string;
  /** Three to 64 letters and digits, beginning with a capital. */
  readonly name: string;
  readonly scope_type: 'projects' | 'organization';
  readonly categories: readonly string[];
  readonly description: string;
  /** Names of sets whose permissions it holds too, and theirs in turn. */
  readonly includes: readonly string[];
  /** `service:resource:action`; `*` stands for any one part, within the scope of the set. */
  readonly permissions: readonly string[];
  /** Names it had before: refused in requests. */
  readonly former_names: readonly string[];
}

/** What can be granted: frozen, and in the order of the file, which is the order of creation. */
export interface Catalogue {
  readonly services: readonly Service[];
  readonly permissionSets: readonly PermissionSet[];
  byName(name: string): PermissionSet | undefined;
  byId(id: string): PermissionSet | undefined;
  /** Whether a set had this name before it was renamed. */
  isRetired(name: string): boolean;
  /** What a 403 body prints as `resource` for `service:resource:action`. */
  permissionErrorResource(permission: string): string;
}

const closed = { additionalProperties: false };
const strings = Type.Array(Type.String());
const choice = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values] });

const FileAction = Type.Object({ name: Type.String(), privileged: Type.Optional(Type.Boolean()) }, closed);
const FileResource = Type.Object(
  {
    name: Type.String(),
    scope: choice(['project', 'organization', 'self']),
    error_resource: Type.Optional(Type.String()),
    actions: Type.Array(Type.Union([Type.String(), FileAction])),
  },
  closed,
);
const FileService = Type.Object({ name: Type.String(), resources: Type.Array(FileResource) }, closed);
const FilePermissionSet = Type.Object(
  {
    name: Type.String(),
    scope_type: choice(['projects', 'organization']),
    categories: Type.Optional(strings),
    description: Type.Optional(Type.String()),
    includes: Type.Optional(strings),
    permissions: strings,
    former_names: Type.Optional(strings),
  },
  closed,
);
const catalogueFile = Compile(
  Type.Object(
    {
      version: Type.Literal(1),
      services: Type.Array(FileService),
      permission_sets: Type.Array(FilePermissionSet),
    },
    closed,
  ),
);

/** The catalogue that comes with the product. */
export function loadBuiltInCatalogue(): Catalogue {
  return parseCatalogue(builtIn);
}

/**
 * Checks the content of a catalogue file and makes it ready for use.
 * Throws an Error that names the place and the reason when it breaks a rule of the format.
 */
export function parseCatalogue(json: unknown): Catalogue {
  if (!catalogueFile.Check(json)) throw shapeError(json);
  // A copy, because freezing must not reach what the caller passed.
  const file = structuredClone(json);
  const services = file.services.map(toService);
  const permissionSets = file.permission_sets.map(toPermissionSet);
  checkServices(services);
  checkPermissionSets(permissionSets, services);

  const byName = new Map(permissionSets.map((set) => [set.name, set]));
  const byId = new Map(permissionSets.map((set) => [set.id, set]));
  const retired = new Set(permissionSets.flatMap((set) => set.former_names));
  const errorResources = new Map(
    services.flatMap(({ name, resources }) =>
      resources.map((resource) => [`${name}:${resource.name}`, resource.error_resource]),
    ),
  );
  return deepFreeze({
    services,
    permissionSets,
    byName: (name: string) => byName.get(name),
    byId: (id: string) => byId.get(id),
    isRetired: (name: string) => retired.has(name),
    permissionErrorResource: (permission: string) => {
      const [service, resource = permission] = permission.split(':');
      return errorResources.get(`${service}:${resource}`) ?? resource;
    },
  });
}

function toService({ name, resources }: Static<typeof FileService>): Service {
  return {
    name,
    resources: resources.map((resource) => ({
      name: resource.name,
      scope: resource.scope,
      error_resource: resource.error_resource ?? resource.name,
      actions: resource.actions.map((action) =>
        typeof action === 'string'
          ? { name: action, privileged: false }
          : { name: action.name, privileged: action.privileged ?? false },
      ),
    })),
  };
}

function toPermissionSet(set: Static<typeof FilePermissionSet>): PermissionSet {
  return { id: permissionSetId(set.name), categories: [], description: '', includes: [], former_names: [], ...set };
}

/** INVARIANT: neither this text nor the derivation ever changes, since policies are stored by these ids. */
const idNamespace = 'bailiwick permission set ';

/** A UUID that looks random (version 4), as clients expect, though the name alone decides it. */
function permissionSetId(name: string): string {
  const bytes = createHash('sha256').update(`${idNamespace}${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const serviceName = /^[a-z][a-z0-9-]{1,39}$/;
const partName = /^[a-z][a-z0-9_]{0,62}$/;
const setName = /^[A-Z][A-Za-z0-9]{2,63}$/;

function checkServices(services: readonly Service[]): void {
  refuseRepeated('service', services.map(nameOf));
  for (const service of services) {
    const where = `service \`${service.name}\``;
    refuseUnless(serviceName.test(service.name), where, `a service name matches ${serviceName.source}`);
    refuseRepeated(`${where}, resource`, service.resources.map(nameOf));
    for (const resource of service.resources) checkResource(resource, `resource \`${service.name}:${resource.name}\``);
  }
}

function checkResource(resource: Resource, where: string): void {
  for (const name of [resource.name, resource.error_resource, ...resource.actions.map(nameOf)])
    refuseUnless(partName.test(name), where, `\`${name}\` does not match ${partName.source}`);
  refuseUnless(
    resource.name.startsWith('self_') === (resource.scope === 'self'),
    where,
    'names beginning with `self_` and the scope `self` belong together',
  );
  refuseRepeated(`${where}, action`, resource.actions.map(nameOf));
}

function checkPermissionSets(sets: readonly PermissionSet[], services: readonly Service[]): void {
  const names = sets.flatMap((set) => [set.name, ...set.former_names]);
  for (const name of names)
    refuseUnless(setName.test(name), `permission set \`${name}\``, `a set name matches ${setName.source}`);
  refuseRepeated('permission set', names);

  const known = listPermissions(services);
  const byName = new Map(sets.map((set) => [set.name, set]));
  for (const set of sets) {
    const where = `permission set \`${set.name}\``;
    for (const pattern of set.permissions) checkPattern(pattern, set, known, where);
    for (const name of set.includes) {
      const scopeType = byName.get(name)?.scope_type;
      refuseUnless(scopeType !== undefined, where, `it includes \`${name}\`, which is not a set`);
      refuseUnless(scopeType === set.scope_type, where, `it includes \`${name}\`, whose scope type is ${scopeType}`);
    }
  }
  refuseCycles(byName);
}

interface KnownPermission {
  readonly parts: readonly string[];
  readonly scope: ResourceScope;
  readonly privileged: boolean;
}

function listPermissions(services: readonly Service[]): readonly KnownPermission[] {
  return services.flatMap((service) =>
    service.resources.flatMap(({ name, scope, actions }) =>
      actions.map((action) => ({ parts: [service.name, name, action.name], scope, privileged: action.privileged })),
    ),
  );
}

/** A pattern that grants nothing is a slip of the pen: a wrong name, or the wrong scope type. */
function checkPattern(pattern: string, set: PermissionSet, known: readonly KnownPermission[], where: string): void {
  const parts = pattern.split(':');
  const [service = '', ...names] = parts;
  const wellFormed =
    names.length === 2 &&
    (service === '*' || serviceName.test(service)) &&
    names.every((name) => name === '*' || partName.test(name));
  refuseUnless(wellFormed, where, `\`${pattern}\` is not \`service:resource:action\``);

  const matching = known.filter((permission) =>
    parts.every((part, index) => part === '*' || part === permission.parts[index]),
  );
  refuseUnless(matching.length > 0, where, `\`${pattern}\` is no permission of the catalogue`);
  const scope = set.scope_type === 'projects' ? 'project' : 'organization';
  const inScope = matching.filter((permission) => permission.scope === scope);
  refuseUnless(inScope.length > 0, where, `\`${pattern}\` has no place in a set of scope type ${set.scope_type}`);
  refuseUnless(
    !parts.includes('*') || inScope.some((permission) => !permission.privileged),
    where,
    `\`${pattern}\` only matches privileged permissions, which have to be spelled out`,
  );
}

function refuseCycles(byName: ReadonlyMap<string, PermissionSet>): void {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (finished.has(name)) return;
    const round = path.includes(name) ? [...path.slice(path.indexOf(name)), name] : [];
    refuseUnless(round.length === 0, `permission set \`${name}\``, `it includes itself: ${round.join(' > ')}`);
    for (const included of byName.get(name)?.includes ?? []) visit(included, [...path, name]);
    finished.add(name);
  };
  for (const name of byName.keys()) visit(name, []);
}

function refuseRepeated(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    refuseUnless(!seen.has(name), `${what} \`${name}\``, 'the name is given twice');
    seen.add(name);
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function refuseUnless(holds: boolean, where: string, reason: string): asserts holds {
  if (!holds) throw new Error(`catalogue, ${where}: ${reason}`);
}

function shapeError(json: unknown): Error {
  const errors = catalogueFile.Errors(json);
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  const path = error?.instancePath.split('/').slice(1) ?? [];
  const unknown = error?.keyword === 'additionalProperties' ? `: ${error.params.additionalProperties.join(', ')}` : '';
  return new Error(`catalogue, ${describePlace(json, path)}: ${error?.message ?? 'not a catalogue'}${unknown}`);
}

/** The path, with the name of each thing on it that has one: `permission_sets/3 (WikiReadOnly)/includes`. */
function describePlace(json: unknown, path: readonly string[]): string {
  let value = json;
  const steps = path.map((step) => {
    value = member(value, step);
    const name = member(value, 'name');
    return typeof name === 'string' ? `${step} (${name})` : step;
  });
  return steps.join('/') || 'top level';
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
