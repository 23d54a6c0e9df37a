import { Button, Kbd } from '@mantine/core';
import { Spotlight, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { useNavigate } from '@tanstack/react-router';
import { resources } from '../resources/resources.ts';
import { texts } from '../texts.ts';
import { places } from './places.ts';

/** Every page and every form by its name, from the keyboard. */
export function Palette() {
  const navigate = useNavigate();
  const actions = [
    ...places.map(({ to, label, group }) => ({
      id: to,
      label,
      description: group,
      onClick: () => void navigate({ to }),
    })),
    ...resources
      .filter(({ create }) => create !== undefined)
      .map(({ key, singular }) => ({
        id: `create ${key}`,
        label: `${texts.list.create}: ${singular}`,
        description: texts.nav.access,
        onClick: () => void navigate({ to: `/${key}`, search: { create: true } }),
      })),
  ];
  return (
    <>
      <Button variant="default" visibleFrom="sm" onClick={spotlight.open} rightSection={<Kbd size="xs">Ctrl K</Kbd>}>
        {texts.shell.palette}
      </Button>
      <Spotlight
        actions={actions}
        nothingFound={texts.shell.paletteEmpty}
        highlightQuery
        limit={12}
        searchProps={{ placeholder: texts.shell.palette, 'aria-label': texts.shell.palette }}
      />
    </>
  );
}
