import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { fetchRows } from '../resources/queries.ts';
import { type Resource, resourceOf } from '../resources/resources.ts';
import type { LogEntry } from './log-entry.ts';

/** Something that still exists, with its page. */
export interface Named {
  readonly resource: Resource;
  readonly name: string;
}

/** Kinds of things in the log: where they are listed, and the input of that list that takes ids. */
const kinds: Readonly<Record<string, { readonly key: string; readonly input: string }>> = {
  user: { key: 'users', input: 'user_ids' },
  application: { key: 'applications', input: 'application_ids' },
  group: { key: 'groups', input: 'group_ids' },
  policy: { key: 'policies', input: 'policy_ids' },
  api_key: { key: 'api-keys', input: 'access_keys' },
};

/** What the entries are about and who did it, by id: one question for each kind. What is gone is not among them. */
export function useNames(entries: readonly LogEntry[]): ReadonlyMap<string, Named> {
  const wanted = Object.entries(kinds).map(([kind, place]) => ({ ...place, ids: idsOf(kind, entries) }));
  const { data } = useQuery({
    queryKey: ['logs', 'names', wanted.flatMap(({ ids }) => ids)],
    queryFn: async () => new Map((await Promise.all(wanted.map(namesIn))).flat()),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  return data ?? new Map();
}

/** The log does not say whether a user or an application has done it. */
function idsOf(kind: string, entries: readonly LogEntry[]): readonly string[] {
  const things = entries.filter(({ resource_type }) => resource_type === kind).map(({ resource_id }) => resource_id);
  const bearers = kind === 'user' || kind === 'application' ? entries.map(({ bearer_id }) => bearer_id) : [];
  return [...new Set([...things, ...bearers])].filter((id) => id !== '').sort();
}

interface Wanted {
  readonly key: string;
  readonly input: string;
  readonly ids: readonly string[];
}

/** Who may not list a kind of things reads their ids. */
async function namesIn({ key, input, ids }: Wanted): Promise<readonly (readonly [string, Named])[]> {
  const resource = resourceOf(key);
  if (resource === undefined || ids.length === 0) return [];
  const { items } = await fetchRows(resource, { [input]: ids, page_size: 100 }).catch(() => ({ items: [] }));
  return items.map((item) => [String(item[resource.id]), { resource, name: String(item[resource.name] ?? '') }]);
}
