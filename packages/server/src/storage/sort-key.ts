/**
 * A text whose bytes order names as people expect: case and accents count only between names that are otherwise the
 * same. Stored beside the name, so that both databases order alike without a collation of their own.
 */
export function sortKey(name: string): string {
  return `${plain(name)}\u0001${name}`;
}

/** The keys of all names that differ from this one in case and accents alone: from the first, to before the second. */
export function sortKeysLike(name: string): readonly [from: string, before: string] {
  return [`${plain(name)}\u0001`, `${plain(name)}\u0002`];
}

const plain = (name: string): string => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
