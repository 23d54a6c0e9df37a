import { Alert, Checkbox, Paper, Stack } from '@mantine/core';
import { Problem } from '../components/Problem.tsx';
import { useLoginMethods } from '../resources/useLoginMethods.ts';
import { texts } from '../texts.ts';
import { hasEnded } from './Ends.tsx';
import type { SamlState } from './queries.ts';

/** Whether members can sign in by SAML, what is missing next when they cannot, and the switch. */
export function SamlSwitch({ state: { saml, certificates, isOn } }: { readonly state: SamlState }) {
  const changing = useLoginMethods();
  const isComplete = saml.status === 'valid';
  const signing = certificates.filter(({ type }) => type === 'signing');
  const isOver = isComplete && signing.every(hasEnded);
  const words = isComplete && isOn ? texts.saml.ready : texts.saml.status[saml.status];
  const hint = isOn ? texts.saml.idle : texts.saml.incomplete;
  return (
    <Paper withBorder p="md">
      <Stack>
        {isOver ? (
          <Alert color="red">{texts.saml.allEnded}</Alert>
        ) : (
          <Alert color={isComplete ? 'green' : 'yellow'}>{words}</Alert>
        )}
        <Checkbox
          label={texts.saml.switch}
          description={isComplete ? undefined : hint}
          checked={isOn}
          disabled={changing.isPending || (!isComplete && !isOn)}
          onChange={(event) => changing.mutate({ login_saml_enabled: event.currentTarget.checked })}
        />
        <Problem failure={changing.error} />
      </Stack>
    </Paper>
  );
}
