import { Anchor, Button, Checkbox, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { session } from '../api/session.ts';
import { CommandForm } from '../components/CommandForm.tsx';
import { spoken } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';
import { loginMethods, useLoginMethods } from './useLoginMethods.ts';

/** What holds for the whole organization: how members sign in, and the rules for passwords, sessions and keys. */
export function Settings() {
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['settings'],
    queryFn: async () => {
      const { organization_id } = await session();
      const [organization, security] = await Promise.all([
        call('organizations.get', { organization_id }),
        call('securitySettings.get', { organization_id }),
      ]);
      return { organization, security };
    },
    retry: false,
  });
  const changing = useLoginMethods();
  if (data === undefined) return <Problem failure={error} />;
  const { organization, security } = data;
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.settings.title}
      </Title>
      <Paper withBorder p="md">
        <Stack>
          <Title order={2} size="h4">
            {organization.name}
          </Title>
          <Alias alias={organization.alias} />
        </Stack>
      </Paper>
      <Paper withBorder p="md">
        <Stack>
          <Title order={2} size="h4">
            {texts.settings.login}
          </Title>
          {loginMethods.map((name) => (
            <Checkbox
              key={name}
              label={spoken(name.replace(/^login_/, '').replace(/_enabled$/, ''))}
              checked={organization[name]}
              disabled={changing.isPending}
              onChange={(event) => changing.mutate({ [name]: event.currentTarget.checked })}
            />
          ))}
          <Problem failure={changing.error} />
          <Anchor component={Link} to="/saml-sign-in" size="sm">
            {texts.saml.title}
          </Anchor>
        </Stack>
      </Paper>
      <Paper withBorder p="md">
        <Stack>
          <Title order={2} size="h4">
            {texts.settings.security}
          </Title>
          <CommandForm
            key={JSON.stringify(security)}
            operation="securitySettings.update"
            item={security}
            preset={{ 'organization-id': organization.id }}
            onDone={() => {}}
            onCancel={() => void queries.invalidateQueries()}
          />
        </Stack>
      </Paper>
    </Stack>
  );
}

/** It is set once, and stays. */
function Alias({ alias }: { readonly alias: string }) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const saving = useMutation({
    mutationFn: async () => {
      const { organization_id } = await session();
      return call('organizations.setAlias', { organization_id, alias: typed });
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  if (alias !== '') return <TextInput label={texts.settings.alias} value={alias} readOnly />;
  return (
    <Stack gap="xs">
      <Group align="end">
        <TextInput
          label={texts.settings.alias}
          description={texts.settings.aliasHint}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button disabled={typed === ''} loading={saving.isPending} onClick={() => saving.mutate()}>
          {texts.form.save}
        </Button>
      </Group>
      <Problem failure={saving.error} />
    </Stack>
  );
}
