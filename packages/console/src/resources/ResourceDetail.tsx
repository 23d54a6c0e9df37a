import { Anchor, Button, Drawer, Group, Menu, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { commandOf, fieldsOf } from '../api/contract.ts';
import { CommandForm, type FormPreview } from '../components/CommandForm.tsx';
import type { FormValues } from '../components/form-values.ts';
import { spoken } from '../components/format.ts';
import { Problem } from '../components/Problem.tsx';
import { Value } from '../components/Value.tsx';
import { useIdInAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { LastUse } from './LastUse.tsx';
import { PolicyRules } from './PolicyRules.tsx';
import { PrincipalPreview } from './PrincipalPreview.tsx';
import { type Item, itemOf } from './queries.ts';
import type { Resource } from './resources.ts';
import { useBulkDelete } from './useBulkDelete.tsx';

/** What stands below the fields of some. */
const more: Readonly<Record<string, ComponentType<{ readonly id: string; readonly canChange: boolean }>>> = {
  'api-keys': LastUse,
  policies: PolicyRules,
};

/** What some forms show of what they would do. */
const previews: Readonly<Record<string, FormPreview>> = {
  'policies.update': PrincipalPreview,
};

/** One thing: everything that is known of it, and what can be done with it. */
export function ResourceDetail({ resource }: { readonly resource: Resource }) {
  const id = useIdInAddress();
  const More = more[resource.key];
  const navigate = useNavigate();
  const { data: item, error } = useQuery({ ...itemOf(resource, id), retry: false });
  const [doing, setDoing] = useState<string | null>(null);
  const bulk = useBulkDelete(resource, () => void navigate({ to: `/${resource.key}` }));
  if (item === undefined) return error === null ? <Skeleton h={200} /> : <Problem failure={error} />;
  const actions = (resource.actions ?? []).filter(({ when }) => when === undefined || when(item));
  const canChange = resource.update !== undefined && item.editable !== false;
  const canDelete = resource.remove !== undefined && item.deletable !== false;
  return (
    <Stack>
      <Anchor component={Link} to={`/${resource.key}`} size="sm">
        ← {resource.title}
      </Anchor>
      <Group justify="space-between">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {String(item[resource.name] ?? id)}
        </Title>
        <Group gap="xs">
          {canChange && <Button onClick={() => setDoing(resource.update ?? null)}>{texts.detail.edit}</Button>}
          {actions.length > 0 && (
            <Menu>
              <Menu.Target>
                <Button variant="default">{texts.detail.more}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {actions.map(({ operation, label }) => (
                  <Menu.Item key={operation} onClick={() => setDoing(operation)}>
                    {label}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          {canDelete && (
            <Button color="red" variant="light" onClick={() => bulk.ask([id])}>
              {texts.detail.remove}
            </Button>
          )}
        </Group>
      </Group>
      <Problem failure={error ?? bulk.failure} />
      <Fields resource={resource} item={item} />
      {More && <More id={id} canChange={canChange} />}
      <Drawer opened={doing !== null} onClose={() => setDoing(null)} position="right" size="lg" title={titleOf(doing)}>
        {doing !== null && (
          <CommandForm
            operation={doing}
            preset={presetOf(doing, id)}
            {...(doing === resource.update && { item })}
            preview={previews[doing]}
            onDone={() => setDoing(null)}
            onCancel={() => setDoing(null)}
          />
        )}
      </Drawer>
    </Stack>
  );
}

const titleOf = (operation: string | null): string => (operation === null ? '' : commandOf(operation).summary);

/** The id goes where the path of the operation has it. */
function presetOf(operation: string, id: string): FormValues {
  const inPath = commandOf(operation).arguments.find(({ wire }) => wire.in === 'path');
  return inPath === undefined ? {} : { [inPath.name]: id };
}

function Fields({ resource, item }: { readonly resource: Resource; readonly item: Item }) {
  const shown = fieldsOf(resource.type).filter(({ key }) => key in item && key !== 'srn');
  return (
    <Paper withBorder p="md">
      <SimpleGrid component="dl" cols={{ base: 1, sm: 2, lg: 3 }} m={0}>
        {shown.map((field) => (
          <div key={field.key}>
            <Text component="dt" size="xs" c="dimmed">
              {spoken(field.key)}
            </Text>
            <Text component="dd" m={0} size="sm">
              <Value name={field.key} field={field} value={item[field.key]} />
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}
