import type { OperationById, Output } from '@bailiwick/contract';
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Fragment, useState } from 'react';
import { texts } from '../texts.ts';

type Change = Output<OperationById<'policies.preview'>>['changes'][number];
type AccessChange = Change['gains'][number];
type Access = AccessChange['before'];
type Named = AccessChange['projects'][number];

/** What is shown at first, so that a large change is seen whole. */
const mostPermissions = 6;
const mostNames = 5;

/** What some users and applications gain and lose, all of them the same. */
export function PreviewedChange({ change }: { readonly change: Change }) {
  const { principals, principal_count, gains, gain_count, losses, loss_count } = change;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        <Names known={principals} total={principal_count} />
      </Text>
      {gains.map((each) => (
        <AccessChangeShown key={keyOf(each)} change={each} isGain />
      ))}
      {losses.map((each) => (
        <AccessChangeShown key={keyOf(each)} change={each} isGain={false} />
      ))}
      <More shown={gains.length + losses.length} total={gain_count + loss_count} />
    </Stack>
  );
}

const keyOf = ({ permissions, where, projects, before, after }: AccessChange): string =>
  JSON.stringify([where, projects, before, after, permissions[0]]);

function AccessChangeShown({ change, isGain }: { readonly change: AccessChange; readonly isGain: boolean }) {
  const { permissions, permission_count, before, after } = change;
  const [sign, color] = isGain ? [texts.preview.gain, 'teal.9'] : [texts.preview.loss, 'red.9'];
  return (
    <Stack gap={4} pl="xs" style={{ borderInlineStart: `3px solid var(--mantine-color-${color.replace('.', '-')})` }}>
      <Group gap="xs">
        <Badge color={color} tt="none">
          {sign}
        </Badge>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <Place change={change} />
        </Text>
      </Group>
      <Permissions names={permissions} total={permission_count} />
      {(before.when === 'condition' || after.when === 'condition') && (
        <>
          <When label={texts.preview.before} access={before} />
          <When label={texts.preview.after} access={after} />
        </>
      )}
    </Stack>
  );
}

function Permissions({ names, total }: { readonly names: readonly string[]; readonly total: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Group gap={4}>
      {(isOpen ? names : names.slice(0, mostPermissions)).map((name) => (
        <Code key={name}>{name}</Code>
      ))}
      {isOpen && <More shown={names.length} total={total} />}
      {names.length > mostPermissions && (
        <Button variant="subtle" size="compact-xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? texts.preview.showLess : texts.preview.more(total - mostPermissions)}
        </Button>
      )}
    </Group>
  );
}

function When({ label, access }: { readonly label: string; readonly access: Access }) {
  return (
    <Text size="sm" component="div">
      {label} {texts.preview.when[access.when]}{' '}
      {access.condition !== undefined && (
        <Code style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
          {access.condition}
        </Code>
      )}
    </Text>
  );
}

function More({ shown, total }: { readonly shown: number; readonly total: number }) {
  return total > shown ? <Text size="sm">{texts.preview.more(total - shown)}</Text> : null;
}

function Place({ change }: { readonly change: AccessChange }) {
  const { where, projects, project_count, except_projects, except_count } = change;
  switch (where) {
    case 'organization':
      return texts.preview.inOrganization;
    case 'projects':
      return (
        <>
          {texts.preview.in} <Names known={projects} total={project_count} />
        </>
      );
    case 'all_projects':
      if (except_count === 0) return texts.preview.inAllProjects;
      return (
        <>
          {texts.preview.inAllProjects}, {texts.preview.but} <Names known={except_projects} total={except_count} />
        </>
      );
  }
}

/** Names, each written its own way, whatever is in it. */
function Names({ known, total }: { readonly known: readonly Named[]; readonly total: number }) {
  const shown = known.slice(0, mostNames);
  return (
    <>
      {shown.map(({ id, name }, place) => (
        <Fragment key={id}>
          {place > 0 && ', '}
          <bdi>{name || id}</bdi>
        </Fragment>
      ))}
      {total > shown.length && ` ${texts.preview.more(total - shown.length)}`}
    </>
  );
}
