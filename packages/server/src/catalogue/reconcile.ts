import { createHash } from 'node:crypto';
import { assembleCatalogue, type Catalogue, type PermissionSet } from './assemble.ts';
import { builtInDefinitions } from './built-in.ts';
import type { Definitions, Origin, ScopeType, ServiceDefinition, SetDefinition } from './definitions.ts';
import { collectFaults, type Fault, type Faults, quote } from './faults.ts';

/** A permission set that this installation has seen, under the last name it had. */
export interface KnownSet {
  readonly id: string;
  readonly name: string;
  readonly scope_type: ScopeType;
  /** Microseconds since 1970. */
  readonly first_seen_at: number;
}

/** The same, with the number of rules that hold it. */
export interface HeldSet extends KnownSet {
  readonly rules: number;
}

/** What a load has found, for the one who runs the server. */
export interface CatalogueReport {
  /** What the operator's file defines. */
  readonly services: number;
  readonly permissions: number;
  readonly permissionSets: number;
  /** Sets of the operator that were never seen before. */
  readonly added: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Sets that no file has any more, and the number of rules that still hold them; built-in ones only where there are any. */
  readonly deprecated: readonly { readonly name: string; readonly rules: number }[];
}

export interface Reconciled {
  readonly catalogue: Catalogue;
  readonly report: CatalogueReport;
  /** What has to be written before the catalogue is used. */
  readonly insert: readonly KnownSet[];
  readonly update: readonly KnownSet[];
  /** Changes that rules do not allow; with any, nothing of the rest is used. */
  readonly faults: readonly Fault[];
}

/**
 * Gives every set its id: that of the known set of its name or of a former one, else a new one. What is known and not in
 * the files is deprecated.
 */
export function reconcile(definitions: Definitions, known: readonly HeldSet[], now: number): Reconciled {
  const faults = collectFaults();
  const knownAs = Map.groupBy(known, ({ name }) => name);
  const taken = new Set(known.map(({ id }) => id));
  const claimed = new Set<string>();
  const insert: KnownSet[] = [];
  const update: KnownSet[] = [];
  const renamed: { from: string; to: string }[] = [];

  const permissionSets = definitions.sets.map((set): PermissionSet => {
    const { text: name } = set.name;
    const own = [set.name, ...set.former_names].flatMap(({ text }) => knownAs.get(text) ?? []).toSorted(byAge);
    for (const row of own) {
      claimed.add(row.id);
      checkScopeType(set, row, faults);
      if (row.name !== name) renamed.push({ from: row.name, to: name });
      if (row.name !== name || row.scope_type !== set.scope_type)
        update.push({ id: row.id, name, scope_type: set.scope_type, first_seen_at: row.first_seen_at });
    }
    const ids = own.map(({ id }) => id);
    if (ids.length > 0) return toPermissionSet(set, ids);
    const id = newId(name, taken);
    taken.add(id);
    insert.push({ id, name, scope_type: set.scope_type, first_seen_at: now });
    return toPermissionSet(set, [id]);
  });

  const gone = Map.groupBy(known.filter(({ id }) => !claimed.has(id)).toSorted(byAge), ({ name }) => name);
  const added = new Set(insert.map(({ name }) => name));
  const own = definitions.sets.filter(isOwn);
  return {
    catalogue: assembleCatalogue(definitions.services, permissionSets, [...gone.values()].map(toDeprecatedSet)),
    insert,
    update,
    faults: faults.found,
    report: {
      services: definitions.services.filter(isOwn).length,
      permissions: countPermissions(definitions.services.filter(isOwn)),
      permissionSets: own.length,
      added: own.map(({ name }) => name.text).filter((name) => added.has(name)),
      renamed,
      deprecated: [...gone]
        .map(([name, rows]) => ({ name, rules: rows.reduce((sum, { rules }) => sum + rules, 0) }))
        .filter(({ name, rules }) => rules > 0 || !comesWithProduct(name)),
    },
  };
}

/** What the operator has switched off is no news, unless a rule holds it. */
const comesWithProduct = (name: string): boolean => builtInDefinitions().sets.some((set) => set.name.text === name);

const isOwn = ({ origin }: { readonly origin: Origin }) => origin === 'operator';

/** The one known for longest first, whoever asks. */
function byAge(a: KnownSet, b: KnownSet): number {
  return a.first_seen_at - b.first_seen_at || (a.id < b.id ? -1 : 1);
}

/** Rules say of which type their sets are, and what they reach follows from it. */
function checkScopeType({ name, scope_type: type }: SetDefinition, row: HeldSet, faults: Faults): void {
  if (row.scope_type === type || row.rules === 0) return;
  const held = row.rules === 1 ? '1 rule holds' : `${row.rules} rules hold`;
  const reason = `its scope type was ${row.scope_type}, and ${held} it as that; keep it, or give the set another name`;
  faults.add(name.line, `permission set ${quote(name.text)}`, reason);
}

function countPermissions(services: readonly ServiceDefinition[]): number {
  return services.flatMap(({ resources }) => resources.flatMap(({ actions }) => actions)).length;
}

function toPermissionSet(set: SetDefinition, [id = '', ...otherIds]: readonly string[]): PermissionSet {
  return {
    id,
    other_ids: otherIds,
    name: set.name.text,
    scope_type: set.scope_type,
    categories: set.categories,
    description: set.description,
    includes: set.includes.map(textOf),
    permissions: set.permissions.map(textOf),
    former_names: set.former_names.map(textOf),
    deprecated: false,
  };
}

function toDeprecatedSet(rows: readonly KnownSet[]): PermissionSet {
  const [id = '', ...otherIds] = rows.map((row) => row.id);
  const { name = '', scope_type = 'projects' } = rows[0] ?? {};
  const nothing = { categories: [], description: '', includes: [], permissions: [], former_names: [] };
  return { id, other_ids: otherIds, name, scope_type, ...nothing, deprecated: true };
}

const textOf = ({ text }: { readonly text: string }): string => text;

/** INVARIANT: neither this text nor the derivation ever changes, since policies are stored by these ids. */
const idNamespace = 'bailiwick permission set ';

/** The id that the name gives, in every installation; a further one when a set that was renamed has taken it along. */
function newId(name: string, taken: ReadonlySet<string>): string {
  for (let attempt = 1; ; attempt += 1) {
    const id = deriveId(attempt === 1 ? name : `${name} ${attempt}`);
    if (!taken.has(id)) return id;
  }
}

/** A UUID that looks random (version 4), as clients expect, though the name alone decides it. */
function deriveId(name: string): string {
  const bytes = createHash('sha256').update(`${idNamespace}${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
