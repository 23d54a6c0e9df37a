import { Anchor, Text } from '@mantine/core';
import { Section } from '../components/Section.tsx';
import { texts } from '../texts.ts';
import { CopyRow } from './CopyRow.tsx';
import type { SamlConfiguration } from './queries.ts';

const words = texts.saml.provider;

/** What the identity provider has to know. Our entity id is the address of our metadata. */
export const ServiceProvider = ({ provider }: { readonly provider: SamlConfiguration['service_provider'] }) => (
  <Section title={words.title} about={words.about}>
    <CopyRow label={words.entity_id} value={provider.entity_id} />
    <CopyRow label={words.assertion_consumer_service_url} value={provider.assertion_consumer_service_url} />
    <Anchor size="sm" href={provider.entity_id} target="_blank" rel="noreferrer">
      {words.metadata}
    </Anchor>
    <Text size="sm">{words.username}</Text>
  </Section>
);
