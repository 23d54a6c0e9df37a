import { Box, Button, EmptyState, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { session } from '../api/session.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { Problem } from '../components/Problem.tsx';

interface EnableProps {
  readonly operation: 'saml.enable' | 'scim.enable';
  /** That it is off. */
  readonly title: string;
  readonly about: string;
  readonly label: string;
}

/** In place of a configuration that is not there: what it is for, and how to begin. */
export function Enable({ operation, title, about, label }: EnableProps) {
  const queries = useQueryClient();
  const enabling = useMutation({
    mutationFn: async () => {
      const { organization_id } = await session();
      await call(operation, { organization_id });
    },
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <EmptyState py="xl" title={title} description={about}>
      <EmptyState.Actions>
        <Stack align="center">
          <Button loading={enabling.isPending} onClick={() => enabling.mutate()}>
            {label}
          </Button>
          <Problem failure={enabling.error} />
          <Box maw={480} ta="start">
            <CommandLine command={commandOf(operation)} values={new Map()} />
          </Box>
        </Stack>
      </EmptyState.Actions>
    </EmptyState>
  );
}
