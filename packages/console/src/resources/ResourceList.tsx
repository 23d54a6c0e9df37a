import { Button, Checkbox, Group, Progress, Stack, Table, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { labelOf } from '../components/format.ts';
import { Pages } from '../components/Pages.tsx';
import { Problem } from '../components/Problem.tsx';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { type Filters, filtersIn, filtersOf, searchOf } from './filters.ts';
import { LinkedCells } from './LinkedCells.tsx';
import { rowsOf } from './queries.ts';
import type { Resource } from './resources.ts';
import { useBulkDelete } from './useBulkDelete.tsx';

/** Forms are loaded when the first of them is wanted. */
const CreateDrawer = lazy(async () => ({ default: (await import('./CreateDrawer.tsx')).CreateDrawer }));
const EmptyList = lazy(async () => ({ default: (await import('./EmptyList.tsx')).EmptyList }));
const ListFilters = lazy(async () => ({ default: (await import('./ListFilters.tsx')).ListFilters }));
const ChosenFilters = lazy(async () => ({ default: (await import('./ListFilters.tsx')).ChosenFilters }));

const pageSize = 20;

/** What the address says of a list: every state of it is a link. */
interface ListSearch {
  readonly q?: string;
  readonly page?: number;
  readonly order?: string;
  readonly create?: boolean;
  readonly filters?: Filters;
  readonly narrow?: boolean;
}

export function ResourceList({ resource }: { readonly resource: Resource }) {
  const address = useAddress();
  const [q, page, order] = [address.text('q'), address.number('page', 1), address.text('order')];
  const navigate = useNavigate();
  const filters = filtersIn(address, resource);
  const isNarrowing = address.flag('narrow');
  const isNarrowed = q !== '' || Object.keys(filters).length > 0;
  const go = ({ filters: nextFilters = filters, narrow = isNarrowing, ...next }: ListSearch) =>
    void navigate({
      to: `/${resource.key}`,
      search: {
        ...searchOf(nextFilters),
        ...(q && { q }),
        ...(order && { order }),
        ...(narrow && { narrow }),
        ...next,
      },
      replace: true,
    });
  const [typed, setTyped] = useState(q);
  const filter = useDebouncedCallback((text: string) => go({ q: text }), 250);
  const { data, error, isPending } = useQuery(
    rowsOf(resource, { q, page, pageSize, filters, ...(order && { order }) }),
  );
  const [selected, setSelected] = useState<readonly string[]>([]);
  const bulk = useBulkDelete(resource, () => setSelected([]));
  const rows = data?.items ?? [];
  const total = data?.total ?? 0;
  const ids = rows.map((item) => String(item[resource.id]));
  const deletable = resource.remove !== undefined;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {resource.title}
        </Title>
        {resource.create && <Button onClick={() => go({ create: true })}>{texts.list.create}</Button>}
      </Group>
      <Group>
        <TextInput
          aria-label={texts.list.search}
          placeholder={texts.list.search}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            filter(event.currentTarget.value);
          }}
        />
        {filtersOf(resource).length > 0 && (
          <Button variant="default" aria-expanded={isNarrowing} onClick={() => go({ narrow: !isNarrowing })}>
            {texts.list.filter}
          </Button>
        )}
        <Suspense>
          {Object.keys(filters).length > 0 && (
            <ChosenFilters filters={filters} onChange={(next) => go({ filters: next })} />
          )}
        </Suspense>
        {selected.length > 0 && (
          <>
            <Text size="sm">{texts.list.selected(selected.length)}</Text>
            <Button color="red" variant="light" onClick={() => bulk.ask(selected)}>
              {texts.list.deleteSelected}
            </Button>
          </>
        )}
      </Group>
      <Suspense>
        {isNarrowing && (
          <ListFilters resource={resource} filters={filters} onChange={(next) => go({ filters: next })} />
        )}
      </Suspense>
      {bulk.progress !== null && (
        <Progress
          value={(bulk.progress.done / bulk.progress.total) * 100}
          aria-label={texts.list.deleting(bulk.progress.done, bulk.progress.total)}
        />
      )}
      <Problem failure={error ?? bulk.failure} />
      {!isPending && rows.length === 0 ? (
        <Suspense>
          <EmptyList resource={resource} isNarrowed={isNarrowed} onCreate={() => go({ create: true })} />
        </Suspense>
      ) : (
        <Table.ScrollContainer minWidth={600}>
          <Table highlightOnHover verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                {deletable && (
                  <Table.Th w={40}>
                    <Checkbox
                      aria-label={texts.list.all}
                      disabled={ids.length === 0}
                      checked={ids.length > 0 && ids.every((id) => selected.includes(id))}
                      onChange={(event) => setSelected(event.currentTarget.checked ? ids : [])}
                    />
                  </Table.Th>
                )}
                {resource.columns.map((column) => (
                  <Heading
                    key={column}
                    resource={resource}
                    column={column}
                    order={order}
                    onOrder={(next) => go({ order: next })}
                  />
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((item) => {
                const id = String(item[resource.id]);
                return (
                  <Table.Tr key={id}>
                    {deletable && (
                      <Table.Td>
                        <Checkbox
                          aria-label={`${texts.list.one} ${String(item[resource.name])}`}
                          checked={selected.includes(id)}
                          onChange={(event) =>
                            setSelected(
                              event.currentTarget.checked ? [...selected, id] : selected.filter((each) => each !== id),
                            )
                          }
                        />
                      </Table.Td>
                    )}
                    <LinkedCells resource={resource} columns={resource.columns} item={item} />
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Pages page={page} pageSize={pageSize} total={total} onPage={(next) => go({ page: next })} />
      {resource.create && address.flag('create') && (
        <Suspense>
          <CreateDrawer resource={resource} onClose={() => go({})} />
        </Suspense>
      )}
    </Stack>
  );
}

interface HeadingProps {
  readonly resource: Resource;
  readonly column: string;
  readonly order: string;
  readonly onOrder: (order: string) => void;
}

function Heading({ resource, column, order, onOrder }: HeadingProps) {
  const by = resource.orders[column];
  const label = labelOf(column);
  if (by === undefined) return <Table.Th>{label}</Table.Th>;
  const direction = order === `${by}_asc` ? 'ascending' : order === `${by}_desc` ? 'descending' : 'none';
  return (
    <Table.Th aria-sort={direction}>
      <UnstyledButton
        fw={700}
        fz="sm"
        aria-label={texts.list.sort(label)}
        onClick={() => onOrder(direction === 'ascending' ? `${by}_desc` : `${by}_asc`)}
      >
        {label} {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}
      </UnstyledButton>
    </Table.Th>
  );
}
