import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface HeadedTableProps {
  /** Of all columns but the last, which holds what can be done. */
  readonly heads: readonly string[];
  /** The rows. */
  readonly children: ReactNode;
}

/** A short list of what belongs to a page. */
export function HeadedTable({ heads, children }: HeadedTableProps) {
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
