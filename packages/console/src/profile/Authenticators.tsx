import { Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { Problem } from '../components/Problem.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';

interface Authenticator {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly last_login_at: string | null;
}

interface AuthenticatorsProps {
  readonly authenticators: readonly Authenticator[];
  /** Only one's own have names to change. */
  readonly canRename?: boolean;
}

/** Security keys and passkeys that are registered. */
export function Authenticators({ authenticators, canRename = false }: AuthenticatorsProps) {
  if (authenticators.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.authenticators.name}</Table.Th>
            <Table.Th>{texts.authenticators.registered}</Table.Th>
            <Table.Th>{texts.authenticators.used}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {authenticators.map((authenticator) => (
            <AuthenticatorRow key={authenticator.id} authenticator={authenticator} canRename={canRename} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface AuthenticatorRowProps {
  readonly authenticator: Authenticator;
  readonly canRename: boolean;
}

function AuthenticatorRow({ authenticator, canRename }: AuthenticatorRowProps) {
  const { id, name, created_at, last_login_at } = authenticator;
  const [isRenaming, setRenaming] = useState(false);
  const removing = useConfirmed(() => call('webauthn.delete', { authenticator_id: id }));
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Problem failure={removing.error} />
        {isRenaming && <Rename authenticator={authenticator} onDone={() => setRenaming(false)} />}
      </Table.Td>
      <Table.Td>
        <Value name="created_at" value={created_at} />
      </Table.Td>
      <Table.Td>
        <Value name="last_login_at" value={last_login_at} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="end" wrap="nowrap">
          {canRename && (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={texts.authenticators.renameOne(name)}
              onClick={() => setRenaming(true)}
            >
              {texts.authenticators.rename}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={removing.isPending}
            aria-label={texts.authenticators.removeOne(name)}
            onClick={() => removing.ask(texts.authenticators.removeTitle(name), texts.authenticators.removeText)}
          >
            {texts.authenticators.remove}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Rename({ authenticator, onDone }: { readonly authenticator: Authenticator; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(authenticator.name);
  const saving = useMutation({
    mutationFn: () => call('webauthn.update', { authenticator_id: authenticator.id, authenticator_name: name }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['authenticators'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Modal opened onClose={onDone} title={texts.authenticators.rename}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={texts.authenticators.name}
            value={name}
            maxLength={256}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Problem failure={saving.error} />
          <Group justify="end">
            <Button type="submit" disabled={name === ''} loading={saving.isPending}>
              {texts.form.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
