import { Group, Paper, Pill, Select, SimpleGrid, TextInput } from '@mantine/core';
import type { Argument } from '../api/contract.ts';
import { FormInput } from '../components/FormInput.tsx';
import { inputOf } from '../components/form-values.ts';
import { Named } from '../components/Named.tsx';
import { texts } from '../texts.ts';
import { type Filters, filtersOf, spokenInput } from './filters.ts';
import { type Resource, referenceOf } from './resources.ts';

interface ListFiltersProps {
  readonly resource: Resource;
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** What can narrow a list: the inputs of its operation. */
export function ListFilters({ resource, filters, onChange }: ListFiltersProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.list.filter}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        {filtersOf(resource).map((argument) => {
          const input = inputOf(argument);
          return (
            <FilterInput
              key={input}
              argument={argument}
              value={filters[input] ?? []}
              onChange={(values) => onChange({ ...filters, [input]: values })}
            />
          );
        })}
      </SimpleGrid>
    </Paper>
  );
}

/** What narrows the list now; each can be taken away. */
export function ChosenFilters({ filters, onChange }: Omit<ListFiltersProps, 'resource'>) {
  return (
    <Group gap={4}>
      {Object.entries(filters).map(([input, values]) => (
        <Pill
          key={input}
          withRemoveButton
          removeButtonProps={{
            'aria-label': texts.list.unfilter(spokenInput(input)),
            'aria-hidden': false,
            tabIndex: 0,
          }}
          onRemove={() => onChange({ ...filters, [input]: [] })}
        >
          {spokenInput(input)}: <Chosen input={input} values={values} />
        </Pill>
      ))}
    </Group>
  );
}

/** An id by the name of what it stands for; several are counted. */
function Chosen({ input, values }: { readonly input: string; readonly values: readonly string[] }) {
  const [only = '', ...others] = values;
  if (others.length > 0) return values.length;
  const reference = referenceOf(input);
  return reference === undefined ? spokenChoice(only) : <Named resource={reference} id={only} />;
}

const spokenChoice = (value: string): string => texts.list.choices[value] ?? value;

interface FilterInputProps {
  readonly argument: Argument;
  readonly value: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** As in forms, but none has to be filled: yes narrows as well as no, and what is unknown to the contract is no choice. */
function FilterInput({ argument, value, onChange }: FilterInputProps) {
  const { type, enum: choices, summary, list } = argument;
  const [only = ''] = value;
  const shared = { label: spokenInput(inputOf(argument)), description: summary };
  if (type === 'boolean' || choices !== null) {
    const known = choices?.filter((choice) => !choice.startsWith('unknown_')) ?? ['true', 'false'];
    return (
      <Select
        {...shared}
        data={known.map((choice) => ({ value: choice, label: spokenChoice(choice) }))}
        value={only || null}
        onChange={(next) => onChange(next === null ? [] : [next])}
        placeholder={texts.list.any}
        clearable
      />
    );
  }
  if (list || type === 'datetime' || referenceOf(inputOf(argument)) !== undefined)
    return (
      <FormInput
        argument={{ ...argument, required: false }}
        value={list ? value : only}
        problem={undefined}
        onChange={(next) => onChange([next].flat().map((each) => (type === 'datetime' ? toTime(each) : each)))}
      />
    );
  const take = (typed: string) => {
    if (typed !== only) onChange([typed]);
  };
  return (
    <TextInput
      {...shared}
      // What the address says may have changed meanwhile.
      key={only}
      defaultValue={only}
      autoComplete="off"
      onBlur={(event) => take(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && take(event.currentTarget.value)}
    />
  );
}

const toTime = (local: string): string => (local === '' ? '' : new Date(local).toISOString());
