import { Grid, SegmentedControl, Select, TextInput } from '@mantine/core';
import { commandOf } from '../api/contract.ts';
import { localTime, spoken } from '../components/format.ts';
import { type AddressChange, useAddress } from '../shell/address.ts';
import { PrincipalInput } from '../simulator/PrincipalInput.tsx';
import { principalIn } from '../simulator/question.ts';
import { texts } from '../texts.ts';
import { type LogFilter, rangeNames, type Span } from './log-filter.ts';

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly span: Span;
  readonly onChange: (change: AddressChange) => void;
}

/** Which part of the log is looked at. */
export function LogFilters({ filter, span, onChange }: LogFiltersProps) {
  const about = principalIn(useAddress());
  const chooseRange = (range: string) =>
    onChange({
      range,
      after: range === 'custom' ? isoTime(span.from) : '',
      before: range === 'custom' ? isoTime(span.to) : '',
    });
  const end = (name: 'after' | 'before', label: string, time: number) => (
    <Grid.Col span={{ base: 12, sm: 6 }}>
      <TextInput
        type="datetime-local"
        label={label}
        value={localTime(isoTime(time))}
        onChange={({ currentTarget: { value } }) =>
          value !== '' &&
          onChange({
            range: 'custom',
            after: isoTime(span.from),
            before: isoTime(span.to),
            [name]: isoTime(Date.parse(value)),
          })
        }
      />
    </Grid.Col>
  );
  return (
    <>
      <SegmentedControl
        aria-label={texts.logs.range}
        value={filter.range}
        onChange={chooseRange}
        data={([...rangeNames, 'custom'] as const).map((value) => ({ value, label: texts.logs.ranges[value] }))}
      />
      <Grid>
        {filter.range === 'custom' && end('after', texts.logs.from, span.from)}
        {filter.range === 'custom' && end('before', texts.logs.to, span.to)}
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <Choice
            name="action"
            label={texts.logs.action}
            value={filter.action}
            onChange={(action) => onChange({ action })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <Choice
            name="resource-type"
            label={texts.logs.type}
            value={filter.type}
            onChange={(type) => onChange({ type })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <PrincipalInput label={texts.logs.about} value={about} onChange={(next) => onChange({ ...next })} />
        </Grid.Col>
      </Grid>
    </>
  );
}

const isoTime = (time: number): string => new Date(time).toISOString();

interface ChoiceProps {
  /** Of the input on the command line. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** What the contract offers, without the names of what it does not know. */
function Choice({ name, label, value, onChange }: ChoiceProps) {
  const offered = commandOf('logs.list').arguments.find((argument) => argument.name === name)?.enum ?? [];
  return (
    <Select
      label={label}
      placeholder={texts.logs.all}
      clearable
      data={offered.filter((each) => !each.startsWith('unknown')).map((each) => ({ value: each, label: spoken(each) }))}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
