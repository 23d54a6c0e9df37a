import { Button, Group } from '@mantine/core';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';

interface EndProps {
  readonly words: Readonly<Record<'title' | 'about' | 'ask' | 'question' | 'text' | 'yes', string>>;
  readonly end: () => Promise<unknown>;
}

/** Takes a configuration away, after a question that says what ends with it. */
export function End({ words, end }: EndProps) {
  const ending = useConfirmed(end);
  return (
    <Section title={words.title} about={words.about}>
      <Group>
        <Button
          color="red"
          variant="light"
          loading={ending.isPending}
          onClick={() => ending.ask(words.question, words.text, words.yes)}
        >
          {words.ask}
        </Button>
      </Group>
      <Problem failure={ending.error} />
    </Section>
  );
}
