import { Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { CopyText } from '../components/CopyText.tsx';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { texts } from '../texts.ts';

/** Other users of the same person, here and in other organizations. */
export function Connections({ userId }: { readonly userId: string }) {
  const { data, error } = useQuery({
    queryKey: ['connections', userId],
    queryFn: () => call('connections.list', { user_id: userId }),
  });
  const connections = data?.connections ?? [];
  return (
    <Section title={texts.connections.title} about={texts.connections.about}>
      <Problem failure={error} />
      {connections.length > 0 && (
        <Table.ScrollContainer minWidth={320}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {connections.map(({ user, organization }) => (
                <Table.Tr key={user.id}>
                  <Table.Td>{user.username}</Table.Td>
                  <Table.Td>{organization.name}</Table.Td>
                  <Table.Td ta="end">
                    <Remove userId={userId} otherId={user.id} username={user.username} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Invite userId={userId} />
      <Join userId={userId} />
    </Section>
  );
}

interface RemoveProps {
  readonly userId: string;
  readonly otherId: string;
  readonly username: string;
}

function Remove({ userId, otherId, username }: RemoveProps) {
  const removing = useConfirmed(() => call('connections.remove', { user_id: userId, target_user_id: otherId }));
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        aria-label={texts.connections.removeOne(username)}
        loading={removing.isPending}
        onClick={() => removing.ask(texts.connections.removeTitle(username), texts.connections.removeText)}
      >
        {texts.connections.remove}
      </Button>
      <Problem failure={removing.error} />
    </>
  );
}

/** The token is shown to be carried to where the other user is signed in, and kept nowhere else. */
function Invite({ userId }: { readonly userId: string }) {
  const making = useMutation({ mutationFn: () => call('connections.initiate', { user_id: userId }) });
  return (
    <Stack gap="xs" align="start">
      <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
        {texts.connections.invite}
      </Button>
      {making.data !== undefined && (
        <>
          <Text size="sm">{texts.connections.carry}</Text>
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {making.data.token}
          </Code>
          <CopyText text={making.data.token} />
        </>
      )}
      <Problem failure={making.error} />
    </Stack>
  );
}

function Join({ userId }: { readonly userId: string }) {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const joining = useMutation({
    mutationFn: () => call('connections.join', { user_id: userId, token: token.trim() }),
    onSuccess: async () => {
      setToken('');
      await queries.invalidateQueries({ queryKey: ['connections'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    joining.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="xs">
        <TextInput
          label={texts.connections.token}
          value={token}
          autoComplete="off"
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={token.trim() === ''} loading={joining.isPending}>
          {texts.connections.join}
        </Button>
      </Group>
      <Problem failure={joining.error} />
    </form>
  );
}
