import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface ShownOnceProps {
  readonly title: string;
  /** That it comes never again, and where to keep it. */
  readonly once: string;
  /** What one says to have it go away. */
  readonly done: string;
  readonly onDone: () => void;
  readonly children: ReactNode;
}

/** What nobody sees a second time: it goes away by its button alone, never by a slip. */
export const ShownOnce = ({ title, once, done, onDone, children }: ShownOnceProps) => (
  <Modal
    opened
    onClose={onDone}
    withCloseButton={false}
    closeOnClickOutside={false}
    closeOnEscape={false}
    size="lg"
    title={title}
  >
    <Stack>
      <Alert color="yellow">{once}</Alert>
      {children}
      <Group justify="end">
        <Button onClick={onDone}>{done}</Button>
      </Group>
    </Stack>
  </Modal>
);
