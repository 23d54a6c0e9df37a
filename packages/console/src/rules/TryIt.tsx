import { Badge, Code, Group, Mark, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useId } from 'react';
import { texts } from '../texts.ts';
import type { Circumstances, Trial } from './trial.ts';

interface TryItProps {
  readonly trial: Trial | null;
  /** Whether the answer is about what is typed now. */
  readonly isCurrent: boolean;
  readonly circumstances: Circumstances;
  readonly onChange: (circumstances: Circumstances) => void;
}

const inputs = [
  ['ip', texts.tryIt.ip, '192.0.2.7', 'text'],
  ['time', texts.tryIt.time, '', 'datetime-local'],
  ['user_agent', texts.tryIt.userAgent, 'curl/8', 'text'],
  ['name', texts.tryIt.name, 'web', 'text'],
  ['id', texts.tryIt.id, '', 'text'],
  ['locality', texts.tryIt.locality, 'fr-par-1', 'text'],
] as const;

/** Says under which circumstances a request would come, and shows at once what the condition makes of it. */
export function TryIt({ trial, isCurrent, circumstances, onChange }: TryItProps) {
  const id = useId();
  return (
    <Paper withBorder p="sm" role="group" aria-labelledby={id}>
      <Stack gap="xs">
        <Group gap="xs">
          <Text fw={500} size="sm" id={id}>
            {texts.tryIt.title}
          </Text>
          <Text size="xs" c="dimmed">
            {texts.tryIt.hint}
          </Text>
        </Group>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs" verticalSpacing="xs">
          {inputs.map(([name, label, placeholder, type]) => (
            <TextInput
              key={name}
              size="xs"
              label={label}
              placeholder={placeholder}
              type={type}
              step={1}
              autoComplete="off"
              value={circumstances[name]}
              onChange={(event) => onChange({ ...circumstances, [name]: event.currentTarget.value })}
            />
          ))}
        </SimpleGrid>
        <div aria-live="polite" aria-busy={!isCurrent}>
          {trial !== null && <Outcome trial={trial} />}
        </div>
      </Stack>
    </Paper>
  );
}

const colors = { true: 'teal.9', false: 'orange.9', error: 'red.9' } as const;

function Outcome({ trial: { verdict, clauses } }: { readonly trial: Trial }) {
  if (verdict === undefined) return <Text size="sm">{texts.tryIt.wrong}</Text>;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Badge color={colors[verdict]}>{verdict}</Badge>
        <Text size="sm">{texts.tryIt.means[verdict]}</Text>
      </Group>
      <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {clauses.map((clause, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may be written alike; their place is what they are known by
          <Clause key={index} clause={clause} isOnly={clauses.length === 1} />
        ))}
      </Stack>
    </Stack>
  );
}

interface ClauseProps {
  readonly clause: Trial['clauses'][number];
  readonly isOnly: boolean;
}

function Clause({ clause: { clause, verdict, decisive, values }, isOnly }: ClauseProps) {
  const read = Object.entries(values);
  return (
    <Group component="li" gap="xs">
      {!isOnly && <Badge color={colors[verdict]}>{verdict}</Badge>}
      <Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {decisive && !isOnly ? <Mark>{clause}</Mark> : clause}
      </Code>
      {decisive && !isOnly && <Text size="xs">{texts.tryIt.decides}</Text>}
      {read.map(([path, value]) => (
        <Text key={path} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {path} {value === null ? texts.tryIt.absent : `= ${JSON.stringify(value)}`}
        </Text>
      ))}
    </Group>
  );
}
