import { Checkbox, Text } from '@mantine/core';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { resourceOf } from '../resources/resources.ts';
import { texts } from '../texts.ts';
import type { Rule } from './rule.ts';

interface ScopePickerProps {
  /** Of the sets of the rule; null as long as there is none. */
  readonly scopeType: string | null;
  readonly rule: Rule;
  readonly organizationId: string;
  readonly error: string | undefined;
  readonly onChange: (next: Partial<Rule>) => void;
}

/** Where a rule holds, as far as its permission sets leave a choice. */
export function ScopePicker({ scopeType, rule, organizationId, error, onChange }: ScopePickerProps) {
  const projects = resourceOf('projects');
  if (scopeType === 'organization') return <Text size="sm">{texts.rules.inOrganization}</Text>;
  if (scopeType === null) {
    return (
      <Text size="sm" c="dimmed">
        {texts.rules.setsFirst}
      </Text>
    );
  }
  const isEverywhere = rule.organization_id !== '';
  return (
    <>
      <Checkbox
        label={texts.rules.everywhere}
        checked={isEverywhere}
        onChange={(event) =>
          onChange({ organization_id: event.currentTarget.checked ? organizationId : '', project_ids: [] })
        }
      />
      {!isEverywhere && projects !== undefined && (
        <ReferenceInput
          resource={projects}
          label={texts.rules.projects}
          error={error}
          isList
          value={rule.project_ids}
          onChange={(value) => onChange({ project_ids: [value].flat() })}
        />
      )}
    </>
  );
}
