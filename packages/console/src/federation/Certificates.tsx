import { Anchor, Button, Code, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { CopyText } from '../components/CopyText.tsx';
import { spoken } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { useConfirmed } from '../components/useConfirmed.ts';
import { texts } from '../texts.ts';
import { Ends } from './Ends.tsx';
import { HeadedTable } from './HeadedTable.tsx';
import type { SamlCertificate } from './queries.ts';

const words = texts.saml.certificates;

interface CertificatesProps {
  readonly certificates: readonly SamlCertificate[];
  /** The one that is looked at. */
  readonly shown: string;
  /** Leads to a state of the page. */
  readonly go: (search: Readonly<Record<string, string>>) => void;
}

/** Certificates of the identity provider, and when they end. */
export function Certificates({ certificates, shown, go }: CertificatesProps) {
  const looked = certificates.find(({ id }) => id === shown);
  return (
    <Section title={words.title} about={words.about}>
      {certificates.length === 0 && <Text size="sm">{words.none}</Text>}
      {certificates.length > 0 && (
        <HeadedTable heads={[words.id, texts.ends.head, words.type]}>
          {certificates.map((certificate) => (
            <CertificateRow key={certificate.id} certificate={certificate} isLast={certificates.length === 1} />
          ))}
        </HeadedTable>
      )}
      <Group>
        <Button variant="default" onClick={() => go({ change: 'certificate' })}>
          {words.add}
        </Button>
      </Group>
      <Modal opened={looked !== undefined} onClose={() => go({})} size="xl" title={words.id}>
        {looked !== undefined && (
          <Stack>
            <Code block>{looked.content}</Code>
            <Group>
              <CopyText text={looked.content} />
            </Group>
          </Stack>
        )}
      </Modal>
    </Section>
  );
}

interface CertificateRowProps {
  readonly certificate: SamlCertificate;
  readonly isLast: boolean;
}

function CertificateRow({ certificate: { id, type, expires_at }, isLast }: CertificateRowProps) {
  const removing = useConfirmed(() => call('samlCertificates.delete', { certificate_id: id }));
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          size="sm"
          aria-label={words.show(id)}
          renderRoot={(props) => <Link {...props} to="/saml-sign-in" search={{ certificate: id }} />}
        >
          {id}
        </Anchor>
        <Problem failure={removing.error} />
      </Table.Td>
      <Table.Td>
        <Ends time={expires_at} />
      </Table.Td>
      <Table.Td>{spoken(type)}</Table.Td>
      <Table.Td ta="end">
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          loading={removing.isPending}
          aria-label={words.removeOne(id)}
          onClick={() =>
            removing.ask(
              words.removeTitle,
              isLast ? `${words.removeText} ${words.removeLast}` : words.removeText,
              words.remove,
            )
          }
        >
          {words.remove}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
