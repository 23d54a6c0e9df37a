import { Button, CopyButton } from '@mantine/core';
import { texts } from '../texts.ts';

interface CopyTextProps {
  readonly text: string;
  /** What it copies, where more than one thing can be copied. */
  readonly label?: string;
}

/** A button that copies, and says that it has. */
export const CopyText = ({ text, label }: CopyTextProps) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <Button
        variant="default"
        onClick={copy}
        {...(label !== undefined && { 'aria-label': `${copied ? texts.form.copied : texts.form.copy}: ${label}` })}
      >
        {copied ? texts.form.copied : texts.form.copy}
      </Button>
    )}
  </CopyButton>
);
