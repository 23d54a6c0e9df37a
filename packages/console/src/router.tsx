import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ResourceList } from './resources/ResourceList.tsx';
import { resources } from './resources/resources.ts';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({ component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/users' });
  },
});

/** What has a page of its own in place of a list. */
const unlisted = new Set(['logs']);

const lists = resources
  .filter(({ key }) => !unlisted.has(key))
  .map((resource) =>
    createRoute({
      getParentRoute: () => root,
      path: `/${resource.key}`,
      component: () => <ResourceList key={resource.key} resource={resource} />,
    }),
  );

const details = resources.map((resource) =>
  createRoute({
    getParentRoute: () => root,
    path: `/${resource.key}/$id`,
    component: lazyRouteComponent(async () => {
      const { ResourceDetail } = await import('./resources/ResourceDetail.tsx');
      return { default: () => <ResourceDetail resource={resource} /> };
    }),
  }),
);

const page = (path: string, load: Parameters<typeof lazyRouteComponent>[0], name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) });

const pages = [
  page('/simulator', () => import('./simulator/Simulator.tsx'), 'Simulator'),
  page('/who-can', () => import('./simulator/WhoCan.tsx'), 'WhoCan'),
  page('/what-can', () => import('./simulator/WhatCan.tsx'), 'WhatCan'),
  page('/logs', () => import('./logs/Logs.tsx'), 'Logs'),
  page('/profile', () => import('./profile/Profile.tsx'), 'Profile'),
  page('/settings', () => import('./resources/Settings.tsx'), 'Settings'),
  page('/saml-sign-in', () => import('./federation/Saml.tsx'), 'Saml'),
  page('/provisioning', () => import('./federation/Scim.tsx'), 'Scim'),
  page('/quotas', () => import('./resources/Quotas.tsx'), 'Quotas'),
];

export const router = createRouter({ routeTree: root.addChildren([home, ...lists, ...details, ...pages]) });
