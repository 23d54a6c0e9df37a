import { Input, Stack, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { texts } from '../texts.ts';
import { ConditionEditor } from './ConditionEditor.tsx';
import { TryIt } from './TryIt.tsx';
import { noCircumstances, useTrial } from './trial.ts';

interface ConditionInputProps {
  readonly value: string;
  /** What the server said when it was saved. */
  readonly refusal: string | undefined;
  readonly onChange: (condition: string) => void;
}

/** A condition with everything that helps to write one: words to choose from, what is wrong and where, and what it would do. */
export function ConditionInput({ value, refusal, onChange }: ConditionInputProps) {
  const id = useId();
  const [circumstances, setCircumstances] = useState(noCircumstances);
  const { trial, isCurrent, error } = useTrial(value, circumstances);
  const problems = trial?.problems ?? [];
  return (
    <Stack gap="xs">
      <div>
        <Input.Label id={`${id}-label`} labelElement="div">
          {texts.rules.condition}
        </Input.Label>
        <Input.Description id={`${id}-hint`} mb={4}>
          {texts.rules.conditionHint}
        </Input.Description>
        <ConditionEditor
          value={value}
          labelledBy={`${id}-label`}
          describedBy={`${id}-hint ${id}-problems`}
          problems={isCurrent ? problems : null}
          onChange={onChange}
        />
        <div id={`${id}-problems`} role="status">
          {problems.map(({ line, column, message }) => (
            <Text key={`${line} ${column} ${message}`} c="var(--mantine-color-error)" size="sm" mt={4}>
              {texts.rules.problem(line, column)} {message}
            </Text>
          ))}
          {error !== null && (
            <Text c="var(--mantine-color-error)" size="sm" mt={4}>
              {error.message}
            </Text>
          )}
        </div>
        {refusal !== undefined && problems.length === 0 && (
          <Text c="var(--mantine-color-error)" size="sm" mt={4} role="alert">
            {refusal}
          </Text>
        )}
      </div>
      {value !== '' && (
        <TryIt trial={trial} isCurrent={isCurrent} circumstances={circumstances} onChange={setCircumstances} />
      )}
    </Stack>
  );
}
