import { useQuery } from '@tanstack/react-query';
import { fetchAll } from '../resources/queries.ts';
import { resourceOf } from '../resources/resources.ts';

/** A permission set as it is chosen. */
export interface PermissionSet {
  readonly name: string;
  readonly scopeType: string;
  readonly description: string;
  readonly categories: readonly string[];
}

/** All that rules can be made of, by name. */
export function usePermissionSets() {
  return useQuery({
    queryKey: ['permission-sets', 'all'],
    queryFn: async (): Promise<ReadonlyMap<string, PermissionSet>> => {
      const resource = resourceOf('permission-sets');
      const all = resource === undefined ? [] : await fetchAll(resource, 'name_asc');
      return new Map(
        all.map(({ name, scope_type, description, categories }) => [
          String(name),
          {
            name: String(name),
            scopeType: String(scope_type),
            description: String(description),
            categories: Array.isArray(categories) ? categories.map(String) : [],
          },
        ]),
      );
    },
    staleTime: 60_000,
  });
}

/** What the sets of a rule have in common: a rule has sets of one scope type. Null where none is known. */
export const scopeTypeOf = (names: readonly string[], sets: ReadonlyMap<string, PermissionSet>): string | null =>
  names.flatMap((name) => sets.get(name)?.scopeType ?? [])[0] ?? null;

/** Those that have every word in their name, subject or description; those with all of them in the name come first. */
export function findSets(sets: readonly PermissionSet[], search: string): readonly PermissionSet[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const hasAll = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = sets.filter(({ name, description, categories }) =>
    hasAll([name, description, ...categories].join(' ')),
  );
  return [...found.filter(({ name }) => hasAll(name)), ...found.filter(({ name }) => !hasAll(name))];
}
