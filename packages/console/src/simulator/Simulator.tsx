import { Button, Grid, Group, Stack, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { commandOf } from '../api/contract.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { Problem } from '../components/Problem.tsx';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { Answer } from './Answer.tsx';
import { PermissionInput } from './PermissionInput.tsx';
import { PrincipalInput } from './PrincipalInput.tsx';
import { ProjectInput } from './ProjectInput.tsx';
import { explanationOf, type Question, questionIn, wordsOf } from './question.ts';

/** Who, what, where, when: allowed or denied, and why. The address holds what was asked, and so the answer. */
export function Simulator() {
  const asked = questionIn(useAddress());
  const setAddress = useSetAddress();
  const [question, setQuestion] = useState<Question>(asked);
  const set = (next: Partial<Question>) => setQuestion((before) => ({ ...before, ...next }));
  // Back leads to the question before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of what was asked, only what it says counts
  useEffect(() => setQuestion(asked), [JSON.stringify(asked)]);
  const { data, error, isFetching, refetch } = useQuery({ ...explanationOf(asked), enabled: asked.permission !== '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (JSON.stringify(question) === JSON.stringify(asked)) void refetch();
    else setAddress({ ...question });
  };
  const text = (name: 'ip' | 'agent' | 'name', label: string, placeholder: string) => (
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
        <PrincipalInput label={texts.simulator.principal} value={question} onChange={set} />
        <Grid mt="md">
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <PermissionInput value={question.permission} onChange={(permission) => set({ permission })} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <ProjectInput value={question.project} onChange={(project) => set({ project })} />
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
          <Button type="submit" disabled={question.permission === ''} loading={isFetching}>
            {texts.simulator.ask}
          </Button>
        </Group>
      </form>
      <Problem failure={error} />
      {data && <Answer answer={data} />}
      <CommandLine command={commandOf('decisions.explain')} values={wordsOf(question)} />
    </Stack>
  );
}
