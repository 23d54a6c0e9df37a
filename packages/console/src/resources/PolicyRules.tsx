import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { Problem } from '../components/Problem.tsx';
import { RuleEditor } from '../rules/RuleEditor.tsx';
import { RuleShown } from '../rules/RuleShown.tsx';
import { nothing, type Rule, toWire } from '../rules/rule.ts';
import { texts } from '../texts.ts';
import { PolicyPreview } from './PolicyPreview.tsx';

interface KnownRules {
  readonly rules: readonly Rule[];
  readonly isForeign: boolean;
}

/** The rules of a policy as cards. They are kept together: whoever saves says what all of them are. */
export function PolicyRules({ id: policyId, canChange }: { readonly id: string; readonly canChange: boolean }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<readonly Rule[] | null>(null);
  const { data, error } = useQuery({
    queryKey: ['rules', policyId],
    queryFn: async (): Promise<KnownRules> => {
      // A policy has no more than a page of them (docs/wire.md).
      const { rules } = await call('rules.list', { policy_id: policyId, page_size: 100 });
      return {
        // What cannot be sent again would be lost.
        isForeign: rules.some(({ account_root_user_id }) => account_root_user_id !== undefined),
        rules: rules.map(({ permission_set_names, project_ids, organization_id, condition }) => ({
          permission_set_names: permission_set_names ?? [],
          project_ids: project_ids ?? [],
          organization_id: organization_id ?? '',
          condition,
        })),
      };
    },
    refetchInterval: 5_000,
  });
  const saving = useMutation({
    mutationFn: (rules: readonly Rule[]) => call('rules.set', { policy_id: policyId, rules: rules.map(toWire) }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      setDraft(null);
    },
  });
  const wrong = saving.error instanceof Failure ? saving.error.byArgument : {};
  const rules = draft ?? data?.rules ?? [];
  const change = (index: number, next: Partial<Rule>) =>
    setDraft(rules.map((rule, place) => (place === index ? { ...rule, ...next } : rule)));
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {texts.detail.rules}
        </Title>
        {canChange && data?.isForeign === false && draft === null && (
          <Button variant="default" onClick={() => setDraft(rules)}>
            {texts.rules.edit}
          </Button>
        )}
      </Group>
      <Problem failure={error} />
      {data?.isForeign && <Text size="sm">{texts.rules.foreign}</Text>}
      {data && rules.length === 0 && <Text c="dimmed">{texts.rules.none}</Text>}
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name; their place is what they are known by
        <Card key={index} withBorder role="group" aria-label={texts.simulator.rule(index + 1)}>
          {draft === null ? (
            <RuleShown rule={rule} />
          ) : (
            <RuleEditor
              rule={rule}
              problems={problemsOf(wrong, index)}
              onChange={(next) => change(index, next)}
              onRemove={() => setDraft(rules.filter((_, place) => place !== index))}
            />
          )}
        </Card>
      ))}
      {draft !== null && (
        <>
          <PolicyPreview change={{ policy_id: policyId, rules: rules.map(toWire) }} told={wrong} />
          <Problem failure={saving.error} />
          <Group justify="space-between">
            <Button variant="default" onClick={() => setDraft([...rules, nothing])}>
              {texts.rules.add}
            </Button>
            <Group>
              <Button variant="default" onClick={() => setDraft(null)}>
                {texts.form.cancel}
              </Button>
              <Button loading={saving.isPending} onClick={() => saving.mutate(rules)}>
                {texts.form.save}
              </Button>
            </Group>
          </Group>
        </>
      )}
    </Stack>
  );
}

/** Of one rule, by the place in it. */
const problemsOf = (wrong: Readonly<Record<string, string>>, index: number): Readonly<Record<string, string>> => {
  const prefix = `rules[${index}].`;
  return Object.fromEntries(
    Object.entries(wrong)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, help]) => [name.slice(prefix.length), help]),
  );
};
