import type { Input, OperationById } from '@bailiwick/contract';
import { Badge, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue, useId } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { texts } from '../texts.ts';
import { PreviewedChange } from './PreviewedChange.tsx';

interface PolicyPreviewProps {
  readonly change: Input<OperationById<'policies.preview'>>;
  /** What is wrong with it and told already, by the name of the input. */
  readonly told?: Readonly<Record<string, string>>;
}

/** Milliseconds without a key pressed. */
const pause = 400;

/** Who would gain and who would lose by a change of a policy that is not saved yet, shortly after it was typed. */
export function PolicyPreview({ change, told = {} }: PolicyPreviewProps) {
  const title = useId();
  const [settled] = useDebouncedValue(change, pause);
  const { data, error, isFetching } = useQuery({
    queryKey: ['policies', 'preview', settled],
    queryFn: () => call('policies.preview', settled),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const isOld = isFetching || JSON.stringify(settled) !== JSON.stringify(change);
  const more = (data?.total_count ?? 0) - (data?.changes.length ?? 0);
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={title} aria-busy={isOld}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={3} size="h5" id={title}>
            {texts.preview.title}
          </Title>
          {isOld && <Loader size="xs" role="status" aria-label={texts.preview.working} />}
        </Group>
        {error !== null && <Unknown failure={error} told={told} />}
        {data && (
          <Group gap="xs" role="status">
            {data.changes.length === 0 && <Text size="sm">{texts.preview.nothing}</Text>}
            {data.gaining_count > 0 && (
              <Badge color="teal.9" tt="none">
                {texts.preview.gaining(data.gaining_count)}
              </Badge>
            )}
            {data.losing_count > 0 && (
              <Badge color="red.9" tt="none">
                {texts.preview.losing(data.losing_count)}
              </Badge>
            )}
          </Group>
        )}
        {data?.changes.map((each) => (
          <PreviewedChange key={each.principals[0]?.id} change={each} />
        ))}
        {more > 0 && <Text size="sm">{texts.preview.moreGroups(more)}</Text>}
      </Stack>
    </Paper>
  );
}

function Unknown({
  failure,
  told,
}: {
  readonly failure: Error;
  readonly told: NonNullable<PolicyPreviewProps['told']>;
}) {
  const wrong = failure instanceof Failure ? Object.entries(failure.byArgument) : [];
  if (wrong.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {texts.preview.unknown} {failure.message}
      </Text>
    );
  return (
    <>
      <Text size="sm" c="dimmed">
        {texts.preview.wrong}
      </Text>
      {wrong
        .filter(([name, help]) => told[name] !== help)
        .map(([name, help]) => (
          <Text key={name} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {placeOf(name)}: {help}
          </Text>
        ))}
    </>
  );
}

/** `rules[0].condition` → `rule 1, condition` */
function placeOf(argument: string): string {
  const [, index, rest] = /^rules\[(\d+)\]\.?(.*)$/.exec(argument) ?? [];
  if (index === undefined) return argument.replaceAll('_', ' ');
  return [texts.simulator.rule(Number(index) + 1), rest?.replaceAll('_', ' ')].filter(Boolean).join(', ');
}
