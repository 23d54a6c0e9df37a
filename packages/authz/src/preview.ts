import type { Permission } from './catalogue.ts';
import type { Cell, Organization, Principal } from './organization.ts';
import type { Pieces } from './pieces.ts';
import {
  type Layer,
  layerOf,
  type PolicyChange,
  permissionsOf,
  type Reached,
  type Snapshot,
  takeSnapshot,
} from './preview-layers.ts';
import { comparePlaces, neededIn, type PlaceChange, type Sides, withRequired } from './preview-places.ts';

/** What some principals gain and lose, all of them the same. */
export interface Difference {
  /** In order of their ids. */
  readonly principals: readonly Principal[];
  readonly gains: readonly AccessChange[];
  readonly losses: readonly AccessChange[];
}

/** Permissions that are granted otherwise than before, all in the same places and in the same way. */
export interface AccessChange extends PlaceChange {
  /** In the order of the catalogue. */
  readonly permissions: readonly string[];
}

/**
 * Tells what a change of one policy gives and takes, beside everything else that those whom it reaches hold: what `decide`
 * would allow and did not, and the other way round. Conditions are compared as they are written: a change from one to another
 * is both a gain and a loss, unless one is plainly a part of the other.
 *
 * The work comes in small pieces, so that something else can be done in between. The organization is looked at in the first
 * of them alone, and is not changed.
 *
 * @example previewPolicy(organization, { id: 'policy', fact: null }) // what is lost when it is deleted
 */
export function* previewPolicy(organization: Organization, change: PolicyChange): Pieces<readonly Difference[]> {
  const snapshot = takeSnapshot(organization, change);
  yield;
  const { kindOf, changesFor } = createComparison(snapshot);
  const kinds: Together<Kind> = new Map();
  for (const reached of snapshot.reached) {
    put(kinds, kindOf(reached), [reached.principal]);
    yield;
  }
  const differences: Together<Changes> = new Map();
  for (const { shared, principals } of kinds.values()) {
    put(differences, changesFor(shared), principals);
    yield;
  }
  return [...differences.values()]
    .filter(({ shared }) => shared.changes.length > 0)
    .map(({ shared: { changes }, principals }) => ({
      principals: principals.toSorted(byId),
      gains: changes.filter(({ isGain }) => isGain),
      losses: changes.filter(({ isLoss }) => isLoss),
    }))
    .sort((a, b) => b.principals.length - a.principals.length || byId(a.principals[0]!, b.principals[0]!));
}

const byId = (a: Principal, b: Principal): number => (a.id < b.id ? -1 : 1);

interface Keyed {
  readonly key: string;
}

/** Principals to whom the same policies matter. */
interface Kind extends Keyed {
  readonly before: readonly Layer[];
  readonly after: readonly Layer[];
}

interface Changes extends Keyed {
  readonly changes: readonly AccessChange[];
}

/** Principals by what they share. */
type Together<T extends Keyed> = Map<string, { readonly shared: T; readonly principals: Principal[] }>;

function put<T extends Keyed>(together: Together<T>, shared: T, principals: readonly Principal[]): void {
  const known = together.get(shared.key);
  if (!known) together.set(shared.key, { shared, principals: [...principals] });
  else for (const each of principals) known.principals.push(each);
}

function createComparison({ permissions, projects, before: old, after: next, others }: Snapshot) {
  const touched = permissionsOf([...old, ...next]);
  const asked = permissions.filter(
    (permission) => permission.scope !== 'self' && withRequired(permission).some((each) => touched.has(each)),
  );
  const relevant = new Set(asked.flatMap(withRequired));
  const [before, after] = [layerOf(old, relevant), layerOf(next, relevant)];
  const layers = remember((source: string) => {
    const rules = others.get(source)?.flatMap((policy) => policy.rules) ?? [];
    return layerOf(rules, relevant);
  });
  const compared = createPlaces(projects);

  const kindOf = (reached: Reached): Kind => {
    const sources = reached.sources.filter((source) => layers(source).size > 0);
    const rest = sources.map(layers);
    return {
      key: JSON.stringify([reached.before, reached.after, ...sources]),
      before: reached.before ? [...rest, before] : rest,
      after: reached.after ? [...rest, after] : rest,
    };
  };

  const changesFor = (kind: Kind): Changes => {
    const found = new Map<string, { readonly change: PlaceChange; readonly permissions: string[] }>();
    for (const permission of asked) {
      for (const { key, change } of compared(kind, permission)) {
        const known = found.get(key);
        if (known) known.permissions.push(permission.name);
        else found.set(key, { change, permissions: [permission.name] });
      }
    }
    return {
      key: JSON.stringify([...found].map(([key, { permissions: names }]) => [key, names])),
      changes: [...found.values()].map(({ change, permissions: names }) => ({ ...change, permissions: names })),
    };
  };
  return { kindOf, changesFor };
}

/** Compares where a permission is granted; what the same cells grant is compared once. */
function createPlaces(projects: ReadonlySet<string>) {
  const numberOf = createNumbers<Cell>();
  const known = new Map<string, readonly { readonly key: string; readonly change: PlaceChange }[]>();
  const keyOf = ({ before, after }: Sides, { scope }: Permission): string =>
    JSON.stringify([
      scope,
      ...[before, after].map((side) => side.map(({ inProjects, cells }) => [inProjects, ...cells.map(numberOf)])),
    ]);
  return (kind: Kind, permission: Permission) => {
    const sides = { before: neededIn(kind.before, permission), after: neededIn(kind.after, permission) };
    const key = keyOf(sides, permission);
    const changes =
      known.get(key) ??
      comparePlaces(sides, permission.scope === 'project', projects).map((change) => ({
        key: JSON.stringify(change),
        change,
      }));
    known.set(key, changes);
    return changes;
  };
}

function remember<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? find(key);
    known.set(key, value);
    return value;
  };
}

/** Numbers things by identity, so that keys made of them stay short. */
function createNumbers<T>(): (thing: T) => number {
  const numbers = new Map<T, number>();
  return (thing) => {
    const number = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, number);
    return number;
  };
}
