import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';

/** When a key was used last, which the reference does not tell: kept within a minute. */
export function LastUse({ id: accessKey }: { readonly id: string }) {
  const { data } = useQuery({
    queryKey: ['api-keys', 'use', accessKey],
    queryFn: () => call('apiKeys.listUses', { access_keys: [accessKey] }),
    refetchInterval: 5_000,
    retry: false,
  });
  const used = data?.api_key_uses.find(({ access_key }) => access_key === accessKey);
  if (used === undefined) return null;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {texts.detail.lastUse}
      </Text>
      {used.last_used_at === null ? (
        <Text size="sm">{texts.detail.neverUsed}</Text>
      ) : (
        <Value name="last_used_at" value={used.last_used_at} />
      )}
    </Group>
  );
}
