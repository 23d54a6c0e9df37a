import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { itemOf } from '../resources/queries.ts';
import type { Resource } from '../resources/resources.ts';

/** A thing by its name, linked to its page; by its id as long as the name is not known, or may not be. */
export function Named({ resource, id }: { readonly resource: Resource; readonly id: string }) {
  const { data } = useQuery({ ...itemOf(resource, id), staleTime: 60_000, refetchInterval: false, retry: false });
  const name = data?.[resource.name];
  return (
    <Anchor component={Link} to={`/${resource.key}/${encodeURIComponent(id)}`} size="sm">
      {typeof name === 'string' && name !== '' ? name : id}
    </Anchor>
  );
}
