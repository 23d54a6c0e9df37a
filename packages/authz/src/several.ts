/**
 * Values by key, none of them a set. Most keys of a large organization have one value, which is kept as it is: a set of
 * its own would take ten times the memory.
 */
export interface Several<K, V> {
  readonly held: Map<K, V | Set<V>>;
}

export function createSeveral<K, V>(): Several<K, V> {
  return { held: new Map() };
}

/** The values of a key, in the order in which they came. */
export function valuesOf<K, V>({ held }: Several<K, V>, key: K): readonly V[] {
  const values = held.get(key);
  if (values === undefined) return [];
  return values instanceof Set ? [...values] : [values];
}

/** How many values a key has. */
export function countOf<K, V>({ held }: Several<K, V>, key: K): number {
  const values = held.get(key);
  if (values === undefined) return 0;
  return values instanceof Set ? values.size : 1;
}

export function addValue<K, V>({ held }: Several<K, V>, key: K, value: V): void {
  const values = held.get(key);
  if (values === undefined) held.set(key, value);
  else if (values instanceof Set) values.add(value);
  else if (values !== value) held.set(key, new Set([values, value]));
}

export function removeValue<K, V>({ held }: Several<K, V>, key: K, value: V): void {
  const values = held.get(key);
  if (values === value) held.delete(key);
  if (!(values instanceof Set)) return;
  values.delete(value);
  const [only] = values;
  if (values.size === 1 && only !== undefined) held.set(key, only);
}

export function removeKey<K, V>({ held }: Several<K, V>, key: K): void {
  held.delete(key);
}

export function clearSeveral<K, V>({ held }: Several<K, V>): void {
  held.clear();
}
