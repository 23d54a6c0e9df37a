import { Badge, Button, Card, Checkbox, Code, Group, Skeleton, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import { useSession } from '../api/useSession.ts';
import { Problem } from '../components/Problem.tsx';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';
import { PolicyPreview } from './PolicyPreview.tsx';
import { fetchAll } from './queries.ts';
import { resourceOf } from './resources.ts';

interface Rule {
  readonly permission_set_names: readonly string[];
  readonly project_ids: readonly string[];
  readonly organization_id: string;
  readonly condition: string;
}

interface KnownRules {
  readonly rules: readonly Rule[];
  readonly isForeign: boolean;
}

const nothing: Rule = { permission_set_names: [], project_ids: [], organization_id: '', condition: '' };

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
        <Card key={index} withBorder>
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

const toWire = ({ permission_set_names, project_ids, organization_id, condition }: Rule) => ({
  permission_set_names: [...permission_set_names],
  ...(organization_id === '' ? { project_ids: [...project_ids] } : { organization_id }),
  ...(condition !== '' && { condition }),
});

const problemsOf = (wrong: Readonly<Record<string, string>>, index: number): readonly string[] =>
  Object.entries(wrong)
    .filter(([name]) => name.startsWith(`rules[${index}]`))
    .map(([name, help]) => `${name.slice(name.indexOf(']') + 2)}: ${help}`);

function RuleShown({ rule }: { readonly rule: Rule }) {
  return (
    <Stack gap="xs">
      <Value name="permission_set_names" value={rule.permission_set_names} />
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
      {rule.condition !== '' && <Code block>{rule.condition}</Code>}
    </Stack>
  );
}

interface RuleEditorProps {
  readonly rule: Rule;
  readonly problems: readonly string[];
  readonly onChange: (next: Partial<Rule>) => void;
  readonly onRemove: () => void;
}

function RuleEditor({ rule, problems, onChange, onRemove }: RuleEditorProps) {
  const [sets, projects] = [resourceOf('permission-sets'), resourceOf('projects')];
  const { data: scopes } = useScopes();
  const organizationId = useSession()?.organization_id;
  if (sets === undefined || projects === undefined || organizationId === undefined || scopes === undefined)
    return <Skeleton h={200} />;
  const isWide = (names: readonly string[]) => names.some((name) => scopes.get(name) === 'organization');
  const everywhere = { organization_id: organizationId, project_ids: [] };
  return (
    <Stack>
      <ReferenceInput
        resource={sets}
        label={texts.rules.sets}
        isList
        value={rule.permission_set_names}
        onChange={(value) => {
          const names = [value].flat();
          onChange({ permission_set_names: names, ...(isWide(names) && everywhere) });
        }}
      />
      {isWide(rule.permission_set_names) ? (
        <Text size="sm">{texts.rules.inOrganization}</Text>
      ) : (
        <Checkbox
          label={texts.rules.everywhere}
          checked={rule.organization_id !== ''}
          onChange={(event) => onChange(event.currentTarget.checked ? everywhere : { organization_id: '' })}
        />
      )}
      {rule.organization_id === '' && (
        <ReferenceInput
          resource={projects}
          label={texts.rules.projects}
          isList
          value={rule.project_ids}
          onChange={(value) => onChange({ project_ids: [value].flat() })}
        />
      )}
      <Textarea
        label={texts.rules.condition}
        description={texts.rules.conditionHint}
        autosize
        minRows={2}
        ff="monospace"
        value={rule.condition}
        onChange={(event) => onChange({ condition: event.currentTarget.value })}
      />
      {problems.map((problem) => (
        <Text key={problem} c="red" size="sm" role="alert">
          {problem}
        </Text>
      ))}
      <Group justify="end">
        <Button variant="subtle" color="red" onClick={onRemove}>
          {texts.rules.remove}
        </Button>
      </Group>
    </Stack>
  );
}

/** Where each permission set can hold: only what fits is offered. */
function useScopes() {
  return useQuery({
    queryKey: ['permission-sets', 'scopes'],
    queryFn: async () => {
      const sets = resourceOf('permission-sets');
      const all = sets === undefined ? [] : await fetchAll(sets);
      return new Map(all.map(({ name, scope_type }) => [String(name), String(scope_type)]));
    },
    staleTime: 60_000,
  });
}
