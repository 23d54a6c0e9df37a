import { Alert, Button, Code, Group, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { CommandLine } from '../components/CommandLine.tsx';
import { CopyText } from '../components/CopyText.tsx';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { ShownOnce } from '../components/ShownOnce.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';
import { Ends, hasEnded } from './Ends.tsx';
import { HeadedTable } from './HeadedTable.tsx';
import type { ScimToken } from './queries.ts';

const words = texts.scim.tokens;
/** Of those that have not ended (docs/decisions/0028-federation.md). */
const maximum = 2;

interface ScimTokensProps {
  readonly scimId: string;
  readonly tokens: readonly ScimToken[];
}

/** What the directory shows with every request. */
export function ScimTokens({ scimId, tokens }: ScimTokensProps) {
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () => call('scimTokens.create', { scim_id: scimId }),
    onSettled: () => queries.invalidateQueries(),
  });
  const good = tokens.filter((token) => !hasEnded(token));
  const isFull = good.length >= maximum;
  return (
    <Section title={words.title} about={words.about}>
      {tokens.length === 0 && <Text size="sm">{words.none}</Text>}
      {tokens.length > 0 && good.length === 0 && <Alert color="red">{words.allEnded}</Alert>}
      {tokens.length > 0 && (
        <HeadedTable heads={[words.id, texts.ends.head, words.made]}>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </HeadedTable>
      )}
      {isFull && <Text size="sm">{words.full}</Text>}
      <Group>
        <Button disabled={isFull} loading={making.isPending} onClick={() => making.mutate()}>
          {words.create}
        </Button>
      </Group>
      <Problem failure={making.error} />
      <CommandLine command={commandOf('scimTokens.create')} values={new Map([['scim-id', scimId]])} />
      {making.data !== undefined && (
        <ShownOnce {...texts.scim.once} onDone={making.reset}>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {making.data.bearer_token}
          </Code>
          <Group>
            <CopyText text={making.data.bearer_token} />
          </Group>
        </ShownOnce>
      )}
    </Section>
  );
}

function TokenRow({ token: { id, created_at, expires_at } }: { readonly token: ScimToken }) {
  const removing = useConfirmed(() => call('scimTokens.delete', { token_id: id }));
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{id}</Code>
        <Problem failure={removing.error} />
      </Table.Td>
      <Table.Td>
        <Ends time={expires_at} />
      </Table.Td>
      <Table.Td>
        <Value name="created_at" value={created_at} />
      </Table.Td>
      <Table.Td ta="end">
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          loading={removing.isPending}
          aria-label={words.removeOne(id)}
          onClick={() => removing.ask(words.removeTitle, words.removeText, words.remove)}
        >
          {words.remove}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
