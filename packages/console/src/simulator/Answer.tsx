import { Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { texts } from '../texts.ts';
import type { Explanation } from './question.ts';
import { Reasons } from './Reasons.tsx';

/** Allowed or denied, because of what, and what would change it. */
export function Answer({ answer }: { readonly answer: Explanation }) {
  const isAllowed = answer.decision === 'allow';
  return (
    <Card withBorder>
      <Stack>
        <Group>
          <Badge size="xl" color={isAllowed ? 'teal.9' : 'red.9'}>
            {isAllowed ? texts.simulator.allow : texts.simulator.deny}
          </Badge>
          <Text>
            {texts.simulator.because} {answer.because.replaceAll('_', ' ')}
          </Text>
        </Group>
        <Reasons answer={answer} />
        {answer.changes.length > 0 && (
          <Stack gap="xs">
            <Title order={2} size="h5">
              {texts.simulator.change}
            </Title>
            {answer.changes.map(({ edits }) => (
              <Code
                block
                key={edits.map(({ command }) => command).join()}
                style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
              >
                {edits.map(({ kind, command }) => command || kind.replaceAll('_', ' ')).join('\n')}
              </Code>
            ))}
          </Stack>
        )}
      </Stack>
    </Card>
  );
}
