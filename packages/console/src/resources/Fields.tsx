import { Paper, SimpleGrid, Text } from '@mantine/core';
import { fieldsOf } from '../api/contract.ts';
import { labelOf } from '../components/format.ts';
import { Value } from '../components/Value.tsx';
import { Tags } from './Cell.tsx';
import type { Item } from './queries.ts';
import type { Resource } from './resources.ts';

interface FieldsProps {
  readonly resource: Resource;
  readonly item: Item;
  /** All of them when left out. */
  readonly only?: readonly string[];
}

/** What is known of a thing, field by field. */
export function Fields({ resource, item, only }: FieldsProps) {
  const shown = fieldsOf(resource.type).filter(
    ({ key }) =>
      key in item && key !== 'srn' && !resource.apart?.includes(key) && (only === undefined || only.includes(key)),
  );
  return (
    <Paper withBorder p="md">
      <SimpleGrid component="dl" cols={{ base: 1, sm: 2, lg: 3 }} m={0}>
        {shown.map((field) => {
          const value = item[field.key];
          return (
            <div key={field.key}>
              <Text component="dt" size="xs" c="dimmed">
                {labelOf(field.key)}
              </Text>
              <Text component="dd" m={0} size="sm">
                {field.key === 'tags' && Array.isArray(value) && value.length > 0 ? (
                  <Tags resource={resource} tags={value.map(String)} />
                ) : (
                  <Value name={field.key} field={field} value={value} />
                )}
              </Text>
            </div>
          );
        })}
      </SimpleGrid>
    </Paper>
  );
}
