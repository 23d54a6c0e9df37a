import type { Reach } from './useReach.ts';

/** Where something may be done. */
export type Column =
  | { readonly kind: 'organization' | 'all_projects' }
  | { readonly kind: 'project'; readonly id: string; readonly name: string };

/** A service, one of its resources, or a single permission, and how much of it is allowed in each column. */
export interface MapRow {
  readonly name: string;
  /** 1 for a service, 2 for a resource, 3 for a permission. */
  readonly depth: number;
  /** Its last part. */
  readonly label: string;
  readonly counts: readonly number[];
}

/** The organization, all projects, and each project in which more is allowed than in all. */
export function columnsOf(reach: readonly Reach[]): readonly Column[] {
  const names = new Map<string, string>();
  // Thousands of permissions in hundreds of projects are more than spreading takes lightly.
  for (const { projects } of reach) for (const [id, name] of projects) names.set(id, name);
  const scopes = new Set(reach.map(({ scope }) => scope));
  const wide = (['organization', 'all_projects'] as const)
    .filter((scope) => scopes.has(scope))
    .map((kind) => ({ kind }));
  const single = [...names].map(([id, name]) => ({ kind: 'project' as const, id, name }));
  return [...wide, ...single.sort((one, other) => one.name.localeCompare(other.name))];
}

const isIn = ({ scope, projects }: Reach, column: Column): boolean =>
  column.kind === 'project' ? scope === 'all_projects' || projects.has(column.id) : scope === column.kind;

/** Permissions in which all of these words are, or in the names of their projects. */
export function matching(reach: readonly Reach[], words: string): readonly Reach[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.length === 0 ? reach : reach.filter(({ text }) => wanted.every((word) => text.includes(word)));
}

/** The rows that are to be seen: services, and below each that is open what is in it. */
export function mapRows(
  reach: readonly Reach[],
  columns: readonly Column[],
  isOpen: (name: string) => boolean,
  depth = 1,
): readonly MapRow[] {
  return [...Map.groupBy(reach, ({ permission }) => nameAt(permission, depth))].flatMap(([name, inside]) => [
    {
      name,
      depth,
      label: name.split(':').at(-1) ?? name,
      counts: columns.map((column) => inside.filter((each) => isIn(each, column)).length),
    },
    ...(depth < deepest && isOpen(name) ? mapRows(inside, columns, isOpen, depth + 1) : []),
  ]);
}

/** The parts of a permission: service, resource, action. */
export const deepest = 3;

/** `iam:user:list` is `iam:user` at depth 2. */
export const nameAt = (permission: string, depth: number): string => permission.split(':').slice(0, depth).join(':');
