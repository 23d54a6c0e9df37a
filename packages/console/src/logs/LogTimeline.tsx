import { Group, Stack, Text, Timeline, Title } from '@mantine/core';
import { StateLink } from '../components/StateLink.tsx';
import { actionColors } from './action-colors.ts';
import { LogSentence } from './LogSentence.tsx';
import type { LogEntry } from './log-entry.ts';
import { useNames } from './useNames.ts';

/** Changes one below the other, day by day. */
export function LogTimeline({ entries }: { readonly entries: readonly LogEntry[] }) {
  const names = useNames(entries);
  const byDay = Map.groupBy(entries, ({ created_at }) => days.format(new Date(created_at)));
  return (
    <Stack>
      {[...byDay].map(([day, those]) => (
        <Stack key={day} gap="xs">
          <Title order={2} size="h5">
            {day}
          </Title>
          <Timeline active={those.length} bulletSize={14} lineWidth={2}>
            {those.map((entry) => (
              <Timeline.Item key={entry.id} mt="sm" color={actionColors[entry.action] ?? 'gray.7'}>
                <LogSentence entry={entry} names={names} />
                <Group gap="xs">
                  <StateLink to={`/logs/${entry.id}`} search={{}}>
                    <time dateTime={entry.created_at}>{times.format(new Date(entry.created_at))}</time>
                  </StateLink>
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }} lineClamp={1}>
                    {[entry.ip, entry.user_agent].filter(Boolean).join(' · ')}
                  </Text>
                </Group>
              </Timeline.Item>
            ))}
          </Timeline>
        </Stack>
      ))}
    </Stack>
  );
}

const days = new Intl.DateTimeFormat('en', { dateStyle: 'full' });
const times = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
