import { Stack } from '@mantine/core';
import { useState } from 'react';
import { CommandForm } from '../components/CommandForm.tsx';
import { texts } from '../texts.ts';
import { FilePicker } from './FilePicker.tsx';
import { pemOf } from './pem.ts';

interface CertificateFormProps {
  readonly samlId: string;
  readonly onDone: () => void;
}

/** A certificate from a file or as text. */
export function CertificateForm({ samlId, onDone }: CertificateFormProps) {
  const [content, setContent] = useState('');
  const take = async (file: File) => setContent(await pemOf(file));
  return (
    <Stack>
      <FilePicker words={texts.saml.certificates} maxSize={16_384} onFile={(file) => void take(file)} />
      <CommandForm
        key={content}
        operation="samlCertificates.add"
        preset={{ 'saml-id': samlId }}
        initial={{ type: 'signing', content }}
        onDone={onDone}
        onCancel={onDone}
      />
    </Stack>
  );
}
