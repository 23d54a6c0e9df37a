import { Badge, Button, Card, Code, Grid, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect } from 'react';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { session } from '../api/session.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { Problem } from '../components/Problem.tsx';
import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { resourceOf } from '../resources/resources.ts';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { Reasons } from './Reasons.tsx';

/** The question, as the address holds it: a question is a link. What was not said is empty. */
interface Question {
  readonly kind: string;
  readonly principal: string;
  readonly permission: string;
  readonly project: string;
  readonly ip: string;
  readonly time: string;
  readonly agent: string;
  readonly name: string;
}

function useQuestion(): Question {
  const { text } = useAddress();
  return {
    kind: text('kind') || 'user_id',
    principal: text('principal'),
    permission: text('permission'),
    project: text('project'),
    ip: text('ip'),
    time: text('time'),
    agent: text('agent'),
    name: text('name'),
  };
}

const kinds = [
  { value: 'user_id', label: 'User' },
  { value: 'application_id', label: 'Application' },
];

/** Who, what, where, when: allowed or denied, and why. */
export function Simulator() {
  const question = useQuestion();
  const navigate = useNavigate();
  const set = (next: Partial<Question>) =>
    void navigate({ to: '/simulator', search: filled({ ...question, ...next }), replace: true });
  const asking = useMutation({ mutationFn: explain });
  const { mutate } = asking;
  const isComplete = question.permission !== '';
  // A link to a question is answered at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the page opens
  useEffect(() => {
    if (isComplete) mutate(question);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate(question);
  };
  const resource = resourceOf(question.kind === 'application_id' ? 'applications' : 'users');
  const projects = resourceOf('projects');
  const text = (name: 'permission' | 'ip' | 'agent' | 'name', label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={question[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.simulator.title}
      </Title>
      <form onSubmit={submit}>
        <Grid>
          <Grid.Col span={{ base: 12, sm: 3 }}>
            <Select
              label={texts.simulator.kind}
              data={kinds}
              allowDeselect={false}
              value={question.kind}
              onChange={(kind) => set({ kind: kind === 'application_id' ? kind : 'user_id', principal: '' })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 9 }}>
            {resource && (
              <ReferenceInput
                resource={resource}
                label={texts.simulator.principal}
                isList={false}
                value={question.principal}
                onChange={(value) => set({ principal: String(value) })}
              />
            )}
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            {text('permission', texts.simulator.permission, 'iam:policy:read')}
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            {projects && (
              <ReferenceInput
                resource={projects}
                label={texts.simulator.where}
                description={texts.simulator.whereHint}
                isList={false}
                value={question.project}
                onChange={(value) => set({ project: String(value) })}
              />
            )}
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 3 }}>{text('ip', texts.simulator.ip, '192.0.2.1')}</Grid.Col>
          <Grid.Col span={{ base: 12, sm: 3 }}>
            <TextInput
              label={texts.simulator.time}
              type="datetime-local"
              value={question.time}
              onChange={(event) => set({ time: event.currentTarget.value })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 3 }}>{text('agent', texts.simulator.userAgent, 'curl/8')}</Grid.Col>
          <Grid.Col span={{ base: 12, sm: 3 }}>{text('name', texts.simulator.resource, 'web')}</Grid.Col>
        </Grid>
        <Group justify="end" mt="md">
          <Button type="submit" disabled={!isComplete} loading={asking.isPending}>
            {texts.simulator.ask}
          </Button>
        </Group>
      </form>
      <Problem failure={asking.error} />
      {asking.data && <Answer answer={asking.data} />}
      <CommandLine command={commandOf('decisions.explain')} values={wordsOf(question)} />
    </Stack>
  );
}

type Explanation = Awaited<ReturnType<typeof explain>>;

function Answer({ answer }: { readonly answer: Explanation }) {
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
              <Code block key={edits.map(({ command }) => command).join()}>
                {edits.map(({ kind, command }) => command || kind.replaceAll('_', ' ')).join('\n')}
              </Code>
            ))}
          </Stack>
        )}
      </Stack>
    </Card>
  );
}

async function explain({ principal, permission, project, ip, time, agent, name }: Question) {
  const { organization_id } = await session();
  const request = filled({ ip, user_agent: agent, time: isoTime(time) });
  return call('decisions.explain', {
    permission,
    ...(project === '' ? { organization_id } : { project_id: project }),
    ...(principal !== '' && { subject: { principal_id: principal } }),
    ...(Object.keys(request).length > 0 && { request }),
    ...(name !== '' && { resource: { name } }),
  });
}

/** What was said. */
const filled = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

const isoTime = (time: string): string => (time === '' ? '' : new Date(time).toISOString());

const wordsOf = ({ principal, permission, project, ip, time, agent, name }: Question): ReadonlyMap<string, string> =>
  new Map([
    ['permission', permission],
    ['principal-id', principal],
    ['project-id', project],
    ['request.ip', ip],
    ['request.user-agent', agent],
    ['request.time', isoTime(time)],
    ['resource.name', name],
  ]);
