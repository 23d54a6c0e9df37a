/**
 * A text whose bytes order names as people expect: case and accents count only between names that are otherwise the
 * same. Stored beside the name, so that both databases order alike without a collation of their own.
 */
export function sortKey(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return `${plain}\u0001${name}`;
}
