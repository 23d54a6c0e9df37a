import { Group, Pagination, Text } from '@mantine/core';
import { texts } from '../texts.ts';

interface PagesProps {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Where one is in a long list, and the way on; nothing where all fits on one page. */
export function Pages({ page, pageSize, total, onPage }: PagesProps) {
  if (total <= pageSize) return null;
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        {texts.list.page((page - 1) * pageSize + 1, Math.min(page * pageSize, total), total)}
      </Text>
      <Pagination
        value={page}
        total={Math.ceil(total / pageSize)}
        onChange={onPage}
        getControlProps={(control) => ({ 'aria-label': texts.list.control[control] })}
      />
    </Group>
  );
}
