import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ComponentType, type FormEvent, useState } from 'react';
import { send } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { Failure } from '../api/failure.ts';
import { texts } from '../texts.ts';
import { CommandLine } from './CommandLine.tsx';
import { FormInput } from './FormInput.tsx';
import { type FormValues, formArguments, placeOf, toInput, toWords, valuesOf } from './form-values.ts';
import { Problem } from './Problem.tsx';

/** Shows what a form would do. */
export type FormPreview = ComponentType<{
  readonly input: Readonly<Record<string, unknown>>;
  /** What is wrong and told already, by the name of the input. */
  readonly told: Readonly<Record<string, string>>;
}>;

interface CommandFormProps {
  readonly operation: string;
  /** Inputs that are not asked for. */
  readonly preset?: FormValues;
  /** What the inputs hold at first. */
  readonly initial?: FormValues;
  /** Arguments that are left out. */
  readonly without?: readonly string[];
  /** The thing as it is, for a form that changes it. */
  readonly item?: Readonly<Record<string, unknown>>;
  /** Shown below the inputs: what they would do. */
  readonly preview?: FormPreview | undefined;
  readonly onDone: (answer: unknown) => void;
  readonly onCancel: () => void;
}

/** A form for any operation that has a command: its inputs, limits and choices are those of the contract. */
export function CommandForm({
  operation,
  preset = {},
  initial = {},
  without = [],
  item,
  preview: Preview,
  onDone,
  onCancel,
}: CommandFormProps) {
  const command = commandOf(operation);
  const shown = formArguments(command, preset).filter(({ name }) => !without.includes(name));
  const [before] = useState<FormValues | undefined>(() => (item === undefined ? undefined : valuesOf(shown, item)));
  const [values, setValues] = useState<FormValues>(() => before ?? initial);
  const queries = useQueryClient();
  const input = toInput(command, { ...values, ...preset }, before);
  const saving = useMutation({
    mutationFn: () => send(operation, input),
    onSuccess: async (answer) => {
      await queries.invalidateQueries();
      onDone(answer);
    },
  });
  const wrong = saving.error instanceof Failure ? saving.error.byArgument : {};
  // Of `tags[0]` the whole list is told.
  const problemAt = (place: string) => Object.entries(wrong).find(([name]) => name.replace(/\[.*/, '') === place)?.[1];
  const places = new Set(shown.map(placeOf));
  const isTold =
    Object.keys(wrong).length > 0 && Object.keys(wrong).every((name) => places.has(name.replace(/\[.*/, '')));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {shown.map((argument) => (
          <FormInput
            key={argument.name}
            argument={argument}
            value={values[argument.name]}
            problem={problemAt(placeOf(argument))}
            onChange={(value) => setValues((all) => ({ ...all, [argument.name]: value }))}
          />
        ))}
        {Preview && <Preview input={input} told={wrong} />}
        {!isTold && <Problem failure={saving.error} />}
        <CommandLine command={command} values={toWords(command, { ...preset, ...values }, before)} />
        <Group justify="end">
          <Button variant="default" onClick={onCancel}>
            {texts.form.cancel}
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {texts.form.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
