import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { send } from '../api/client.ts';
import { session } from '../api/session.ts';
import { isRecord } from '../components/format.ts';
import type { Filters } from './filters.ts';
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

/** What a page of a list is about. */
export interface Wanted {
  /** Part of a name or a description; everything when empty. */
  readonly q: string;
  readonly page: number;
  readonly pageSize: number;
  readonly order?: string;
  readonly filters?: Filters;
}

/** Pages of a hundred that are looked through: ten thousand things. */
const mostPages = 100;

/** All of a list, page after page. */
export async function fetchAll(resource: Resource, order?: string, filters: Filters = {}): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const wanted = { ...filters, page, page_size: 100, ...(order && { order_by: order }) };
    const { items, total } = await fetchRows(resource, wanted);
    all.push(...items);
    if (items.length === 0 || all.length >= total) break;
  }
  return all;
}

const isCalled = (resource: Resource, item: Item, wanted: string): boolean =>
  [item[resource.name], item.name, item.description].some((text) =>
    String(text ?? '')
      .toLowerCase()
      .includes(wanted),
  );

async function fetchWanted(resource: Resource, { q, page, pageSize, order, filters = {} }: Wanted): Promise<Rows> {
  if (q !== '' && resource.search === undefined) {
    const wanted = q.toLowerCase();
    const found = (await fetchAll(resource, order, filters)).filter((item) => isCalled(resource, item, wanted));
    return { items: found.slice((page - 1) * pageSize, page * pageSize), total: found.length };
  }
  return fetchRows(resource, {
    ...filters,
    page,
    page_size: pageSize,
    ...(order && { order_by: order }),
    ...(resource.search !== undefined && q !== '' && { [resource.search]: q }),
  });
}

/** One page of a list. What was looked through page by page is not looked through again every few seconds. */
export const rowsOf = (resource: Resource, wanted: Wanted) =>
  queryOptions({
    queryKey: [resource.key, 'list', wanted],
    queryFn: () => fetchWanted(resource, wanted),
    placeholderData: keepPreviousData,
    refetchInterval: wanted.q !== '' && resource.search === undefined ? false : refetchInterval,
  });

/** One of them, by its id. What has no operation of its own is found in its list. */
export const itemOf = (resource: Resource, id: string) =>
  queryOptions({
    queryKey: [resource.key, 'one', id],
    queryFn: async (): Promise<Item> => {
      if (resource.get === undefined || resource.idInput === undefined) {
        return (await fetchAll(resource)).find((item) => item[resource.id] === id) ?? {};
      }
      const answer = await send(resource.get, { [resource.idInput]: id });
      return isRecord(answer) ? answer : {};
    },
    refetchInterval: resource.get === undefined ? false : refetchInterval,
  });

/** Names to choose from: the first hundred that match. */
export const choicesOf = (resource: Resource, search: string) =>
  queryOptions({
    queryKey: [resource.key, 'choices', search],
    queryFn: () => fetchWanted(resource, { q: search, page: 1, pageSize: 100 }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
