import { Anchor, Button, Grid, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { session } from '../api/session.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { Pages } from '../components/Pages.tsx';
import { Problem } from '../components/Problem.tsx';
import { StateLink } from '../components/StateLink.tsx';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { PermissionInput } from './PermissionInput.tsx';
import { ProjectInput } from './ProjectInput.tsx';
import { whyAddress, wordsOf } from './question.ts';

const pageSize = 50;

/** Everybody who may do something in a project or the organization, and what lets them. */
export function WhoCan() {
  const { text, number } = useAddress();
  const setAddress = useSetAddress();
  const [permission, project, page] = [text('permission'), text('project'), number('page', 1)];
  const [typed, setTyped] = useState(permission);
  useEffect(() => setTyped(permission), [permission]);
  const { data, error, isLoading } = useQuery({
    queryKey: ['who-can', permission, project, page],
    queryFn: async () => {
      const { organization_id } = await session();
      const scope = project === '' ? { organization_id } : { project_id: project };
      return call('decisions.whoCan', { permission, ...scope, page, page_size: pageSize });
    },
    enabled: permission !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAddress({ permission: typed, page: '' });
  };
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.nav.whoCan}
      </Title>
      <form onSubmit={submit}>
        <Grid align="end">
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <PermissionInput value={typed} onChange={setTyped} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 4 }}>
            <ProjectInput value={project} onChange={(next) => setAddress({ project: next, page: '' })} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 2 }}>
            <Button type="submit" fullWidth>
              {texts.simulator.ask}
            </Button>
          </Grid.Col>
        </Grid>
      </form>
      <Problem failure={error} />
      {isLoading && <Skeleton h={200} />}
      {data?.total_count === 0 && <Text c="dimmed">{texts.simulator.nobody}</Text>}
      {data && data.principals.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.simulator.principal}</Table.Th>
                <Table.Th>{texts.simulator.kind}</Table.Th>
                <Table.Th>{texts.simulator.because}</Table.Th>
                <Table.Th>{texts.simulator.why}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.principals.map(({ id, type, name, because }) => (
                <Table.Tr key={id}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Anchor component={Link} to={`/${type}s/${id}`} size="sm">
                      {name || id}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{texts.simulator.kinds[`${type}_id`]}</Table.Td>
                  <Table.Td>{because.replaceAll('_', ' ')}</Table.Td>
                  <Table.Td>
                    <StateLink
                      {...whyAddress({ kind: `${type}_id`, principal: id, permission, project })}
                      label={`${texts.simulator.why} ${name}`}
                    >
                      {texts.simulator.why}
                    </StateLink>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {data && (
        <Pages page={page} pageSize={pageSize} total={data.total_count} onPage={(next) => setAddress({ page: next })} />
      )}
      <CommandLine command={commandOf('decisions.whoCan')} values={wordsOf({ permission: typed, project })} />
    </Stack>
  );
}
