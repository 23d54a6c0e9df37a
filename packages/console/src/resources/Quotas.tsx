import { Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { session } from '../api/session.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';
import { fetchRows } from './queries.ts';
import { resourceOf } from './resources.ts';

/** Where what a quota counts is listed. */
const counted: Readonly<Record<string, string>> = {
  iam_users: 'users',
  iam_applications: 'applications',
  iam_groups: 'groups',
  iam_policies: 'policies',
  iam_api_keys: 'api-keys',
  iam_ssh_keys: 'ssh-keys',
  account_projects: 'projects',
};

/** How much an organization may hold, and how much of it there is. */
export function Quotas() {
  const { data, error } = useQuery({
    queryKey: ['quotas'],
    queryFn: async () => {
      const { organization_id } = await session();
      const { quota } = await call('quotas.list', { organization_id, page_size: 100 });
      return quota;
    },
    retry: false,
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.quotas.title}
      </Title>
      <Problem failure={error} />
      <Table verticalSpacing="sm">
        <Table.Tbody>
          {(data ?? []).map(({ name, pretty_name, description, limit, unlimited }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Text fw={600}>{pretty_name}</Text>
                <Text size="sm" c="dimmed">
                  {description}
                </Text>
              </Table.Td>
              <Table.Td w="40%">
                <Usage name={name} label={pretty_name} limit={unlimited ? null : (limit ?? null)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function Usage({
  name,
  label,
  limit,
}: {
  readonly name: string;
  readonly label: string;
  readonly limit: number | null;
}) {
  const resource = resourceOf(counted[name] ?? '');
  const { data } = useQuery({
    queryKey: ['quotas', 'used', name],
    queryFn: () => (resource === undefined ? null : fetchRows(resource, { page_size: 1 })),
    enabled: resource !== undefined,
    retry: false,
  });
  const most = limit === null ? texts.quotas.unlimited : String(limit);
  if (!data) return <Text size="sm">{most}</Text>;
  return (
    <Stack gap={4}>
      <Text size="sm">
        {data.total} / {most}
      </Text>
      {limit !== null && limit > 0 && <Progress value={Math.min(100, (data.total / limit) * 100)} aria-label={label} />}
    </Stack>
  );
}
