import { Checkbox, NumberInput, PasswordInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { Argument } from '../api/contract.ts';
import { referenceOf } from '../resources/resources.ts';
import { inputOf } from './form-values.ts';
import { localTime, spoken } from './format.ts';
import { ReferenceInput } from './ReferenceInput.tsx';

interface FormInputProps {
  readonly argument: Argument;
  readonly value: string | readonly string[] | undefined;
  readonly problem: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
}

/** The input that fits an argument: a list of names for ids, a switch for yes and no, a calendar for times. */
export function FormInput({ argument, value = argument.list ? [] : '', problem, onChange }: FormInputProps) {
  const { name, summary, required, type, list } = argument;
  const wireName = inputOf(argument);
  const shared = {
    label: spoken(name.replace(/^member\./, '')),
    description: summary,
    error: problem,
    required,
    name,
  };
  const reference = referenceOf(wireName);
  if (reference !== undefined)
    return <ReferenceInput {...shared} resource={reference} value={value} isList={list} onChange={onChange} />;
  if (list) return <TagsInput {...shared} value={[...value]} onChange={onChange} clearable />;
  const text = String(value);
  const setText = (event: { readonly currentTarget: { readonly value: string } }) =>
    onChange(event.currentTarget.value);
  if (type === 'boolean') {
    const { required: _, ...rest } = shared;
    return (
      <Checkbox
        {...rest}
        checked={text === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  if (argument.enum !== null)
    // What the wire calls unknown is answered, and never asked for.
    return (
      <Select
        {...shared}
        data={argument.enum.filter((choice) => !choice.startsWith('unknown_'))}
        value={text || null}
        onChange={(next) => onChange(next ?? '')}
        clearable
      />
    );
  if (type === 'integer') return <NumberInput {...shared} value={text} onChange={(next) => onChange(String(next))} />;
  if (type === 'datetime')
    return <TextInput {...shared} type="datetime-local" value={localTime(text)} onChange={setText} />;
  if (wireName === 'password')
    return <PasswordInput {...shared} autoComplete="new-password" value={text} onChange={setText} />;
  if (wireName === 'public_key' || wireName === 'condition' || wireName === 'content')
    return <Textarea {...shared} autosize minRows={2} value={text} onChange={setText} />;
  const limit = argument.maxLength === null ? {} : { maxLength: argument.maxLength };
  return <TextInput {...shared} {...limit} autoComplete="off" value={text} onChange={setText} />;
}
