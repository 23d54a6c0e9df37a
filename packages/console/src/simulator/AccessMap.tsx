import { Group, Pagination, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useMemo } from 'react';
import { StateLink } from '../components/StateLink.tsx';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { type Column, columnsOf, deepest, type MapRow, mapRows, nameAt } from './access-map.ts';
import { type AskedPrincipal, whyAddress } from './question.ts';
import type { Reach } from './useReach.ts';

/** Columns of single projects beside each other; there may be hundreds. */
const projectsAtOnce = 6;
/** So many rows are shown without being asked for. */
const rowsAtOnce = 80;

interface AccessMapProps {
  readonly asked: AskedPrincipal;
  readonly reach: readonly Reach[];
}

/** What somebody may do, service by service and place by place: the darker, the more. Each permission leads to its reasons. */
export function AccessMap({ asked, reach }: AccessMapProps) {
  const { number } = useAddress();
  const setAddress = useSetAddress();
  const [open, toggle] = useOpenRows(reach);
  const all = useMemo(() => columnsOf(reach), [reach]);
  const projects = all.filter(({ kind }) => kind === 'project');
  const page = number('columns', 1);
  const shown = projects.slice((page - 1) * projectsAtOnce, page * projectsAtOnce);
  const columns = [...all.filter(({ kind }) => kind !== 'project'), ...shown];
  const rows = mapRows(reach, columns, (name) => open.has(name));
  const most = largestCounts(rows);
  return (
    <Stack gap="xs">
      {projects.length > projectsAtOnce && (
        <Group justify="end">
          <Text size="sm">{texts.map.projects(projects.length)}</Text>
          <Pagination
            size="sm"
            value={page}
            total={Math.ceil(projects.length / projectsAtOnce)}
            onChange={(next) => setAddress({ columns: next })}
            getControlProps={(control) => ({ 'aria-label': texts.list.control[control] })}
          />
        </Group>
      )}
      <Table.ScrollContainer minWidth={200 + columns.length * 130}>
        <Table withColumnBorders layout="fixed" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={200}>{texts.map.what}</Table.Th>
              {columns.map((column) => (
                <Table.Th key={keyOf(column)} style={{ overflowWrap: 'anywhere' }}>
                  {labelOf(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Th scope="row" fw={row.depth === 1 ? 700 : 400} pl={row.depth * 16}>
                  <RowName row={row} isOpen={open.has(row.name)} onToggle={() => toggle(row.name)} />
                </Table.Th>
                {columns.map((column, index) => (
                  <MapCell
                    key={keyOf(column)}
                    asked={asked}
                    row={row}
                    column={column}
                    count={row.counts[index] ?? 0}
                    most={most.get(row.depth) ?? 1}
                  />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

/** The largest count among services, and among resources. A single permission is pale: it holds a link. */
function largestCounts(rows: readonly MapRow[]): ReadonlyMap<number, number> {
  const byDepth = [...Map.groupBy(rows, ({ depth }) => depth)];
  return new Map(
    byDepth.map(([depth, those]) => [
      depth,
      depth === deepest ? Number.POSITIVE_INFINITY : Math.max(...those.flatMap(({ counts }) => counts)),
    ]),
  );
}

/** Which rows are open, as the address says; when it says nothing, as many levels as can be looked over. */
function useOpenRows(reach: readonly Reach[]): readonly [ReadonlySet<string>, (name: string) => void] {
  const said = useAddress().text('open');
  const setAddress = useSetAddress();
  const names = (depth: number) => new Set(reach.map(({ permission }) => nameAt(permission, depth)));
  const [services, resources] = [names(1), names(2)];
  const fitting = [
    ...(services.size + resources.size <= rowsAtOnce ? services : []),
    ...(reach.length + resources.size <= rowsAtOnce / 2 ? resources : []),
  ];
  const open = new Set(said === '' ? fitting : said.split(','));
  const toggle = (name: string) => {
    const next = open.has(name) ? [...open].filter((each) => each !== name) : [...open, name];
    setAddress({ open: next.join() || 'none' });
  };
  return [open, toggle];
}

interface RowNameProps {
  readonly row: MapRow;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

const RowName = ({ row, isOpen, onToggle }: RowNameProps) =>
  row.depth === deepest ? (
    <Text size="sm">{row.label}</Text>
  ) : (
    <UnstyledButton onClick={onToggle} aria-expanded={isOpen} fz="sm" fw="inherit">
      <span aria-hidden>{isOpen ? '▾' : '▸'}</span> {row.label}
    </UnstyledButton>
  );

interface MapCellProps extends Pick<AccessMapProps, 'asked'> {
  readonly row: MapRow;
  readonly column: Column;
  readonly count: number;
  /** The largest count of its kind. */
  readonly most: number;
}

function MapCell({ asked, row, column, count, most }: MapCellProps) {
  if (count === 0) return <Table.Td />;
  return (
    <Table.Td style={{ background: heat(count / most) }}>
      {row.depth === deepest ? (
        <StateLink
          {...whyAddress({ ...asked, permission: row.name, project: column.kind === 'project' ? column.id : '' })}
          label={texts.map.why(row.name, labelOf(column))}
        >
          {texts.simulator.why}
        </StateLink>
      ) : (
        <Text size="sm">{count}</Text>
      )}
    </Table.Td>
  );
}

/** Pale enough for text on it, in light and dark. */
const heat = (share: number): string =>
  `color-mix(in srgb, var(--mantine-color-teal-6) ${Math.round(6 + 24 * share)}%, transparent)`;

const keyOf = (column: Column): string => (column.kind === 'project' ? column.id : column.kind);

const labelOf = (column: Column): string => (column.kind === 'project' ? column.name : texts.map.scopes[column.kind]);
