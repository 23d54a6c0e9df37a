import { Anchor, Button, Drawer, Group, Menu, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { commandOf } from '../api/contract.ts';
import { CommandForm, type FormPreview } from '../components/CommandForm.tsx';
import type { FormValues } from '../components/form-values.ts';
import { Problem } from '../components/Problem.tsx';
import { LogEntrySentence } from '../logs/LogEntrySentence.tsx';
import { useIdInAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { Fields } from './Fields.tsx';
import { GroupMembers } from './GroupMembers.tsx';
import { LastUse } from './LastUse.tsx';
import { MemberFactors } from './MemberFactors.tsx';
import { PermissionSetContents } from './PermissionSetContents.tsx';
import { PolicyRules } from './PolicyRules.tsx';
import { PrincipalPreview } from './PrincipalPreview.tsx';
import { principalKinds } from './principal-kinds.ts';
import { itemOf } from './queries.ts';
import { RelatedLists } from './RelatedList.tsx';
import { type Resource, referenceOf } from './resources.ts';
import { useBulkDelete } from './useBulkDelete.tsx';

/** What stands below the fields of some. */
const more: Readonly<Record<string, ComponentType<{ readonly id: string; readonly canChange: boolean }>>> = {
  'api-keys': LastUse,
  groups: GroupMembers,
  'permission-sets': PermissionSetContents,
  logs: LogEntrySentence,
  policies: PolicyRules,
  users: MemberFactors,
};

/** What some forms show of what they would do. */
const previews: Readonly<Record<string, FormPreview>> = {
  'policies.update': PrincipalPreview,
};

/** One thing: everything that is known of it, and what can be done with it. */
export function ResourceDetail({ resource }: { readonly resource: Resource }) {
  const id = useIdInAddress();
  const More = more[resource.key];
  const kind = principalKinds.find((each) => referenceOf(each) === resource);
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
          {kind !== undefined && (
            <Button
              variant="default"
              renderRoot={(props) => <Link {...props} to="/what-can" search={{ kind, principal: id }} />}
            >
              {texts.map.link}
            </Button>
          )}
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
      <RelatedLists resource={resource} id={id} />
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
