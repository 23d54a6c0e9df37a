import { Code, Group, Stack, Tabs } from '@mantine/core';
import { useSession } from '../api/useSession.ts';
import { texts } from '../texts.ts';
import { CopyText } from './CopyText.tsx';
import { ShownOnce } from './ShownOnce.tsx';

/** The secret of a new key, the only time that anybody sees it, as the programs take it that need it. */
export function NewSecret({
  apiKey,
  onDone,
}: {
  readonly apiKey: Readonly<Record<string, unknown>>;
  readonly onDone: () => void;
}) {
  const snippets = snippetsOf(apiKey, useSession()?.organization_id ?? '');
  return (
    <ShownOnce {...texts.secret} onDone={onDone}>
      <Tabs defaultValue={snippets[0]?.[0] ?? null}>
        <Tabs.List>
          {snippets.map(([name]) => (
            <Tabs.Tab key={name} value={name}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(([name, text]) => (
          <Tabs.Panel key={name} value={name} pt="sm">
            <Stack gap="xs">
              <Code block>{text}</Code>
              <Group>
                <CopyText text={text} />
              </Group>
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </ShownOnce>
  );
}

/** Of `scw` a profile for its file: what is typed stays in the history of the shell. */
function snippetsOf(
  apiKey: Readonly<Record<string, unknown>>,
  organization: string,
): readonly (readonly [string, string])[] {
  const [access, secret] = [String(apiKey.access_key), String(apiKey.secret_key)];
  const project = String(apiKey.default_project_id ?? '');
  const url = location.origin;
  return [
    ['Secret', secret],
    [
      '.env',
      `SCW_API_URL=${url}\nSCW_ACCESS_KEY=${access}\nSCW_SECRET_KEY=${secret}\nSCW_DEFAULT_ORGANIZATION_ID=${organization}\nSCW_DEFAULT_PROJECT_ID=${project}`,
    ],
    [
      'Terraform',
      `provider "scaleway" {\n  api_url    = "${url}"\n  access_key = "${access}"\n  secret_key = "${secret}"\n  project_id = "${project}"\n}`,
    ],
    [
      'scw',
      `access_key: ${access}\nsecret_key: ${secret}\napi_url: ${url}\ndefault_organization_id: ${organization}\ndefault_project_id: ${project}`,
    ],
  ];
}
