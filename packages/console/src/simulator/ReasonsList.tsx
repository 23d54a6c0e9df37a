import { Anchor, Badge, Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { OutcomeBadge } from './OutcomeBadge.tsx';
import type { Explanation } from './question.ts';
import type { RuleLookedAt } from './rules-looked-at.ts';

/** Cards that are shown before somebody asks for more. */
const atOnce = 50;

/** The reasons in words, rule by rule: through which group and policy, and where it ends. */
export function ReasonsList({
  answer,
  rules,
}: {
  readonly answer: Explanation;
  readonly rules: readonly RuleLookedAt[];
}) {
  const shown = useAddress().number('shown', atOnce);
  const setAddress = useSetAddress();
  const groups = new Map(answer.groups.map(({ id, name }) => [id, name]));
  return (
    <Stack gap="xs">
      {rules.slice(0, shown).map((rule) => (
        <WayInWords
          key={`${rule.rule_id} ${rule.group_id ?? ''}`}
          principal={answer.principal_name || answer.principal_id}
          rule={rule}
          groups={groups}
        />
      ))}
      {rules.length > shown && (
        <Group>
          <Text size="sm">{texts.reasons.left(rules.length - shown)}</Text>
          <Button variant="default" size="xs" onClick={() => setAddress({ shown: shown + atOnce })}>
            {texts.reasons.more}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface WayInWordsProps {
  readonly principal: string;
  readonly rule: RuleLookedAt;
  readonly groups: ReadonlyMap<string, string>;
}

function WayInWords({ principal, rule, groups }: WayInWordsProps) {
  const { group_id, policy_id, policy_name, position, permission_set_names, outcomes, clause, values } = rule;
  return (
    <Card withBorder padding="xs">
      <Group gap="xs">
        <Badge variant="outline" tt="none">
          {principal}
        </Badge>
        {group_id !== undefined && (
          <>
            <Arrow />
            <PageLink of="groups" id={group_id}>
              {groups.get(group_id) || group_id}
            </PageLink>
          </>
        )}
        <Arrow />
        <PageLink of="policies" id={policy_id}>
          {policy_name}
        </PageLink>
        <Arrow />
        <Text size="sm">{texts.simulator.rule(position + 1)}</Text>
        <Arrow />
        <Text size="sm">{permission_set_names.join(', ')}</Text>
        {outcomes.map(({ permission, outcome, tone }) => (
          <Group key={permission} gap="xs">
            <Arrow />
            <Code>{permission}</Code>
            <OutcomeBadge outcome={outcome} tone={tone} />
          </Group>
        ))}
      </Group>
      {rule.projects.length > 0 && (
        <Text size="sm" mt="xs">
          {texts.reasons.elsewhere} {rule.projects.map(({ id, name }) => name || id).join(', ')}
        </Text>
      )}
      {clause !== undefined && (
        <Text size="sm" mt="xs">
          {texts.simulator.clause} <Code>{clause}</Code> {values !== undefined && <Code>{JSON.stringify(values)}</Code>}
        </Text>
      )}
    </Card>
  );
}

const Arrow = () => <Text aria-hidden>→</Text>;

const PageLink = ({ of, id, children }: { readonly of: string; readonly id: string; readonly children: ReactNode }) => (
  <Anchor component={Link} to={`/${of}/${encodeURIComponent(id)}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
    {children}
  </Anchor>
);
