import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { send } from '../api/client.ts';
import { session } from '../api/session.ts';
import { isRecord } from '../components/format.ts';
import type { Resource } from './resources.ts';

export type Item = Readonly<Record<string, unknown>>;

export interface Rows {
  readonly items: readonly Item[];
  readonly total: number;
}

/** What somebody else changes is seen within this time, in milliseconds. */
const refetchInterval = 5_000;

/** Inputs that whoever is signed in stands in for. */
async function alwaysOf({ always = {} }: Resource): Promise<Record<string, string>> {
  const { user_id, organization_id } = await session();
  const known: Readonly<Record<string, string>> = { $user: user_id, $organization: organization_id };
  return Object.fromEntries(Object.entries(always).map(([name, value]) => [name, known[value] ?? value]));
}

export async function fetchRows(resource: Resource, input: Readonly<Record<string, unknown>>): Promise<Rows> {
  const answer = await send(resource.list, { ...(await alwaysOf(resource)), ...input });
  if (!isRecord(answer)) return { items: [], total: 0 };
  const items = answer[resource.items];
  return { items: Array.isArray(items) ? items.filter(isRecord) : [], total: Number(answer.total_count ?? 0) };
}

/** One page of a list. */
export const rowsOf = (resource: Resource, input: Readonly<Record<string, unknown>>) =>
  queryOptions({
    queryKey: [resource.key, 'list', input],
    queryFn: () => fetchRows(resource, input),
    placeholderData: keepPreviousData,
    refetchInterval,
  });

/** One of them, by its id. What has no operation of its own is found in its list. */
export const itemOf = (resource: Resource, id: string) =>
  queryOptions({
    queryKey: [resource.key, 'one', id],
    queryFn: async (): Promise<Item> => {
      if (resource.get === undefined || resource.idInput === undefined) {
        const { items } = await fetchRows(resource, { page_size: 100 });
        return items.find((item) => item[resource.id] === id) ?? {};
      }
      const answer = await send(resource.get, { [resource.idInput]: id });
      return isRecord(answer) ? answer : {};
    },
    refetchInterval,
  });

/** Names to choose from: the first hundred that match. */
export const choicesOf = (resource: Resource, search: string) =>
  queryOptions({
    queryKey: [resource.key, 'choices', search],
    queryFn: () =>
      fetchRows(resource, {
        page_size: 100,
        ...(resource.filter !== undefined && search !== '' && { [resource.filter]: search }),
      }),
    staleTime: 10_000,
  });
