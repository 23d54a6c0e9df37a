import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { signOut } from '../api/session.ts';
import { useSession } from '../api/useSession.ts';
import { texts } from '../texts.ts';
import { type Place, places } from './places.ts';

const OwnGracePeriods = lazy(async () => ({
  default: (await import('../profile/GracePeriods.tsx')).OwnGracePeriods,
}));
const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));

/** What stands around every page: where one can go, who one is, and the palette. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the navigation goes away with every step
  useEffect(close, [pathname]);
  const groups = [...new Set(places.map(({ group }) => group))];
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 230, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={texts.shell.navigation} />
            <Anchor component={Link} to="/" fw={700} c="inherit">
              {texts.product}
            </Anchor>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Suspense>
              <Palette />
            </Suspense>
            <Theme />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={texts.shell.navigation}>
        <ScrollArea>
          {groups.map((group) => (
            <div key={group}>
              <Text size="xs" c="dimmed" px="xs" pt="sm">
                {group}
              </Text>
              {places
                .filter((place) => place.group === group)
                .map((place) => (
                  <PlaceLink
                    key={place.to}
                    place={place}
                    isHere={pathname === place.to || pathname.startsWith(`${place.to}/`)}
                  />
                ))}
            </div>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main>
        <Suspense>
          <OwnGracePeriods />
        </Suspense>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

const PlaceLink = ({ place, isHere }: { readonly place: Place; readonly isHere: boolean }) => (
  <NavLink
    component={Link}
    to={place.to}
    label={place.label}
    active={isHere}
    {...(isHere && { 'aria-current': 'page' as const })}
  />
);

function Theme() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={texts.shell.theme}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      {scheme === 'dark' ? '☀' : '☾'}
    </ActionIcon>
  );
}

function Account() {
  const person = useSession();
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" maw={{ base: 140, sm: 280 }}>
          <Text span inherit truncate>
            {person?.name ?? ''}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/profile">
          {texts.profile.title}
        </Menu.Item>
        <Menu.Item onClick={signOut}>{texts.shell.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
