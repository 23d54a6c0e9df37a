import { accessIn, expressionOf, implies, type Needed } from './access.ts';
import type { Permission } from './catalogue.ts';
import type { Layer } from './preview-layers.ts';

/** Where a permission is granted otherwise than before. */
export interface Places {
  /** For permissions on projects: in all of them, now and later, but those of `exceptProjectIds`; or in `projectIds`. */
  readonly where: 'organization' | 'all_projects' | 'projects';
  readonly projectIds: readonly string[];
  readonly exceptProjectIds: readonly string[];
}

/** How access changes, and where. */
export interface PlaceChange extends Places {
  /** True for always, false for never, otherwise the condition. */
  readonly before: boolean | string;
  readonly after: boolean | string;
  readonly isGain: boolean;
  readonly isLoss: boolean;
}

/** What grants the permissions that a check asks for, before and after. */
export interface Sides {
  readonly before: readonly Needed[];
  readonly after: readonly Needed[];
}

/** A permission and those that it requires. */
export const withRequired = (permission: Permission): readonly Permission[] => [permission, ...permission.requires];

/** What these layers say of a permission and of those that it requires. */
export function neededIn(layers: readonly Layer[], permission: Permission): readonly Needed[] {
  return withRequired(permission).map((each) => ({
    inProjects: each.scope === 'project',
    cells: layers.flatMap((layer) => layer.get(each) ?? []),
  }));
}

/**
 * Compares the organization, and each project that a rule names: the others are as the organization is.
 *
 * @param projects those that exist
 */
export function comparePlaces(
  sides: Sides,
  isInProjects: boolean,
  projects: ReadonlySet<string>,
): readonly PlaceChange[] {
  const at = (projectId: string | null) => changeAt(sides, projectId);
  const everywhere = at(null);
  const named = isInProjects ? namedProjects(sides).intersection(projects) : [];
  const inProjects = new Map<string, { readonly change: Change; readonly projectIds: string[] }>();
  for (const projectId of [...named].sort()) {
    const change = at(projectId);
    if (isSame(change, everywhere)) continue;
    const key = JSON.stringify(change);
    const known = inProjects.get(key);
    if (known) known.projectIds.push(projectId);
    else inProjects.set(key, { change, projectIds: [projectId] });
  }
  const others = [...inProjects.values()];
  const exceptProjectIds = others.flatMap(({ projectIds }) => projectIds).sort();
  const changes: readonly PlaceChange[] = [
    { ...everywhere, where: isInProjects ? 'all_projects' : 'organization', projectIds: [], exceptProjectIds },
    ...others.map(({ change, projectIds }) => ({
      ...change,
      where: 'projects' as const,
      projectIds,
      exceptProjectIds: [],
    })),
  ];
  return changes.filter(({ isGain, isLoss }) => isGain || isLoss);
}

type Change = Omit<PlaceChange, keyof Places>;

function changeAt(sides: Sides, projectId: string | null): Change {
  const before = accessIn(sides.before, projectId);
  const after = accessIn(sides.after, projectId);
  return {
    before: expressionOf(before),
    after: expressionOf(after),
    isGain: !implies(after, before),
    isLoss: !implies(before, after),
  };
}

const isSame = (one: Change, other: Change): boolean => one.before === other.before && one.after === other.after;

function namedProjects({ before, after }: Sides): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { cells } of [...before, ...after])
    for (const cell of cells)
      for (const { projects } of [cell, ...cell.conditional]) for (const id of projects) named.add(id);
  return named;
}
