import { Badge, Group, MultiSelect, Select, Text } from '@mantine/core';
import { useState } from 'react';
import { texts } from '../texts.ts';
import { findSets, type PermissionSet, scopeTypeOf } from './permission-sets.ts';

interface SetPickerProps {
  readonly sets: ReadonlyMap<string, PermissionSet>;
  readonly value: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (names: readonly string[]) => void;
}

/** Permission sets found by words and by product. Only those are offered that can stand beside the ones chosen. */
export function SetPicker({ sets, value, error, onChange }: SetPickerProps) {
  const [product, setProduct] = useState<string | null>(null);
  const scopeType = scopeTypeOf(value, sets);
  const fitting = [...sets.values()].filter((set) => scopeType === null || set.scopeType === scopeType);
  const products = [...new Set(fitting.flatMap(({ categories }) => categories))].sort();
  const offered = fitting.filter(({ categories }) => product === null || categories.includes(product));
  const left = offered.filter(({ name }) => !value.includes(name));
  return (
    <Group align="start">
      <MultiSelect
        flex="1 1 20rem"
        label={texts.rules.sets}
        description={scopeType === null ? texts.rules.setsHint : texts.rules.fitting(texts.rules.scopeType(scopeType))}
        error={error}
        placeholder={texts.form.choose}
        data={[...new Set([...value, ...left.map(({ name }) => name)])]}
        value={[...value]}
        onChange={onChange}
        filter={({ search }) =>
          findSets(left, search).map(({ name }) => ({ value: name, label: name, disabled: false }))
        }
        renderOption={({ option }) => <SetOption set={sets.get(option.value)} />}
        nothingFoundMessage={texts.rules.noSet}
        // The list itself is what scrolls: a box around it that only a mouse can scroll would be out of reach.
        withScrollArea={false}
        styles={{ options: { maxHeight: '22rem', overflowY: 'auto' } }}
        comboboxProps={{ portalProps: { target: 'main' } }}
        searchable
        clearable
        hidePickedOptions
      />
      <Select
        flex="1 1 10rem"
        label={texts.rules.product}
        description={texts.rules.productHint}
        placeholder={texts.rules.anyProduct}
        data={products}
        value={product}
        onChange={setProduct}
        searchable
        clearable
      />
    </Group>
  );
}

function SetOption({ set }: { readonly set: PermissionSet | undefined }) {
  if (set === undefined) return null;
  return (
    <div>
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {set.name}
        </Text>
        <Badge variant="outline" size="xs" color="gray">
          {texts.rules.scopeType(set.scopeType)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {set.description}
      </Text>
    </div>
  );
}
