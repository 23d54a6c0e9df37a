import type { OperationById, Output } from '@bailiwick/contract';
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../api/client.ts';

type Answer = Output<OperationById<'decisions.whatCan'>>;

/** A permission that somebody has, and where. */
export interface Reach {
  readonly permission: string;
  readonly scope: 'organization' | 'all_projects' | 'projects';
  /** Names by ids; of what holds in all projects, none. */
  readonly projects: ReadonlyMap<string, string>;
  /** What is searched for words. */
  readonly text: string;
}

const pageSize = 100;
/** Five thousand permissions, far beyond any catalogue that people read. */
const mostPages = 50;

export interface Reached {
  readonly permissions: readonly Reach[];
  readonly total: number;
  readonly isReading: boolean;
  readonly error: Error | null;
}

/** Everything that a principal may do, read page after page; of whoever is signed in when nobody is named. */
export function useReach(principal: string, { isWanted = true } = {}): Reached {
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: ['what-can', principal],
    queryFn: ({ pageParam: page }) =>
      call('decisions.whatCan', {
        page,
        page_size: pageSize,
        ...(principal !== '' && { subject: { principal_id: principal } }),
      }),
    initialPageParam: 1,
    getNextPageParam: ({ total_count }, pages) =>
      pages.length * pageSize < total_count && pages.length < mostPages ? pages.length + 1 : undefined,
    select: together,
    enabled: isWanted,
    staleTime: 30_000,
    retry: false,
  });
  const goesOn = hasNextPage && error === null;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return { permissions: [], total: 0, ...data, isReading: isFetching || goesOn, error };
}

/** Where there are many projects an answer names them over and over; only what single projects add is kept. */
const together = ({ pages }: InfiniteData<Answer>): Pick<Reached, 'permissions' | 'total'> => ({
  permissions: pages.flatMap(({ permissions }) => permissions.map(reachOf)),
  total: pages[0]?.total_count ?? 0,
});

/** A permission on projects that holds everywhere names all projects; one on the organization names none. */
function reachOf({ permission, organization, projects }: Answer['permissions'][number]): Reach {
  if (organization) {
    const scope = projects.length > 0 ? 'all_projects' : 'organization';
    return { permission, scope, projects: new Map(), text: permission.toLowerCase() };
  }
  const names = projects.map(({ id, name }) => name || id);
  return {
    permission,
    scope: 'projects',
    projects: new Map(projects.map(({ id }, index) => [id, names[index] ?? id])),
    text: [permission, ...names].join('\n').toLowerCase(),
  };
}
