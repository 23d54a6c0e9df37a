import { Anchor, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Failure } from '../api/failure.ts';
import { labelOf } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';
import { type Filters, type Relation, relationsOf, searchOf } from './filters.ts';
import { LinkedCells } from './LinkedCells.tsx';
import { rowsOf } from './queries.ts';
import type { Resource } from './resources.ts';

/** As many as can be looked over; the list itself has the others. */
const shown = 5;
/** The columns after the name that say the most. */
const columnsBeside = 2;

/** Things of other kinds that belong to it. */
export function RelatedLists({ resource, id }: { readonly resource: Resource; readonly id: string }) {
  const relations = relationsOf(resource);
  if (relations.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      {relations.map((relation) => (
        <RelatedList key={relation.resource.key} {...relation} id={id} />
      ))}
    </SimpleGrid>
  );
}

interface RelatedListProps extends Partial<Pick<Relation, 'input'>> {
  readonly resource: Relation['resource'];
  /** The thing that they belong to. */
  readonly id?: string;
}

/** The first things that belong to another, with the way to all of them. */
export function RelatedList({ resource, input, id }: RelatedListProps) {
  const filters: Filters = input === undefined || id === undefined ? {} : { [input]: [id] };
  const { data, error } = useQuery({ ...rowsOf(resource, { q: '', page: 1, pageSize: shown, filters }), retry: false });
  // Who may not list them learns nothing here; the page of the list says what is missing.
  if (error instanceof Failure && error.status === 403) return null;
  const rows = data?.items ?? [];
  const [first = '', ...others] = resource.columns;
  const columns = [
    first,
    ...others.filter((name) => name !== 'principal' && name !== 'bearer').slice(0, columnsBeside),
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label={resource.title}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {resource.title}
          </Title>
          {data !== undefined && data.total > 0 && (
            <Anchor
              size="sm"
              renderRoot={(props) => <Link {...props} to={`/${resource.key}`} search={searchOf(filters)} />}
            >
              {texts.related.all(data.total)}
            </Anchor>
          )}
        </Group>
        <Problem failure={error} />
        {data !== undefined && rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {texts.related.none}
          </Text>
        )}
        {rows.length > 0 && (
          <Table.ScrollContainer minWidth={420}>
            <Table verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  {columns.map((column) => (
                    <Table.Th key={column}>{labelOf(column)}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((item) => (
                  <Table.Tr key={String(item[resource.id])}>
                    <LinkedCells resource={resource} columns={columns} item={item} />
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Paper>
  );
}
