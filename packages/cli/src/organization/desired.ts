import type { Path } from './faults.ts';
import type {
  ApplicationEntry,
  GroupEntry,
  OrganizationFile,
  PolicyEntry,
  ProjectEntry,
  Reference,
  RuleEntry,
} from './file-schema.ts';
import type { Match, Matches } from './match.ts';
import type { Existing, Key, Kind, Principal, RuleValue, Values } from './organization.ts';
import type { References, ReferredKind } from './references.ts';

/** What an entry of the file wants, and what is there of it. */
export interface Wanted<K extends Kind> {
  readonly kind: K;
  readonly path: Path;
  readonly key: Key;
  readonly current: Existing<K> | null;
  readonly value: Values[K];
}

/** Everything that the file wants, kind by kind. */
export type AllWanted = { readonly [K in Kind]: readonly Wanted<K>[] };

export function wantedBy(file: OrganizationFile, matches: Matches, references: References): AllWanted {
  return {
    project: pair('project', file.projects, matches.project, projectValue),
    application: pair('application', file.applications, matches.application, applicationValue),
    group: pair('group', file.groups, matches.group, (entry, { path }) => groupValue(entry, path, references)),
    policy: pair('policy', file.policies, matches.policy, (entry, { path }) => policyValue(entry, path, references)),
  };
}

function pair<K extends Kind, Entry>(
  kind: K,
  entries: readonly Entry[] | undefined,
  matches: readonly Match<K>[] | null,
  read: (entry: Entry, match: Match<K>) => Values[K],
): readonly Wanted<K>[] {
  return (entries ?? []).flatMap((entry, index) => {
    const match = matches?.[index];
    if (match === undefined) return [];
    const { path, key, current } = match;
    return [{ kind, path, key, current, value: read(entry, match) }];
  });
}

/** The default project cannot be renamed: whatever the file calls it, its name is right. */
function projectValue({ name, description = '' }: ProjectEntry, { current }: Match<'project'>) {
  return { name: current?.isDefault ? current.value.name : name, description };
}

function applicationValue({ name, description = '', tags = [] }: ApplicationEntry) {
  return { name, description, tags };
}

function groupValue({ name, description = '', tags = [], ...members }: GroupEntry, path: Path, references: References) {
  const { users = [], applications = [] } = members;
  return {
    name,
    description,
    tags,
    users: keysOf('user', users, [...path, 'users'], references),
    applications: keysOf('application', applications, [...path, 'applications'], references),
  };
}

function policyValue(entry: PolicyEntry, path: Path, references: References) {
  const { name, description = '', tags = [], rules = [] } = entry;
  return {
    name,
    description,
    tags,
    principal: principalOf(entry, path, references),
    rules: rules.map((rule, index) => ruleValue(rule, [...path, 'rules', index], references)),
  };
}

function principalOf(entry: PolicyEntry, path: Path, { keyOf }: References): Principal | null {
  for (const kind of ['user', 'group', 'application'] as const) {
    const reference = entry[kind];
    if (reference === undefined) continue;
    const key = keyOf(kind, reference, [...path, kind]);
    return key === null ? null : { kind, key };
  }
  return null;
}

function ruleValue(rule: RuleEntry, path: Path, references: References): RuleValue {
  const { permission_sets, projects, condition = '' } = rule;
  const scope =
    projects === undefined ? 'organization' : keysOf('project', projects, [...path, 'projects'], references);
  return { permissionSets: [...new Set(permission_sets)], scope, condition };
}

function keysOf(kind: ReferredKind, given: readonly Reference[], path: Path, { keyOf }: References): readonly Key[] {
  const keys = given.map((reference, index) => keyOf(kind, reference, [...path, index]));
  return [...new Set(keys.filter((key) => key !== null))];
}
