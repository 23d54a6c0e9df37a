import { useQuery } from '@tanstack/react-query';
import { fetchAll } from '../resources/queries.ts';
import { resourceOf } from '../resources/resources.ts';

/** Where a permission set, which rules know by its name, has its page; the list with that name until its id is known. */
export function usePermissionSetAddress(): (name: string) => string {
  const resource = resourceOf('permission-sets');
  const { data } = useQuery({
    queryKey: ['permission-sets', 'ids'],
    queryFn: async () => {
      const sets = resource === undefined ? [] : await fetchAll(resource);
      return new Map(sets.map(({ id, name }) => [String(name), String(id)]));
    },
    staleTime: 600_000,
  });
  return (name) => {
    const id = data?.get(name);
    return id === undefined ? '/permission-sets' : `/permission-sets/${id}`;
  };
}
