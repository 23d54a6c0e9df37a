import { Button, Group, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Failure } from '../api/failure.ts';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { texts } from '../texts.ts';
import { Authenticators } from './Authenticators.tsx';
import { authenticatorsOf, registerAuthenticator } from './registration.ts';

interface SecurityKeysProps {
  readonly userId: string;
  readonly username: string;
}

/** One's own security keys and passkeys, and a new one. */
export function SecurityKeys({ userId, username }: SecurityKeysProps) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const { data, error } = useQuery(authenticatorsOf(userId));
  const registering = useMutation({
    mutationFn: () => registerAuthenticator({ user_id: userId, username }, name),
    onSuccess: async () => {
      setName('');
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    registering.mutate();
  };
  return (
    <Section title={texts.authenticators.title} about={texts.authenticators.about}>
      <Authenticators authenticators={data ?? []} canRename />
      <form onSubmit={submit}>
        <Group align="end" gap="xs">
          <TextInput
            label={texts.authenticators.newName}
            description={texts.authenticators.nameHint}
            value={name}
            maxLength={256}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={name === ''} loading={registering.isPending}>
            {texts.authenticators.register}
          </Button>
        </Group>
      </form>
      <Problem failure={error ?? told(registering.error)} />
    </Section>
  );
}

/** What the server refuses it explains; browsers say hardly more than that it did not work, lest pages learn too much. */
function told(failure: Error | null): Error | null {
  if (failure === null || failure instanceof Failure) return failure;
  const known = failure.name === 'InvalidStateError' || failure.message.includes('previously registered');
  return new Error(known ? texts.authenticators.known : texts.authenticators.silent, { cause: failure });
}
