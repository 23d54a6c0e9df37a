import { Anchor, Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Cell } from './Cell.tsx';
import type { Item } from './queries.ts';
import type { Resource } from './resources.ts';

interface LinkedCellsProps {
  readonly resource: Resource;
  readonly columns: readonly string[];
  readonly item: Item;
}

/** The cells of a thing in a table. The first leads to its page. */
export const LinkedCells = ({ resource, columns, item }: LinkedCellsProps) =>
  columns.map((column, index) => (
    <Table.Td key={column} miw={80}>
      {index === 0 ? (
        <Anchor
          component={Link}
          to={`/${resource.key}/${encodeURIComponent(String(item[resource.id]))}`}
          size="sm"
          fw={600}
        >
          <Cell resource={resource} column={column} item={item} />
        </Anchor>
      ) : (
        <Cell resource={resource} column={column} item={item} />
      )}
    </Table.Td>
  ));
