import { Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { FirstPassword } from './FirstPassword.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { authenticatorsOf } from './registration.ts';

interface OneTimePasswordsProps {
  readonly userId: string;
  /** Whether there is a second factor: an app or an authenticator. */
  readonly hasFactor: boolean;
}

/** An app that shows passwords: set up, taken away, and the recovery codes that belong to it. */
export function OneTimePasswords({ userId, hasFactor }: OneTimePasswordsProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const step = useAddress().text('app');
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { data: authenticators } = useQuery(authenticatorsOf(userId));
  const go = (app?: string) => void navigate({ to: '/profile', search: app === undefined ? {} : { app } });
  const beginning = useMutation({
    mutationFn: () => call('mfaOtp.create', { user_id: userId }),
    onSuccess: () => go('set-up'),
  });
  const ending = useConfirmed(() => call('mfaOtp.delete', { user_id: userId }));
  const done = (made: readonly string[]) => {
    setCodes(made);
    go();
    void queries.invalidateQueries();
  };
  // The server tells only whether there is any factor: beside an authenticator there may be an app or not.
  const mayHaveApp = hasFactor;
  const mayLackApp = !hasFactor || authenticators === undefined || authenticators.length > 0;
  return (
    <Section title={texts.passwords.title} about={texts.passwords.about}>
      {step === 'set-up' && <FirstPassword userId={userId} isNew onDone={done} onCancel={() => go()} />}
      {step === 'codes' && <FirstPassword userId={userId} isNew={false} onDone={done} onCancel={() => go()} />}
      {step === '' && (
        <Group gap="xs">
          {mayLackApp && (
            <Button variant="default" loading={beginning.isPending} onClick={() => beginning.mutate()}>
              {texts.passwords.begin}
            </Button>
          )}
          {mayHaveApp && (
            <>
              <Button variant="default" onClick={() => go('codes')}>
                {texts.passwords.newCodes}
              </Button>
              <Button
                variant="light"
                color="red"
                loading={ending.isPending}
                onClick={() => ending.ask(texts.passwords.removeTitle, texts.passwords.removeText)}
              >
                {texts.passwords.remove}
              </Button>
            </>
          )}
        </Group>
      )}
      <Problem failure={beginning.error ?? ending.error} />
      {codes !== null && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
    </Section>
  );
}
