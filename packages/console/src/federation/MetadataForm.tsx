import { Button, Code, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { CommandText, lineOf } from '../components/CommandLine.tsx';
import { labelOf } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { texts } from '../texts.ts';
import { FilePicker } from './FilePicker.tsx';
import { isSamePem } from './pem.ts';
import type { Metadata, SamlCertificate } from './queries.ts';

/** What the server reads, in bytes. */
const maxSize = 256 * 1024;

interface MetadataFormProps {
  readonly samlId: string;
  /** Those that are there already. */
  readonly certificates: readonly SamlCertificate[];
  readonly onDone: () => void;
}

/** What an identity provider says of itself in a file: read, shown, and taken after that. */
export function MetadataForm(props: MetadataFormProps) {
  const reading = useMutation({
    mutationFn: async (file: File) =>
      call('saml.parseMetadata', { file: { name: file.name, content_type: file.type, content: await file.text() } }),
  });
  if (reading.data !== undefined) return <Found {...props} metadata={reading.data} onOther={reading.reset} />;
  return (
    <Stack>
      <FilePicker words={texts.saml.metadata} maxSize={maxSize} isBusy={reading.isPending} onFile={reading.mutate} />
      <Problem failure={reading.error} />
    </Stack>
  );
}

interface FoundProps extends MetadataFormProps {
  readonly metadata: Metadata;
  readonly onOther: () => void;
}

function Found({ samlId, certificates, metadata, onDone, onOther }: FoundProps) {
  const queries = useQueryClient();
  const { signing_certificates, ...values } = metadata;
  const isKnown = (pem: string) => certificates.some(({ content }) => isSamePem(content, pem));
  const added = signing_certificates.filter((pem) => !isKnown(pem));
  const taking = useMutation({
    mutationFn: async () => {
      await call('saml.update', { saml_id: samlId, ...values });
      for (const content of added) await call('samlCertificates.add', { saml_id: samlId, type: 'signing', content });
    },
    // Those that were taken before one was refused are known then.
    onSettled: () => queries.invalidateQueries(),
    onSuccess: onDone,
  });
  const lines = [
    lineOf(
      commandOf('saml.update'),
      new Map([
        ['saml-id', samlId],
        ['entity-id', values.entity_id],
        ['single-sign-on-url', values.single_sign_on_url],
      ]),
    ),
    ...added.map((content) =>
      lineOf(
        commandOf('samlCertificates.add'),
        new Map([
          ['saml-id', samlId],
          ['type', 'signing'],
          ['content', content],
        ]),
      ),
    ),
  ];
  return (
    <Stack>
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <Text size="xs" c="dimmed">
            {labelOf(name)}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Text>
        </div>
      ))}
      <Text size="xs" c="dimmed">
        {texts.saml.metadata.certificates}
      </Text>
      {signing_certificates.map((pem) => (
        <div key={pem}>
          <Pem content={pem} />
          {isKnown(pem) && <Text size="sm">{texts.saml.metadata.known}</Text>}
        </div>
      ))}
      <Problem failure={taking.error} />
      <CommandText text={lines.join('\n')} />
      <Group justify="end">
        <Button variant="default" onClick={onOther}>
          {texts.saml.metadata.other}
        </Button>
        <Button loading={taking.isPending} onClick={() => taking.mutate()}>
          {texts.saml.metadata.save}
        </Button>
      </Group>
    </Stack>
  );
}

const Pem = ({ content }: { readonly content: string }) => (
  <ScrollArea.Autosize mah={120} viewportProps={{ tabIndex: 0 }}>
    <Code block>{content}</Code>
  </ScrollArea.Autosize>
);
