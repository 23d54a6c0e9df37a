import { Group, Progress, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { commandOf } from '../api/contract.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { Problem } from '../components/Problem.tsx';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { AccessMap } from './AccessMap.tsx';
import { AccessTable } from './AccessTable.tsx';
import { matching } from './access-map.ts';
import { PrincipalInput } from './PrincipalInput.tsx';
import { principalIn, wordsOf } from './question.ts';
import { useReach } from './useReach.ts';

/** Everything that a principal may do, and where: the map of its access. */
export function WhatCan() {
  const address = useAddress();
  const setAddress = useSetAddress();
  const asked = principalIn(address);
  const words = address.text('q');
  const view = address.text('view') === 'table' ? 'table' : 'map';
  const { permissions, total, isReading, error } = useReach(asked.principal);
  // Letters are typed faster than a large map is drawn.
  const wanted = useDeferredValue(words);
  const reach = useMemo(() => matching(permissions, wanted), [permissions, wanted]);
  const View = view === 'table' ? AccessTable : AccessMap;
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.nav.whatCan}
      </Title>
      <PrincipalInput
        label={texts.map.who}
        value={asked}
        onChange={(next) => setAddress({ ...next, page: '', columns: '', open: '' })}
      />
      <Group justify="space-between">
        <TextInput
          aria-label={texts.list.search}
          w={300}
          placeholder={texts.map.filter}
          value={words}
          onChange={(event) => setAddress({ q: event.currentTarget.value, page: '', columns: '' }, 'typing')}
        />
        <SegmentedControl
          aria-label={texts.map.view}
          value={view}
          onChange={(next) => setAddress({ view: next })}
          data={[
            { value: 'map', label: texts.map.map },
            { value: 'table', label: texts.map.table },
          ]}
        />
      </Group>
      <Problem failure={error} />
      {isReading && (
        <Progress
          value={total === 0 ? 5 : (permissions.length / total) * 100}
          aria-label={texts.map.reading(permissions.length, total)}
          animated
        />
      )}
      {!isReading && error === null && reach.length === 0 && (
        <Text c="dimmed">{words === '' ? texts.simulator.nothing : texts.list.noMatch}</Text>
      )}
      {reach.length > 0 && <View asked={asked} reach={reach} />}
      {!isReading && permissions.length < total && <Text size="sm">{texts.map.cut(permissions.length, total)}</Text>}
      <Text size="sm" c="dimmed">
        {texts.map.conditions}
      </Text>
      <CommandLine command={commandOf('decisions.whatCan')} values={wordsOf(asked)} />
    </Stack>
  );
}
