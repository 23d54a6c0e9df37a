import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useSession } from '../api/useSession.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';
import { scopeTypeOf, usePermissionSets } from './permission-sets.ts';
import type { Rule } from './rule.ts';
import { ScopePicker } from './ScopePicker.tsx';
import { SetPicker } from './SetPicker.tsx';

const ConditionInput = lazy(async () => ({ default: (await import('./ConditionInput.tsx')).ConditionInput }));

interface RuleEditorProps {
  readonly rule: Rule;
  /** What the server refused, by the place in the rule: `condition`, `project_ids[0]`. */
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (next: Partial<Rule>) => void;
  readonly onRemove: () => void;
}

/** What a rule gives, where, and under which condition. */
export function RuleEditor({ rule, problems, onChange, onRemove }: RuleEditorProps) {
  const { data: sets, error } = usePermissionSets();
  const organizationId = useSession()?.organization_id;
  if (error !== null) return <Problem failure={error} />;
  if (sets === undefined || organizationId === undefined) return <Skeleton h={200} />;
  const scopeType = scopeTypeOf(rule.permission_set_names, sets);
  const choose = (names: readonly string[]) => {
    const next = scopeTypeOf(names, sets);
    // What held in the whole organization because nothing else was possible is not to stay so by accident.
    const scope =
      next === scopeType ? {} : { organization_id: next === 'organization' ? organizationId : '', project_ids: [] };
    onChange({ permission_set_names: names, ...scope });
  };
  const problemOf = (name: string) => Object.entries(problems).find(([place]) => place.startsWith(name))?.[1];
  const elsewhere = Object.entries(problems).filter(
    ([place]) => !/^(permission_set_names|project_ids|condition)/.test(place),
  );
  return (
    <Stack>
      <SetPicker
        sets={sets}
        value={rule.permission_set_names}
        error={problemOf('permission_set_names')}
        onChange={choose}
      />
      <ScopePicker
        scopeType={scopeType}
        rule={rule}
        organizationId={organizationId}
        error={problemOf('project_ids')}
        onChange={onChange}
      />
      <Suspense fallback={<Skeleton h={120} />}>
        <ConditionInput
          value={rule.condition}
          refusal={problemOf('condition')}
          onChange={(condition) => onChange({ condition })}
        />
      </Suspense>
      {elsewhere.map(([place, help]) => (
        <Text key={place} c="var(--mantine-color-error)" size="sm" role="alert">
          {place}: {help}
        </Text>
      ))}
      <Group justify="end">
        <Button variant="subtle" color="red" onClick={onRemove}>
          {texts.rules.remove}
        </Button>
      </Group>
    </Stack>
  );
}
