import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts.ts';
import type { LogEntry } from './log-entry.ts';
import type { Named } from './useNames.ts';

interface LogSentenceProps {
  readonly entry: LogEntry;
  readonly names: ReadonlyMap<string, Named>;
}

/** Who did what to what; by names where they are known, and linked as long as there is a page. */
export const LogSentence = ({ entry, names }: LogSentenceProps) => (
  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
    {entry.bearer_id === '' ? texts.logs.platform : <NameOf id={entry.bearer_id} names={names} />}{' '}
    <b>{entry.action.replaceAll('_', ' ')}</b> {entry.resource_type.replaceAll('_', ' ')}{' '}
    <NameOf id={entry.resource_id} names={names} />
  </Text>
);

function NameOf({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, Named> }) {
  const known = names.get(id);
  if (known === undefined) return <Text span>{id}</Text>;
  return (
    <Anchor component={Link} to={`/${known.resource.key}/${encodeURIComponent(id)}`} size="sm" underline="always">
      {known.name || id}
    </Anchor>
  );
}
