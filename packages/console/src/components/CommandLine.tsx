import { ActionIcon, Box, Code, CopyButton, Group, Text } from '@mantine/core';
import type { Command } from '../api/contract.ts';
import { texts } from '../texts.ts';

interface CommandLineProps {
  readonly command: Command;
  readonly values: ReadonlyMap<string, string>;
}

/** The same on the command line: what is typed follows from the command table, as what is sent does. */
export const CommandLine = ({ command, values }: CommandLineProps) => <CommandText text={lineOf(command, values)} />;

/** What is typed: one line, or several for what takes more than one. */
export function CommandText({ text }: { readonly text: string }) {
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {texts.form.command}
      </Text>
      <Group gap="xs" wrap="nowrap" align="start">
        <Code block flex={1} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {text}
        </Code>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <ActionIcon variant="default" size="lg" w="auto" px="xs" onClick={copy}>
              <Text size="xs">{copied ? texts.form.copied : texts.form.copy}</Text>
            </ActionIcon>
          )}
        </CopyButton>
      </Group>
    </Box>
  );
}

/** Secrets are never part of it: what a shell is told stays in its history. */
export function lineOf(command: Command, values: ReadonlyMap<string, string>): string {
  const words = [...values]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => {
      const shown = name.endsWith('password') ? '"$PASSWORD"' : quoted(value);
      return name === command.positional ? shown : `${name}=${shown}`;
    });
  return ['scw', ...command.words, ...words].join(' ');
}

const quoted = (value: string): string =>
  /^[\w@%+:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
