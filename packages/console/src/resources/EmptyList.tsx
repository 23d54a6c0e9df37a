import { Box, Button, EmptyState, Stack } from '@mantine/core';
import { commandOf } from '../api/contract.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { withinSentence } from '../components/format.ts';
import { texts } from '../texts.ts';
import type { Resource } from './resources.ts';

interface EmptyListProps {
  readonly resource: Resource;
  /** Whether there may be some that were not asked for. */
  readonly isNarrowed: boolean;
  readonly onCreate: () => void;
}

/** In place of a list without anything: what the things are for, and how the first one is made. */
export function EmptyList({ resource, isNarrowed, onCreate }: EmptyListProps) {
  const { create, title, key, singular } = resource;
  if (isNarrowed) return <EmptyState py="xl" title={texts.list.noMatch} />;
  const about = texts.about[key];
  return (
    <EmptyState
      py="xl"
      title={texts.list.none(withinSentence(title))}
      {...(about !== undefined && { description: about })}
    >
      {create !== undefined && (
        <EmptyState.Actions>
          <Stack align="center">
            <Button onClick={onCreate}>{texts.list.first(singular)}</Button>
            <Box maw={480} ta="start">
              <CommandLine command={commandOf(create)} values={exampleOf(create)} />
            </Box>
          </Stack>
        </EmptyState.Actions>
      )}
    </EmptyState>
  );
}

/** What has to be said, by its name in capitals. */
const exampleOf = (operation: string): ReadonlyMap<string, string> =>
  new Map(
    commandOf(operation)
      .arguments.filter(({ required, fromConfig }) => required && fromConfig === null)
      .map(({ name }) => [name.replace('{index}', '0'), name.replace('.{index}', '').toUpperCase()]),
  );
