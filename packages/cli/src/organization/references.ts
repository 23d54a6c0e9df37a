import type { Flaw } from './check-file.ts';
import type { Path } from './faults.ts';
import type { GroupReference } from './file-schema.ts';
import type { Matches } from './match.ts';
import { type Existing, type Key, type Kind, kinds, type Organization } from './organization.ts';

/** Kinds of things that others refer to. */
export type ReferredKind = 'user' | 'project' | 'application' | 'group';

/** Turns names of the file into keys, and keys into what people call them. */
export interface References {
  /** Null, with a flaw told, for what names nothing, or more than one thing. */
  keyOf(kind: ReferredKind, reference: GroupReference, path: Path): Key | null;
  labelOf(key: Key): string;
}

export function createReferences(
  organization: Organization,
  matches: Matches,
  isPruned: (existing: Existing) => boolean,
  tell: (flaw: Flaw) => void,
): References {
  const labels = labelsOf(organization, matches);
  const known: Readonly<Record<ReferredKind, ReadonlySet<string>>> = knownIds(organization);
  const named = {
    user: Map.groupBy(organization.users, ({ name }) => name),
    project: namesOf('project', organization, matches),
    application: namesOf('application', organization, matches),
    group: namesOf('group', organization, matches),
  };
  const pruned = new Set(
    kinds.flatMap((kind) =>
      all(organization, kind)
        .filter(isPruned)
        .map(({ id }) => id),
    ),
  );
  const keyOf: References['keyOf'] = (kind, reference, path) => {
    const refuse = (reason: string) => {
      tell({ path, reason });
      return null;
    };
    if (typeof reference !== 'string') {
      const { id, special } = reference;
      if (special !== undefined) {
        const found = organization.group.find((group) => group.special === special);
        return found?.id ?? refuse('the organization has no such group');
      }
      const key = id?.toLowerCase() ?? '';
      if (!known[kind].has(key)) return refuse(`no ${kind} has this id`);
      return pruned.has(key) ? refuse(goes(kind)) : key;
    }
    const found: readonly { readonly id: Key }[] = named[kind].get(reference) ?? [];
    const [first] = found;
    if (first === undefined) return refuse(`no ${kind} is called ${JSON.stringify(reference)}`);
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(' and ');
      return refuse(`${JSON.stringify(reference)} is the name of ${ids}: write { id: … } instead`);
    }
    return pruned.has(first.id) ? refuse(goes(kind)) : first.id;
  };
  return { keyOf, labelOf: (key) => labels.get(key) ?? key };
}

function goes(kind: ReferredKind): string {
  return `this ${kind} is not in the file, and --prune would delete it`;
}

/** Things of the file by its names, and things beside it by theirs. */
function namesOf(
  kind: Exclude<ReferredKind, 'user'>,
  organization: Organization,
  matches: Matches,
): ReadonlyMap<string, readonly { readonly id: Key }[]> {
  const entries = matches[kind] ?? [];
  const claimed = new Set<Key>(entries.map(({ key }) => key));
  const inFile = entries.map(({ name, key }) => ({ name, id: key }));
  const beside = all(organization, kind)
    .filter(({ id }) => !claimed.has(id))
    .map(({ value, id }) => ({ name: value.name, id }));
  const names = Map.groupBy(beside, ({ name }) => name);
  // What the file holds comes first: a name of its own is never taken for something beside it.
  for (const [name, own] of Map.groupBy(inFile, (one) => one.name)) names.set(name, own);
  return names;
}

function labelsOf(organization: Organization, matches: Matches): ReadonlyMap<Key, string> {
  const labels = new Map<Key, string>();
  for (const { id, name } of organization.users) labels.set(id, name || id);
  for (const kind of kinds) {
    for (const { id, value } of all(organization, kind)) labels.set(id, value.name);
    for (const { key, name } of matches[kind] ?? []) labels.set(key, name);
  }
  return labels;
}

/** Ids that a list shows, and those that something refers to without being shown. */
function knownIds(organization: Organization): Readonly<Record<ReferredKind, ReadonlySet<string>>> {
  const ids = {
    user: new Set(organization.users.map(({ id }) => id)),
    project: new Set(organization.project.map(({ id }) => id)),
    application: new Set(organization.application.map(({ id }) => id)),
    group: new Set(organization.group.map(({ id }) => id)),
  };
  for (const { value } of organization.group) {
    for (const id of value.users) ids.user.add(id);
    for (const id of value.applications) ids.application.add(id);
  }
  for (const { value } of organization.policy) {
    if (value.principal) ids[value.principal.kind].add(value.principal.key);
    for (const { scope } of value.rules) if (typeof scope !== 'string') for (const id of scope) ids.project.add(id);
  }
  return ids;
}

/** Things of a kind that is only known at run time. */
export function all(organization: Organization, kind: Kind): readonly Existing[] {
  return organization[kind];
}
