import { Anchor, Badge, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';
import type { Rule } from './rule.ts';

/** A rule to read: its permission sets, each with a way to what it contains, where it holds and under which condition. */
export function RuleShown({ rule }: { readonly rule: Rule }) {
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {rule.permission_set_names.map((name) => (
          <Anchor key={name} component={Link} to={`/permission-sets/${encodeURIComponent(name)}`} size="sm">
            {name}
          </Anchor>
        ))}
      </Group>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {texts.rules.where}
        </Text>
        {rule.organization_id === '' ? (
          <Value name="project_ids" value={rule.project_ids} />
        ) : (
          <Badge>{texts.simulator.organization}</Badge>
        )}
      </Group>
      {rule.condition !== '' && (
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {rule.condition}
        </Code>
      )}
    </Stack>
  );
}
