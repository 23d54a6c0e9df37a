import type { Flaw } from './check-file.ts';
import { type AllWanted, type Wanted, wantedBy } from './desired.ts';
import { differences, type FieldChange } from './facets.ts';
import type { OrganizationFile } from './file-schema.ts';
import { type Matches, matchFile } from './match.ts';
import { type Existing, type Key, type Kind, kinds, type Organization, type Values } from './organization.ts';
import { type PermissionSets, permissionSetFlaws } from './permission-sets.ts';
import { all, createReferences } from './references.ts';

interface ChangeOf<K extends Kind> {
  readonly action: 'create' | 'change' | 'delete';
  readonly kind: K;
  readonly key: Key;
  readonly name: string;
  /** Null for what is to be made. */
  readonly before: Values[K] | null;
  /** Null for what is to be deleted. */
  readonly after: Values[K] | null;
  readonly fields: readonly FieldChange[];
  /** API keys that go with it. */
  readonly apiKeys: number;
}

export type Change = { [K in Kind]: ChangeOf<K> }[Kind];

/** What it takes to make an organization what a file says. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Things that the file does not hold and that stay. */
  readonly beside: readonly Existing[];
}

export interface PlanInput {
  readonly file: OrganizationFile;
  readonly organization: Organization;
  readonly permissionSets: PermissionSets;
  /** Delete what the file does not hold, of the kinds that it has. */
  readonly prune: boolean;
}

/** Compares a file with an organization. With flaws there is no plan. */
export function makePlan(input: PlanInput): { readonly plan: Plan } | { readonly flaws: readonly Flaw[] } {
  const { file, organization, permissionSets, prune } = input;
  const { matches, flaws: mismatches } = matchFile(file, organization);
  const flaws: Flaw[] = [...mismatches];
  const claimed = new Set<Key>(kinds.flatMap((kind) => (matches[kind] ?? []).map(({ key }) => key)));
  const isPruned = ({ kind, id, isDeletable }: Existing) =>
    prune && isDeletable && matches[kind] !== null && !claimed.has(id);
  const references = createReferences(organization, matches, isPruned, (flaw) => flaws.push(flaw));
  const wanted = wantedBy(file, matches, references);
  const { labelOf } = references;
  const { policy } = wanted;
  flaws.push(...policy.flatMap((one) => permissionSetFlaws(one, permissionSets)));
  const made = changesOf(wanted, labelOf, flaws);
  if (flaws.length > 0) return { flaws };
  const { project, application, group, policy: policies } = organization;
  const gone = <K extends Kind>(things: readonly Existing<K>[]) => things.filter(isPruned).map(deletion);
  const deleted: readonly Change[] = [...gone(policies), ...gone(group), ...gone(application), ...gone(project)];
  return { plan: { changes: [...made, ...deleted], beside: beside(organization, matches, claimed, isPruned) } };
}

function changesOf(wanted: AllWanted, labelOf: (key: Key) => string, flaws: Flaw[]): readonly Change[] {
  const each = <K extends Kind>(list: readonly Wanted<K>[]) => list.flatMap((one) => changeOf(one, labelOf, flaws));
  return [...each(wanted.project), ...each(wanted.application), ...each(wanted.group), ...each(wanted.policy)];
}

function changeOf<K extends Kind>(
  { kind, path, key, current, value }: Wanted<K>,
  labelOf: (key: Key) => string,
  flaws: Flaw[],
): readonly ChangeOf<K>[] {
  const before = current?.value ?? null;
  const fields = differences(kind, before, value, labelOf);
  if (current !== null && fields.length === 0) return [];
  if (current !== null && !current.isEditable) {
    flaws.push({ path, reason: `this ${kind} belongs to the platform and cannot be changed` });
  }
  const action = current === null ? 'create' : 'change';
  return [{ action, kind, key, name: value.name, before, after: value, fields, apiKeys: 0 }];
}

function deletion<K extends Kind>({ kind, id, value, apiKeys }: Existing<K>): ChangeOf<K> {
  return { action: 'delete', kind, key: id, name: value.name, before: value, after: null, fields: [], apiKeys };
}

/** The default project and the groups of everybody are in every organization: that they stay need not be said. */
function beside(
  organization: Organization,
  matches: Matches,
  claimed: ReadonlySet<Key>,
  isPruned: (existing: Existing) => boolean,
): readonly Existing[] {
  return kinds.flatMap((kind) =>
    matches[kind] === null
      ? []
      : all(organization, kind).filter(
          (one) => !claimed.has(one.id) && !isPruned(one) && !one.isDefault && one.special === null,
        ),
  );
}
