import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { Problem } from '../components/Problem.tsx';
import { Section } from '../components/Section.tsx';
import { texts } from '../texts.ts';
import { CopyRow } from './CopyRow.tsx';
import { Enable } from './Enable.tsx';
import { End } from './End.tsx';
import { scimQuery } from './queries.ts';
import { ScimTokens } from './ScimTokens.tsx';

const { base } = texts.scim;

/** A directory that makes, changes and deletes users and groups. */
export function Scim() {
  const { data, error } = useQuery(scimQuery);
  return (
    <Stack>
      <Title order={1} size="h2">
        {texts.scim.title}
      </Title>
      {data === undefined && (error === null ? <Skeleton h={200} /> : <Problem failure={error} />)}
      {data === null && (
        <Enable operation="scim.enable" title={texts.scim.off} about={texts.scim.about} label={texts.scim.enable} />
      )}
      {data && (
        <>
          <Section title={base.title} about={base.about}>
            <CopyRow label={base.address} value={data.address} />
            <Text size="sm">{base.username}</Text>
          </Section>
          <ScimTokens scimId={data.scim.id} tokens={data.tokens} />
          <End words={texts.scim.end} end={() => call('scim.delete', { scim_id: data.scim.id })} />
        </>
      )}
    </Stack>
  );
}
