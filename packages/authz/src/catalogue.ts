/** What can be granted, as data: the same shape as a catalogue file (docs/catalogue.md). */
export interface CatalogueData {
  readonly services: readonly ServiceData[];
  readonly permissionSets: readonly PermissionSetData[];
}

export interface ServiceData {
  readonly name: string;
  readonly resources: readonly {
    readonly name: string;
    /** Where its objects live; `self` marks what every user may do to itself, which no set can hold. */
    readonly scope: 'project' | 'organization' | 'self';
    readonly actions: readonly {
      readonly name: string;
      /** True: no pattern grants it, a set has to spell it out. */
      readonly privileged: boolean;
      /** Permissions that must be held as well. */
      readonly requires?: readonly string[];
    }[];
  }[];
}

export interface PermissionSetData {
  readonly id: string;
  readonly name: string;
  readonly scope_type: 'projects' | 'organization';
  /** Names of sets that it holds too. */
  readonly includes: readonly string[];
  /** `service:resource:action`; `*` stands for any one part. */
  readonly permissions: readonly string[];
  /** Kept for the rules that name it, but grants nothing any more. */
  readonly deprecated?: boolean;
}

/** A permission with all that a check asks of it. */
export interface Permission {
  /** Position in the catalogue: small, so that it can index and be a bit. */
  readonly index: number;
  /** `service:resource:action` */
  readonly name: string;
  readonly scope: 'project' | 'organization' | 'self';
  readonly privileged: boolean;
  /** Further permissions that a check asks for, theirs included. */
  readonly requires: readonly Permission[];
}

/** A permission set with its patterns expanded. */
export interface PermissionSet {
  readonly id: string;
  readonly name: string;
  readonly scopeType: 'projects' | 'organization';
  readonly permissions: ReadonlySet<Permission>;
}

/** A catalogue made ready: patterns and inclusions are expanded once. */
export interface Catalogue {
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly permissionSets: ReadonlyMap<string, PermissionSet>;
}

/**
 * Expands a catalogue. What it names and does not have grants nothing.
 *
 * @example createCatalogue({ services, permissionSets }).permissions.get('wiki:page:read')?.scope // 'project'
 */
export function createCatalogue({ services, permissionSets }: CatalogueData): Catalogue {
  const permissions = readPermissions(services);
  const byPattern = groupByPattern(permissions);
  const byName = new Map(permissionSets.map((set) => [set.name, set]));
  const expanded = permissionSets.map((set): PermissionSet => {
    const patterns = set.deprecated ? [] : withIncluded(set, byName).flatMap((each) => each.permissions);
    const scope = set.scope_type === 'projects' ? 'project' : 'organization';
    const held = patterns.flatMap((pattern) => byPattern.get(pattern) ?? []).filter((each) => each.scope === scope);
    const ordered = [...new Set(held)].sort((a, b) => a.index - b.index);
    return { id: set.id, name: set.name, scopeType: set.scope_type, permissions: new Set(ordered) };
  });
  return { permissions, permissionSets: new Map(expanded.map((set) => [set.id, set])) };
}

function readPermissions(services: readonly ServiceData[]): ReadonlyMap<string, Permission> {
  const listed = services.flatMap((service) =>
    service.resources.flatMap((resource) =>
      resource.actions.map((action) => ({
        name: `${service.name}:${resource.name}:${action.name}`,
        scope: resource.scope,
        privileged: action.privileged,
        asks: action.requires ?? [],
      })),
    ),
  );
  const asks = new Map(listed.map(({ name, asks: names }) => [name, names]));
  const permissions = new Map<string, Permission & { requires: Permission[] }>();
  for (const { name, scope, privileged } of listed)
    permissions.set(name, { index: permissions.size, name, scope, privileged, requires: [] });
  for (const permission of permissions.values()) {
    const names = closure(permission.name, (name) => asks.get(name) ?? []);
    permission.requires.push(...names.flatMap((name) => permissions.get(name) ?? []));
  }
  return permissions;
}

/** The set and those it includes, in turn. */
function withIncluded(set: PermissionSetData, byName: ReadonlyMap<string, PermissionSetData>): PermissionSetData[] {
  const names = closure(set.name, (name) => byName.get(name)?.includes ?? []);
  return [set, ...names.flatMap((name) => byName.get(name) ?? [])].filter((each) => !each.deprecated);
}

/** All that can be reached from a name, itself left out. */
function closure(start: string, next: (name: string) => readonly string[]): readonly string[] {
  const seen = new Set([start]);
  for (const name of seen) for (const further of next(name)) seen.add(further);
  seen.delete(start);
  return [...seen];
}

/**
 * The permissions that each pattern reaches: a `*` replaces one whole part and never reaches what is privileged. Looking
 * patterns up keeps a catalogue of thousands of permissions and hundreds of sets a matter of milliseconds.
 */
function groupByPattern(permissions: ReadonlyMap<string, Permission>): ReadonlyMap<string, readonly Permission[]> {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions.values()) {
    const [service = '', resource = '', action = ''] = permission.name.split(':');
    const patterns = [service, '*'].flatMap((first) =>
      [resource, '*'].flatMap((second) => [action, '*'].map((third) => `${first}:${second}:${third}`)),
    );
    for (const pattern of permission.privileged ? [permission.name] : patterns) {
      const group = groups.get(pattern);
      if (group) group.push(permission);
      else groups.set(pattern, [permission]);
    }
  }
  return groups;
}
