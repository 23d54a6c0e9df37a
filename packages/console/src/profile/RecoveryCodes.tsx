import { Button, Code, Group, SimpleGrid } from '@mantine/core';
import { CopyText } from '../components/CopyText.tsx';
import { ShownOnce } from '../components/ShownOnce.tsx';
import { texts } from '../texts.ts';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** The only time that anybody sees them. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const { download, ...words } = texts.recovery;
  const text = `${codes.join('\n')}\n`;
  return (
    <ShownOnce {...words} onDone={onDone}>
      <SimpleGrid component="ul" cols={2} p={0} m={0} style={{ listStyle: 'none' }}>
        {codes.map((code) => (
          <li key={code}>
            <Code fz="md">{code}</Code>
          </li>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyText text={text} />
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="recovery-codes.txt"
        >
          {download}
        </Button>
      </Group>
    </ShownOnce>
  );
}
