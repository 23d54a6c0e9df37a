import { Badge, Code, Group, Text, Tooltip } from '@mantine/core';
import type { Field } from '../api/contract.ts';
import { referenceOf } from '../resources/resources.ts';
import { texts } from '../texts.ts';
import { fullTime, isRecord, timeAgo } from './format.ts';
import { Named } from './Named.tsx';

/** A value of the wire as people read it: times told from now, ids by the name of what they stand for. */
export function Value({
  name,
  field,
  value,
}: {
  readonly name: string;
  readonly field?: Field;
  readonly value: unknown;
}) {
  if (value === null || value === undefined || value === '') return <Text c="dimmed">{texts.detail.empty}</Text>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <Text c="dimmed">{texts.detail.empty}</Text>;
    return (
      <Group gap={4}>
        {value.slice(0, 20).map((each) => (
          <Value key={isRecord(each) ? JSON.stringify(each) : String(each)} name={name} value={each} />
        ))}
        {value.length > 20 && <Text size="sm">+{value.length - 20}</Text>}
      </Group>
    );
  }
  if (isRecord(value))
    return (
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {JSON.stringify(value, null, 2)}
      </Code>
    );
  if (typeof value === 'boolean')
    return (
      <Badge miw="max-content" variant={value ? 'filled' : 'outline'}>
        {value ? 'yes' : 'no'}
      </Badge>
    );
  const text = String(value);
  if (field?.type === 'datetime' || name.endsWith('_at')) {
    return (
      <Tooltip label={fullTime(text)}>
        <Text component="time" dateTime={text} size="sm">
          {timeAgo(text)}
        </Text>
      </Tooltip>
    );
  }
  const reference = referenceOf(name);
  if (reference !== undefined && reference.chosenBy === undefined) return <Named resource={reference} id={text} />;
  if (field?.type === 'enum')
    return (
      <Badge variant="light" tt="none" miw="max-content">
        {text}
      </Badge>
    );
  if (name === 'tags' || name === 'permission_set_names')
    return (
      <Badge variant="light" tt="none">
        {text}
      </Badge>
    );
  if (name === 'public_key' || name === 'fingerprint' || name === 'id' || name === 'access_key')
    return <Code style={{ wordBreak: 'break-all' }}>{text}</Code>;
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {text}
    </Text>
  );
}

/** Whose policy or key it is. */
export function Principal({ item }: { readonly item: Readonly<Record<string, unknown>> }) {
  for (const name of ['user_id', 'group_id', 'application_id'] as const) {
    const id = item[name];
    const resource = referenceOf(name);
    if (typeof id === 'string' && id !== '' && resource !== undefined) return <Named resource={resource} id={id} />;
  }
  return <Text c="dimmed">{texts.detail.empty}</Text>;
}
