import type { Flaw } from './check-file.ts';
import type { Path } from './faults.ts';
import type { OrganizationFile } from './file-schema.ts';
import { type Existing, type Key, type Kind, type Organization, plurals } from './organization.ts';

/** An entry of the file and the thing that it describes. */
export interface Match<K extends Kind = Kind> {
  readonly path: Path;
  readonly name: string;
  readonly key: Key;
  /** Null: it is to be made. */
  readonly current: Existing<K> | null;
}

/** For each kind the entries of the file, in their order; null where the file says nothing about the kind. */
export type Matches = { readonly [K in Kind]: readonly Match<K>[] | null };

/** Finds what each entry of the file describes: by its id where it has one, else by its name. */
export function matchFile(
  file: OrganizationFile,
  organization: Organization,
): { readonly matches: Matches; readonly flaws: readonly Flaw[] } {
  const flaws: Flaw[] = [];
  const matches: Matches = {
    project: match('project', file.projects, organization.project, flaws),
    application: match('application', file.applications, organization.application, flaws),
    group: match('group', file.groups, organization.group, flaws),
    policy: match('policy', file.policies, organization.policy, flaws),
  };
  return { matches, flaws };
}

interface Entry {
  readonly id?: string;
  readonly name: string;
  readonly default?: boolean;
}

function match<K extends Kind>(
  kind: K,
  entries: readonly Entry[] | undefined,
  existing: readonly Existing<K>[],
  flaws: Flaw[],
): readonly Match<K>[] | null {
  if (entries === undefined) return null;
  const claimed = new Map<Entry, Existing<K>>();
  for (const [index, entry] of entries.entries()) {
    const path = [plurals[kind], index];
    if (entry.id !== undefined) {
      const id = entry.id.toLowerCase();
      const found = existing.find((one) => one.id === id);
      if (found) claimed.set(entry, found);
      else flaws.push({ path: [...path, 'id'], reason: `no ${kind} has this id; without it a new one is made` });
    } else if (entry.default === true) {
      const found = existing.find(({ isDefault }) => isDefault);
      if (found) claimed.set(entry, found);
      else flaws.push({ path: [...path, 'default'], reason: 'the organization has no default project' });
    }
  }
  const taken = new Set(claimed.values());
  const free = Map.groupBy(
    existing.filter((one) => !taken.has(one)),
    ({ value }) => value.name,
  );
  return entries.map((entry, index) => {
    const path = [plurals[kind], index];
    const named = entry.id === undefined && entry.default !== true ? (free.get(entry.name) ?? []) : [];
    if (named.length > 1) {
      const ids = named.map(({ id }) => id).join(' and ');
      flaws.push({ path: [...path, 'name'], reason: `is the name of ${ids}: add an id that tells which` });
    }
    const current = claimed.get(entry) ?? named[0] ?? null;
    return { path, name: entry.name, key: current?.id ?? `new ${kind} ${index}`, current };
  });
}
