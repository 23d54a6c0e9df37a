import { Anchor, Box, Button, Code, Group, Image, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';

interface FirstPasswordProps {
  readonly userId: string;
  /** Whether the app has yet to learn the secret. */
  readonly isNew: boolean;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
  readonly onCancel: () => void;
}

/** Asks for what the app shows: the first password puts it in force, a later one makes new recovery codes. */
export function FirstPassword({ userId, isNew, onDone, onCancel }: FirstPasswordProps) {
  const [password, setPassword] = useState('');
  const showing = useMutation({
    mutationFn: () => call('mfaOtp.validate', { user_id: userId, one_time_password: password.replaceAll(/\s/g, '') }),
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
  });
  const wrong = showing.error instanceof Failure ? showing.error.byArgument.one_time_password : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    showing.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {isNew && <Secret userId={userId} />}
        <TextInput
          label={texts.passwords.shown}
          value={password}
          error={wrong}
          maw={240}
          inputMode="numeric"
          autoComplete="one-time-code"
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {wrong === undefined && <Problem failure={showing.error} />}
        <Group gap="xs">
          <Button type="submit" disabled={password === ''} loading={showing.isPending}>
            {texts.passwords.goOn}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {texts.form.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** As apps take it: to scan, to open on the same machine, to type. Nothing keeps it beyond this page. */
function Secret({ userId }: { readonly userId: string }) {
  const { data, error } = useQuery({
    queryKey: ['one-time-passwords', 'secret', userId],
    queryFn: () => call('mfaOtp.getAddress', { user_id: userId }),
    gcTime: 0,
    retry: false,
  });
  if (data === undefined) return <Problem failure={error === null ? null : new Error(texts.passwords.noSecret)} />;
  return (
    <Stack gap="xs">
      <Text size="sm">
        {texts.passwords.scan}{' '}
        <Anchor href={data.otpauth_uri} size="sm">
          {texts.passwords.open}
        </Anchor>
      </Text>
      {/* On white in the dark too: that is what cameras read. */}
      <Box bg="white" p="xs" w={220}>
        <Image src={`data:image/svg+xml;base64,${btoa(data.qr_code)}`} alt={texts.passwords.qrCode} w={200} h={200} />
      </Box>
      <Text size="sm">
        {texts.passwords.type}{' '}
        <Code style={{ overflowWrap: 'anywhere' }}>{new URL(data.otpauth_uri).searchParams.get('secret')}</Code>
      </Text>
    </Stack>
  );
}
