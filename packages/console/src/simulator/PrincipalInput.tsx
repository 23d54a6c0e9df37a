import { Grid, Select } from '@mantine/core';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { type PrincipalKind, principalKinds } from '../resources/principal-kinds.ts';
import { referenceOf } from '../resources/resources.ts';
import { texts } from '../texts.ts';
import type { AskedPrincipal } from './question.ts';

interface PrincipalInputProps {
  readonly value: AskedPrincipal;
  readonly label: string;
  readonly onChange: (value: AskedPrincipal) => void;
}

/** Chooses a user or an application by its name. */
export function PrincipalInput({ value: { kind, principal }, label, onChange }: PrincipalInputProps) {
  const resource = referenceOf(kind);
  return (
    <Grid>
      <Grid.Col span={{ base: 12, sm: 3 }}>
        <Select
          label={texts.simulator.kind}
          data={principalKinds.map((value) => ({ value, label: texts.simulator.kinds[value] }))}
          allowDeselect={false}
          value={kind}
          onChange={(next: PrincipalKind | null) => onChange({ kind: next ?? kind, principal: '' })}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 9 }}>
        {resource && (
          <ReferenceInput
            resource={resource}
            label={label}
            isList={false}
            value={principal}
            onChange={(value) => onChange({ kind, principal: String(value) })}
          />
        )}
      </Grid.Col>
    </Grid>
  );
}
