import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Pages } from '../components/Pages.tsx';
import { Problem } from '../components/Problem.tsx';
import { fetchRows } from '../resources/queries.ts';
import { type Resource, resourceOf } from '../resources/resources.ts';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { LogFilters } from './LogFilters.tsx';
import { LogTimeline } from './LogTimeline.tsx';
import { entryOf } from './log-entry.ts';
import { inputOf, logFilterIn, spanOf } from './log-filter.ts';
import { useMinute } from './useMinute.ts';

const LogChart = lazy(async () => ({ default: (await import('./LogChart.tsx')).LogChart }));

const pageSize = 30;

/** What was changed, by whom and when: how much of it, and each change. */
export function Logs() {
  const resource = resourceOf('logs');
  return resource === undefined ? null : <LogsOf resource={resource} />;
}

function LogsOf({ resource }: { readonly resource: Resource }) {
  const address = useAddress();
  const setAddress = useSetAddress();
  const filter = logFilterIn(address);
  const page = address.number('page', 1);
  const span = spanOf(filter, useMinute());
  // What happens now is seen at once, though the minute is not over.
  const asked = filter.range === 'custom' ? span : { from: span.from };
  const { data, error, isLoading } = useQuery({
    queryKey: [resource.key, 'list', asked, filter, page],
    queryFn: () =>
      fetchRows(resource, { ...inputOf(asked, filter), order_by: 'created_at_desc', page, page_size: pageSize }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        {resource.title}
      </Title>
      <LogFilters filter={filter} span={span} onChange={(next) => setAddress({ ...next, page: '' })} />
      <Suspense fallback={<Skeleton h={200} />}>
        <LogChart
          resource={resource}
          filter={filter}
          span={span}
          onSpan={({ from, to }) =>
            setAddress({
              range: 'custom',
              after: new Date(from).toISOString(),
              before: new Date(to).toISOString(),
              page: '',
            })
          }
        />
      </Suspense>
      <Problem failure={error} />
      {isLoading && <Skeleton h={200} />}
      {data?.total === 0 && <Text c="dimmed">{texts.logs.none}</Text>}
      {data && <LogTimeline entries={data.items.map(entryOf)} />}
      {data && (
        <Pages page={page} pageSize={pageSize} total={data.total} onPage={(next) => setAddress({ page: next })} />
      )}
    </Stack>
  );
}
