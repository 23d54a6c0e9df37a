import { Badge, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { fieldsOf } from '../api/contract.ts';
import { inputOf } from '../components/form-values.ts';
import { Principal, Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';
import { filtersOf } from './filters.ts';
import type { Item } from './queries.ts';
import type { Resource } from './resources.ts';

interface CellProps {
  readonly resource: Resource;
  readonly column: string;
  readonly item: Item;
}

/** One field of one thing, as short as a table wants it. */
export function Cell({ resource, column, item }: CellProps) {
  if (column === 'principal' || column === 'bearer') return <Principal item={item} />;
  const value = item[column];
  if (column === 'tags' && Array.isArray(value) && value.length > 0)
    return <Tags resource={resource} tags={value.map(String)} />;
  if (column.endsWith('_ids') && Array.isArray(value)) return <Text size="sm">{value.length}</Text>;
  const field = fieldsOf(resource.type).find(({ key }) => key === column);
  if (column === resource.columns[0] && typeof value === 'string' && !column.endsWith('_at'))
    return <>{value || texts.detail.empty}</>;
  return <Value name={column} {...(field && { field })} value={value} />;
}

interface TagsProps {
  readonly resource: Resource;
  readonly tags: readonly string[];
}

/** Each leads to everything that has it, where the list can be asked for that. */
export function Tags({ resource, tags }: TagsProps) {
  if (!filtersOf(resource).some((argument) => inputOf(argument) === 'tag')) return <Value name="tags" value={tags} />;
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          renderRoot={(props) => <Link {...props} to={`/${resource.key}`} search={{ tag }} />}
          variant="light"
          tt="none"
          miw={72}
          style={{ cursor: 'pointer' }}
        >
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
