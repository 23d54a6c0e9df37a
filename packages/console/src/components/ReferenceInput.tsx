import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { choicesOf, itemOf } from '../resources/queries.ts';
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
  const chosen = [value].flat().filter((each) => each !== '');
  const chosenName = useNameOf(resource, isList ? '' : (chosen[0] ?? ''));
  // What was chosen stands where one searches, and is not searched for.
  const [asked] = useDebouncedValue(search === chosenName ? '' : search, 200);
  const { data } = useQuery(choicesOf(resource, asked));
  useEffect(() => {
    if (chosenName !== '') setSearch(chosenName);
  }, [chosenName]);
  const found = (data?.items ?? []).map((item) => ({
    value: String(item[resource.chosenBy ?? resource.id]),
    label: String(item[resource.name]),
  }));
  const known = new Set(found.map((each) => each.value));
  // What was chosen stays a choice, whatever is searched for.
  const choices = [
    ...found,
    ...chosen.filter((each) => !known.has(each)).map((each) => ({ value: each, label: chosenName || each })),
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

/** The name of what was chosen, which need not be among the first that are offered; empty until it is known. */
function useNameOf(resource: Resource, id: string): string {
  const isId = id !== '' && resource.chosenBy === undefined;
  const { data, isError } = useQuery({
    ...itemOf(resource, id),
    enabled: isId,
    staleTime: 60_000,
    refetchInterval: false,
    retry: false,
  });
  if (!isId || isError) return id;
  return data === undefined ? '' : String(data[resource.name] ?? id);
}
