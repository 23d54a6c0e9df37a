import { Button, Drawer, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { commandOf } from '../api/contract.ts';
import { CommandForm } from '../components/CommandForm.tsx';
import { labelOf } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { Value } from '../components/Value.tsx';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { CertificateForm } from './CertificateForm.tsx';
import { Certificates } from './Certificates.tsx';
import { Enable } from './Enable.tsx';
import { End } from './End.tsx';
import { MetadataForm } from './MetadataForm.tsx';
import { type SamlState, samlQuery } from './queries.ts';
import { SamlSwitch } from './SamlSwitch.tsx';
import { ServiceProvider } from './ServiceProvider.tsx';

/** Sign-in of members at an identity provider. */
export function Saml() {
  const { data, error } = useQuery(samlQuery);
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.saml.title}
      </Title>
      {data === undefined && (error === null ? <Skeleton h={200} /> : <Problem failure={error} />)}
      {data === null && (
        <Enable operation="saml.enable" title={texts.saml.off} about={texts.saml.about} label={texts.saml.enable} />
      )}
      {data && <Configured state={data} />}
    </Stack>
  );
}

/** What stands in the address while one of them is open. */
const titles = new Map([
  ['provider', commandOf('saml.update').summary],
  ['metadata', texts.saml.metadata.title],
  ['certificate', commandOf('samlCertificates.add').summary],
]);

function Configured({ state }: { readonly state: SamlState }) {
  const { saml, certificates } = state;
  const navigate = useNavigate();
  const address = useAddress();
  const open = address.text('change');
  const go = (search: Readonly<Record<string, string>>) => void navigate({ to: '/saml-sign-in', search });
  const close = () => go({});
  return (
    <>
      <SamlSwitch state={state} />
      <ServiceProvider provider={saml.service_provider} />
      <Section title={texts.saml.identity.title} about={texts.saml.identity.about}>
        {(['entity_id', 'single_sign_on_url'] as const).map((name) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {labelOf(name)}
            </Text>
            <Value name={name} value={saml[name]} />
          </div>
        ))}
        <Group gap="xs">
          <Button onClick={() => go({ change: 'metadata' })}>{texts.saml.identity.read}</Button>
          <Button variant="default" onClick={() => go({ change: 'provider' })}>
            {texts.saml.identity.change}
          </Button>
        </Group>
      </Section>
      <Certificates certificates={certificates} shown={address.text('certificate')} go={go} />
      <End words={texts.saml.end} end={() => call('saml.delete', { saml_id: saml.id })} />
      <Drawer opened={titles.has(open)} onClose={close} position="right" size="lg" title={titles.get(open) ?? ''}>
        {open === 'metadata' && <MetadataForm samlId={saml.id} certificates={certificates} onDone={close} />}
        {open === 'certificate' && <CertificateForm samlId={saml.id} onDone={close} />}
        {open === 'provider' && (
          <CommandForm
            operation="saml.update"
            preset={{ 'saml-id': saml.id }}
            item={saml}
            onDone={close}
            onCancel={close}
          />
        )}
      </Drawer>
    </>
  );
}
