import type { ResourceScope, ScopeType, ServiceDefinition } from './definitions.ts';
import { enumerate, quote } from './faults.ts';

/** A permission of the catalogue, as far as patterns care. */
export interface KnownPermission {
  /** `service:resource:action` */
  readonly name: string;
  readonly scope: ResourceScope;
  readonly privileged: boolean;
}

/** All permissions, found by name or by pattern without going through them. */
export interface PermissionIndex {
  readonly size: number;
  get(name: string): KnownPermission | undefined;
  /** All that a pattern could mean, before scope and privilege are looked at. */
  matching(pattern: string): readonly KnownPermission[];
  /** The resources of a service, or undefined when there is no such service. */
  resourcesOf(service: string): readonly string[] | undefined;
  /** The actions of `service:resource`, or undefined when there is no such resource. */
  actionsOf(resource: string): readonly string[] | undefined;
}

export function indexPermissions(services: readonly ServiceDefinition[]): PermissionIndex {
  const permissions = new Map<string, KnownPermission>();
  const byPattern = new Map<string, KnownPermission[]>();
  const resources = new Map<string, string[]>();
  const actions = new Map<string, string[]>();
  for (const service of services) {
    const names = emptyList(resources, service.name.text);
    for (const resource of service.resources) {
      const path = `${service.name.text}:${resource.name.text}`;
      names.push(resource.name.text);
      const verbs = emptyList(actions, path);
      for (const action of resource.actions) {
        const name = `${path}:${action.name.text}`;
        verbs.push(action.name.text);
        if (permissions.has(name)) continue;
        const permission = { name, scope: resource.scope, privileged: action.privileged };
        permissions.set(name, permission);
        for (const pattern of patternsFor(service.name.text, resource.name.text, action.name.text))
          emptyList(byPattern, pattern).push(permission);
      }
    }
  }
  return {
    size: permissions.size,
    get: (name) => permissions.get(name),
    matching: (pattern) => byPattern.get(pattern) ?? [],
    resourcesOf: (service) => resources.get(service),
    actionsOf: (resource) => actions.get(resource),
  };
}

function emptyList<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key);
  if (known) return known;
  const made: T[] = [];
  lists.set(key, made);
  return made;
}

/** Itself, and each way to put `*` in place of its parts. */
function patternsFor(service: string, resource: string, action: string): readonly string[] {
  return [service, '*'].flatMap((first) =>
    [resource, '*'].flatMap((second) => [action, '*'].map((third) => `${first}:${second}:${third}`)),
  );
}

/** What a pattern grants in a set: only what is of the set's scope, and nothing privileged unless it is spelled out. */
export function expandPattern(
  index: PermissionIndex,
  pattern: string,
  scopeType: ScopeType,
): readonly KnownPermission[] {
  const scope = scopeFor(scopeType);
  const spelledOut = !pattern.includes('*');
  return index
    .matching(pattern)
    .filter((permission) => permission.scope === scope && (spelledOut || !permission.privileged));
}

export function scopeFor(scopeType: ScopeType): ResourceScope {
  return scopeType === 'projects' ? 'project' : 'organization';
}

/** Why a permission or a pattern finds nothing, with what there is in its place. */
export function explainUnknown(index: PermissionIndex, pattern: string): string {
  const [service = '', resource = '', action = ''] = pattern.split(':');
  if (service === '*') return 'nothing matches it';
  const resources = index.resourcesOf(service);
  if (resources === undefined) return `there is no service ${quote(service)}; define it under \`services\``;
  if (resource === '*') return `nothing of service ${quote(service)} matches it`;
  const path = `${service}:${resource}`;
  const actions = index.actionsOf(path);
  if (actions === undefined) return `the resources of service ${quote(service)} are ${enumerate(resources)}`;
  return action === '*'
    ? `resource ${quote(path)} has no actions`
    : `the actions of resource ${quote(path)} are ${enumerate(actions)}`;
}
