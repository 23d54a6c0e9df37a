import { resources } from '../resources/resources.ts';
import { texts } from '../texts.ts';

/** A page that the navigation and the palette lead to. */
export interface Place {
  readonly to: string;
  readonly label: string;
  readonly group: string;
}

const listed = (group: 'access' | 'credentials' | 'organization'): readonly Place[] =>
  resources
    .filter((resource) => resource.group === group)
    .map(({ key, title }) => ({ to: `/${key}`, label: title, group: texts.nav[group] }));

export const places: readonly Place[] = [
  ...listed('access'),
  { to: '/simulator', label: texts.nav.simulator, group: texts.nav.decisions },
  { to: '/who-can', label: texts.nav.whoCan, group: texts.nav.decisions },
  { to: '/what-can', label: texts.nav.whatCan, group: texts.nav.decisions },
  { to: '/profile', label: texts.profile.title, group: texts.nav.credentials },
  ...listed('credentials'),
  ...listed('organization'),
  { to: '/quotas', label: texts.quotas.title, group: texts.nav.organization },
  { to: '/saml-sign-in', label: texts.saml.title, group: texts.nav.organization },
  { to: '/provisioning', label: texts.scim.title, group: texts.nav.organization },
  { to: '/settings', label: texts.settings.title, group: texts.nav.organization },
];
