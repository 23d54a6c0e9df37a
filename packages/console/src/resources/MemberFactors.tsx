import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { useSession } from '../api/useSession.ts';
import { Problem } from '../components/Problem.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { Authenticators } from '../profile/Authenticators.tsx';
import { GracePeriods } from '../profile/GracePeriods.tsx';
import { authenticatorsOf } from '../profile/registration.ts';
import { texts } from '../texts.ts';

/** What somebody shows beside the password, for whom has to help when it is lost. One's own are at the page of the account. */
export function MemberFactors({ id: userId }: { readonly id: string }) {
  const isOneself = useSession()?.user_id === userId;
  const { data, error } = useQuery({ ...authenticatorsOf(userId), enabled: !isOneself, retry: false });
  const { data: user } = useQuery({
    queryKey: ['users', 'factors', userId],
    queryFn: () => call('users.get', { user_id: userId }),
  });
  const ending = useConfirmed(() => call('mfaOtp.delete', { user_id: userId }));
  if (isOneself || user === undefined) return null;
  if (error instanceof Failure && error.status === 403) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.factors.title}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {texts.factors.title}
        </Title>
        <GracePeriods userId={userId} />
        <Text size="sm">{user.mfa ? texts.factors.asked : texts.factors.none}</Text>
        <Authenticators authenticators={data ?? []} />
        {user.mfa && (
          <Group>
            <Button
              variant="light"
              color="red"
              loading={ending.isPending}
              onClick={() => ending.ask(texts.passwords.removeTitle, texts.factors.helps)}
            >
              {texts.passwords.remove}
            </Button>
          </Group>
        )}
        <Problem failure={error ?? ending.error} />
      </Stack>
    </Paper>
  );
}
