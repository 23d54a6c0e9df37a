import { Anchor, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';

/** What a permission set grants: each resource with what may be done to it, and who may do it. */
export function PermissionSetContents({ id: name }: { readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ['permission-sets', 'contents', name],
    queryFn: () => call('permissionSets.get', { permission_set_name: name }),
    staleTime: 60_000,
  });
  if (data === undefined) return <Problem failure={error} />;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {texts.contents.title}
      </Title>
      {data.includes.length > 0 && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {texts.contents.includes}
          </Text>
          {data.includes.map((included) => (
            <Anchor key={included} component={Link} to={`/permission-sets/${encodeURIComponent(included)}`} size="sm">
              {included}
            </Anchor>
          ))}
        </Group>
      )}
      {data.permissions.length === 0 ? (
        <Text c="dimmed">{texts.contents.none}</Text>
      ) : (
        <Permissions all={data.permissions} />
      )}
    </Stack>
  );
}

function Permissions({ all }: { readonly all: readonly string[] }) {
  const byResource = Map.groupBy(all, (permission) => permission.slice(0, permission.lastIndexOf(':')));
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.contents.resource}</Table.Th>
          <Table.Th>{texts.contents.actions}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {[...byResource].map(([resource, permissions]) => (
          <Table.Tr key={resource}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{resource}</Table.Td>
            <Table.Td>
              <Group gap="xs">
                {permissions.map((permission) => (
                  <Anchor
                    key={permission}
                    size="sm"
                    title={`${texts.nav.whoCan}: ${permission}`}
                    renderRoot={(props) => <Link {...props} to="/who-can" search={{ permission }} />}
                  >
                    {permission.slice(resource.length + 1)}
                  </Anchor>
                ))}
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
