import { Code, Group, Text } from '@mantine/core';
import { CopyText } from '../components/CopyText.tsx';

/** A value that is carried to another program. */
export const CopyRow = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <Group gap="xs" wrap="nowrap">
      <Code block flex={1} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {value}
      </Code>
      <CopyText text={value} label={label} />
    </Group>
  </div>
);
