import { Anchor, Button, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { session } from '../api/session.ts';
import { Problem } from '../components/Problem.tsx';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { resourceOf } from '../resources/resources.ts';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';

const most = 100;

/** Everybody who may do something in the organization, and what lets them. */
export function WhoCan() {
  const permission = useAddress().text('permission');
  const navigate = useNavigate();
  const [typed, setTyped] = useState(permission);
  const { data, error } = useQuery({
    queryKey: ['who-can', permission],
    queryFn: async () => {
      const { organization_id } = await session();
      return call('decisions.whoCan', { permission, organization_id, page_size: most });
    },
    enabled: permission !== '',
    retry: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/who-can', search: { permission: typed } });
  };
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.nav.whoCan}
      </Title>
      <form onSubmit={submit}>
        <Group align="end">
          <TextInput
            flex={1}
            label={texts.simulator.permission}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit">{texts.simulator.ask}</Button>
        </Group>
      </form>
      <Problem failure={error} />
      {data?.principals.length === 0 && <Text c="dimmed">{texts.simulator.nobody}</Text>}
      {data && data.principals.length > 0 && (
        <Table>
          <Table.Tbody>
            {data.principals.map(({ id, type, name, because }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Anchor component={Link} to={`/${type}s/${id}`} size="sm">
                    {name}
                  </Anchor>
                </Table.Td>
                <Table.Td>{type}</Table.Td>
                <Table.Td>{because.replaceAll('_', ' ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Caption>{texts.list.page(1, data.principals.length, data.total_count)}</Table.Caption>
        </Table>
      )}
    </Stack>
  );
}

/** Everything that a principal may do, and where: the map of its access. */
export function WhatCan() {
  const { text } = useAddress();
  const [principal, kind] = [text('principal'), text('kind')];
  const navigate = useNavigate();
  const { data, error } = useQuery({
    queryKey: ['what-can', principal],
    queryFn: () =>
      call('decisions.whatCan', { page_size: most, ...(principal !== '' && { subject: { principal_id: principal } }) }),
    retry: false,
  });
  const kinds = ['users', 'applications'].flatMap((key) => resourceOf(key) ?? []);
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.nav.whatCan}
      </Title>
      {kinds.map((resource) => (
        <ReferenceInput
          key={resource.key}
          resource={resource}
          label={resource.title}
          isList={false}
          value={kind === resource.key ? principal : ''}
          onChange={(value) =>
            void navigate({ to: '/what-can', search: { principal: String(value), kind: resource.key } })
          }
        />
      ))}
      <Problem failure={error} />
      {data?.permissions.length === 0 && <Text c="dimmed">{texts.simulator.nothing}</Text>}
      {data && data.permissions.length > 0 && (
        <Table>
          <Table.Tbody>
            {data.permissions.map(({ permission, organization, projects }) => (
              <Table.Tr key={permission}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{permission}</Table.Td>
                <Table.Td>
                  {organization ? texts.simulator.organization : projects.map(({ name }) => name).join(', ')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Caption>{texts.list.page(1, data.permissions.length, data.total_count)}</Table.Caption>
        </Table>
      )}
    </Stack>
  );
}
