import type { OperationById, Output } from '@bailiwick/contract';
import { Anchor, Badge, Card, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts.ts';

type Explanation = Output<OperationById<'decisions.explain'>>;
type Outcome = Explanation['rules'][number];

const colors: Readonly<Record<string, string>> = {
  grants: 'teal.9',
  condition_false: 'orange.9',
  condition_error: 'red.9',
};

/** The way from the principal to the permission, rule by rule: through which group and policy, and where it ends. */
export function Reasons({ answer }: { readonly answer: Explanation }) {
  if (answer.rules.length === 0) return null;
  const groups = new Map(answer.groups.map(({ id, name }) => [id, name]));
  // What grants is looked for first.
  const sorted = answer.rules.toSorted(
    (one, other) => Number(other.outcome === 'grants') - Number(one.outcome === 'grants'),
  );
  return (
    <Stack gap="xs">
      {sorted.map((rule) => (
        <Way
          key={`${rule.rule_id} ${rule.permission} ${rule.group_id ?? ''}`}
          answer={answer}
          rule={rule}
          groups={groups}
        />
      ))}
    </Stack>
  );
}

interface WayProps {
  readonly answer: Explanation;
  readonly rule: Outcome;
  readonly groups: ReadonlyMap<string, string>;
}

function Way({ answer, rule, groups }: WayProps) {
  const steps = [
    answer.principal_name || answer.principal_id,
    ...(rule.group_id === undefined ? [] : [groups.get(rule.group_id) ?? rule.group_id]),
  ];
  return (
    <Card withBorder padding="xs">
      <Group gap="xs">
        {steps.map((step) => (
          <Group key={step} gap="xs">
            <Badge variant="outline" tt="none">
              {step}
            </Badge>
            <Text aria-hidden>→</Text>
          </Group>
        ))}
        <Anchor component={Link} to={`/policies/${rule.policy_id}`} size="sm">
          {rule.policy_name}
        </Anchor>
        <Text aria-hidden>→</Text>
        <Text size="sm">{texts.simulator.rule(rule.position + 1)}</Text>
        <Text aria-hidden>→</Text>
        <Text size="sm">{rule.permission_set_names.join(', ')}</Text>
        <Text aria-hidden>→</Text>
        <Code>{rule.permission}</Code>
        <Badge color={colors[rule.outcome] ?? 'gray.7'}>{rule.outcome.replaceAll('_', ' ')}</Badge>
      </Group>
      {rule.clause !== undefined && (
        <Text size="sm" mt="xs">
          {texts.simulator.clause} <Code>{rule.clause}</Code>{' '}
          {rule.values !== undefined && <Code>{JSON.stringify(rule.values)}</Code>}
        </Text>
      )}
    </Card>
  );
}
