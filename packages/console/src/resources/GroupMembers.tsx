import { Anchor, Button, Group, Pagination, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { Problem } from '../components/Problem.tsx';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { fetchRows } from './queries.ts';
import { type Resource, referenceOf } from './resources.ts';

const pageSize = 20;

/** What can be in a group: the input that adds or removes one, and the field that lists them, which narrows their list too. */
const kinds = [
  { input: 'user_id', field: 'user_ids' },
  { input: 'application_id', field: 'application_ids' },
] as const;

interface Member {
  readonly input: (typeof kinds)[number]['input'];
  readonly id: string;
}

interface KnownMember extends Member {
  readonly resource: Resource;
  readonly name: string;
}

/** Who is in a group, by name, with the ways in and out. */
export function GroupMembers({ id: groupId }: { readonly id: string }) {
  const page = useAddress().number('members', 1);
  const navigate = useNavigate();
  const { data: group } = useQuery({
    queryKey: ['groups', 'members', groupId],
    queryFn: () => call('groups.get', { group_id: groupId }),
    refetchInterval: 5_000,
  });
  const all = group === undefined ? [] : kinds.flatMap(({ input, field }) => group[field].map((id) => ({ input, id })));
  const shown = all.slice((page - 1) * pageSize, page * pageSize);
  const { data: members = [], error } = useQuery({
    queryKey: ['groups', 'member names', shown.map(({ id }) => id)],
    queryFn: () => namesOf(shown),
    enabled: shown.length > 0,
  });
  if (group === undefined) return null;
  const isOpen = !group.managed;
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.members.title}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {texts.members.title} ({all.length})
        </Title>
        {!isOpen && <Text size="sm">{texts.members.managed}</Text>}
        {isOpen && <AddMember groupId={groupId} />}
        <Problem failure={error} />
        {isOpen && all.length === 0 && (
          <Text size="sm" c="dimmed">
            {texts.members.none}
          </Text>
        )}
        {shown.length > 0 && (
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {members.map((member) => (
                <MemberRow key={member.id} member={member} groupId={groupId} isOpen={isOpen} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        {all.length > pageSize && (
          <Pagination
            value={page}
            total={Math.ceil(all.length / pageSize)}
            onChange={(members) => void navigate({ to: `/groups/${groupId}`, search: { members } })}
            getControlProps={(control) => ({ 'aria-label': texts.list.control[control] })}
          />
        )}
      </Stack>
    </Paper>
  );
}

interface MemberRowProps {
  readonly member: KnownMember;
  readonly groupId: string;
  readonly isOpen: boolean;
}

function MemberRow({ member: { input, id, resource, name }, groupId, isOpen }: MemberRowProps) {
  const removing = useMembership(() => call('groups.removeMember', { group_id: groupId, [input]: id }));
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/${resource.key}/${id}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Anchor>
        <Problem failure={removing.error} />
      </Table.Td>
      <Table.Td c="dimmed">{resource.singular}</Table.Td>
      <Table.Td ta="end">
        {isOpen && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={removing.isPending}
            aria-label={texts.members.removeOne(name)}
            onClick={() => removing.mutate()}
          >
            {texts.members.remove}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** One at a time, of either kind. */
function AddMember({ groupId }: { readonly groupId: string }) {
  const [input, setInput] = useState<Member['input']>('user_id');
  const [id, setId] = useState('');
  const adding = useMembership(
    () => call('groups.addMember', { group_id: groupId, [input]: id }),
    () => setId(''),
  );
  const resource = referenceOf(input);
  if (resource === undefined) return null;
  const choices = kinds.map((kind) => ({ value: kind.input, label: referenceOf(kind.input)?.singular ?? '' }));
  return (
    <>
      <Group align="end" gap="xs">
        <Select
          label={texts.members.kind}
          data={choices}
          value={input}
          allowDeselect={false}
          w={140}
          onChange={(next) => {
            setInput(kinds.find((kind) => kind.input === next)?.input ?? input);
            setId('');
          }}
        />
        <ReferenceInput
          key={input}
          resource={resource}
          label={texts.members.who}
          value={id}
          isList={false}
          onChange={(next) => setId(String(next))}
        />
        <Button disabled={id === ''} loading={adding.isPending} onClick={() => adding.mutate()}>
          {texts.members.add}
        </Button>
      </Group>
      <Problem failure={adding.error} />
    </>
  );
}

function useMembership(change: () => Promise<unknown>, onDone?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await queries.invalidateQueries();
      onDone?.();
    },
  });
}

/** Names of members; of whom they may not be known the id stands. */
async function namesOf(members: readonly Member[]): Promise<readonly KnownMember[]> {
  const named = kinds.map(async ({ input, field }): Promise<readonly KnownMember[]> => {
    const ids = members.filter((member) => member.input === input).map(({ id }) => id);
    const resource = referenceOf(input);
    if (ids.length === 0 || resource === undefined) return [];
    const { items } = await fetchRows(resource, { [field]: ids, page_size: pageSize }).catch(() => ({ items: [] }));
    const names = new Map(items.map((item) => [item[resource.id], String(item[resource.name])]));
    return ids.map((id) => ({ input, id, resource, name: names.get(id) || id }));
  });
  return (await Promise.all(named)).flat();
}
