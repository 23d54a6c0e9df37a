import type { Locality, ResourceScope, ScopeType, ServiceDefinition } from './definitions.ts';

export interface Action {
  readonly name: string;
  /** True: no pattern grants it, a set has to spell it out. */
  readonly privileged: boolean;
  /** Permissions that a check asks for as well. */
  readonly requires: readonly string[];
}

export interface Resource {
  readonly name: string;
  readonly scope: ResourceScope;
  /** The name that a 403 body prints. */
  readonly error_resource: string;
  readonly localities: readonly Locality[];
  /** Attributes of a resource that the service sends with a question. */
  readonly conditions: readonly string[];
  readonly actions: readonly Action[];
}

export interface Service {
  readonly name: string;
  readonly title: string;
  readonly resources: readonly Resource[];
}

export interface PermissionSet {
  /** A UUID made from the name under which it was first seen; it stays when the name changes. */
  readonly id: string;
  /** Ids of sets that have become part of this one: rules may still hold them. */
  readonly other_ids: readonly string[];
  /** Three to 64 letters and digits, beginning with a capital. */
  readonly name: string;
  readonly scope_type: ScopeType;
  readonly categories: readonly string[];
  readonly description: string;
  /** Names of sets whose permissions it holds too, and theirs in turn. */
  readonly includes: readonly string[];
  /** `service:resource:action`; `*` stands for any one part, within the scope of the set. */
  readonly permissions: readonly string[];
  /** Names it had before: refused in requests. */
  readonly former_names: readonly string[];
  /** No catalogue has it any more: rules keep showing it, and it grants nothing. */
  readonly deprecated: boolean;
}

/** What can be granted: frozen, and in the order of the file, which is the order of creation. */
export interface Catalogue {
  readonly services: readonly Service[];
  /** The sets that rules may be made of. */
  readonly permissionSets: readonly PermissionSet[];
  /** Sets that older rules may still hold. */
  readonly deprecatedSets: readonly PermissionSet[];
  /** Not for deprecated sets, since no new rule may name them. */
  byName(name: string): PermissionSet | undefined;
  /** Deprecated sets included. */
  byId(id: string): PermissionSet | undefined;
  /** Whether a set had this name before it was renamed. */
  isRetired(name: string): boolean;
  isDeprecated(name: string): boolean;
  /** What a 403 body prints as `resource` for `service:resource:action`. */
  permissionErrorResource(permission: string): string;
}

/** Puts a catalogue together from what files say and the sets with their ids. */
export function assembleCatalogue(
  definitions: readonly ServiceDefinition[],
  permissionSets: readonly PermissionSet[],
  deprecatedSets: readonly PermissionSet[],
): Catalogue {
  const services = definitions.map(toService);
  const byName = new Map(permissionSets.map((set) => [set.name, set]));
  const byId = new Map(
    [...deprecatedSets, ...permissionSets].flatMap((set) => [set.id, ...set.other_ids].map((id) => [id, set])),
  );
  const retired = new Set(permissionSets.flatMap((set) => set.former_names));
  const deprecated = new Set(deprecatedSets.map(({ name }) => name));
  const errorResources = new Map(
    services.flatMap(({ name, resources }) =>
      resources.map((resource) => [`${name}:${resource.name}`, resource.error_resource]),
    ),
  );
  return deepFreeze({
    services,
    permissionSets,
    deprecatedSets,
    byName: (name: string) => byName.get(name),
    byId: (id: string) => byId.get(id),
    isRetired: (name: string) => retired.has(name),
    isDeprecated: (name: string) => deprecated.has(name),
    permissionErrorResource: (permission: string) => {
      const [service, resource = permission] = permission.split(':');
      return errorResources.get(`${service}:${resource}`) ?? resource;
    },
  });
}

function toService({ name, title, resources }: ServiceDefinition): Service {
  return {
    name: name.text,
    title,
    resources: resources.map((resource) => ({
      name: resource.name.text,
      scope: resource.scope,
      error_resource: resource.error_resource.text,
      localities: resource.localities,
      conditions: resource.conditions.map(textOf),
      actions: resource.actions.map((action) => ({
        name: action.name.text,
        privileged: action.privileged,
        requires: action.requires.map(textOf),
      })),
    })),
  };
}

function textOf({ text }: { readonly text: string }): string {
  return text;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
