import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { choicesOf } from '../resources/queries.ts';
import type { Resource } from '../resources/resources.ts';
import { texts } from '../texts.ts';

interface ReferenceInputProps {
  readonly resource: Resource;
  readonly label: string;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly name?: string;
  readonly value: string | readonly string[];
  readonly isList: boolean;
  readonly onChange: (value: string | readonly string[]) => void;
}

/** Chooses things of a kind by their names; what is kept is their ids. */
export function ReferenceInput({ resource, value, isList, onChange, ...shared }: ReferenceInputProps) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 200);
  const { data } = useQuery(choicesOf(resource, asked));
  const found = (data?.items ?? []).map((item) => ({
    value: String(item[resource.chosenBy ?? resource.id]),
    label: String(item[resource.name]),
  }));
  const chosen = [value].flat().filter((each) => each !== '');
  const known = new Set(found.map((each) => each.value));
  // What was chosen stays a choice, whatever is searched for.
  const choices = [
    ...found,
    ...chosen.filter((each) => !known.has(each)).map((each) => ({ value: each, label: each })),
  ];
  const common = {
    ...shared,
    data: choices,
    searchable: true,
    clearable: true,
    searchValue: search,
    onSearchChange: setSearch,
    placeholder: texts.form.choose,
    nothingFoundMessage: texts.list.noMatch,
  };
  if (isList) return <MultiSelect {...common} value={chosen} onChange={onChange} hidePickedOptions />;
  return <Select {...common} value={chosen[0] ?? null} onChange={(next) => onChange(next ?? '')} />;
}
