import type { OperationById, Output } from '@bailiwick/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../api/client.ts';

/** A permission that somebody has, and where. */
export type Reach = Output<OperationById<'decisions.whatCan'>>['permissions'][number];

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
    enabled: isWanted,
    staleTime: 30_000,
    retry: false,
  });
  const goesOn = hasNextPage && error === null;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return {
    permissions: data?.pages.flatMap(({ permissions }) => permissions) ?? [],
    total: data?.pages[0]?.total_count ?? 0,
    isReading: isFetching || goesOn,
    error,
  };
}
