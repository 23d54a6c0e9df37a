import { Alert, Button, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { useRef, useState } from 'react';
import { texts } from '../texts.ts';

interface FilePickerProps {
  readonly words: Readonly<Record<'drop' | 'hint' | 'refused', string>>;
  /** In bytes. */
  readonly maxSize: number;
  readonly isBusy?: boolean;
  readonly onFile: (file: File) => void;
}

/** One file, dropped or chosen. The button stands for the whole to those who do not drop. */
export function FilePicker({ words, maxSize, isBusy = false, onFile }: FilePickerProps) {
  const [isRefused, setRefused] = useState(false);
  const choose = useRef<() => void>(null);
  return (
    <Stack gap="xs">
      <Dropzone
        openRef={choose}
        activateOnClick={false}
        activateOnKeyboard={false}
        enablePointerEvents
        multiple={false}
        maxSize={maxSize}
        loading={isBusy}
        onDrop={([file]) => {
          setRefused(false);
          if (file !== undefined) onFile(file);
        }}
        onReject={() => setRefused(true)}
      >
        <Stack align="center" gap="xs" ta="center">
          <Text size="sm" fw={600}>
            {words.drop}
          </Text>
          <Text size="xs" c="dimmed">
            {words.hint}
          </Text>
          <Button variant="default" onClick={() => choose.current?.()}>
            {texts.form.chooseFile}
          </Button>
        </Stack>
      </Dropzone>
      {isRefused && (
        <Alert color="red" role="alert">
          {words.refused}
        </Alert>
      )}
    </Stack>
  );
}
