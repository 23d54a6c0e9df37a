import type { Settings } from '../context.ts';

/** Where people of an organization sign in: below `--public-url`, never below what a request says. */
export function signInUrl(settings: Pick<Settings, 'publicUrl'>, organizationId: string): string {
  return `${settings.publicUrl()}/auth/sign-in?${new URLSearchParams({ organization_id: organizationId })}`;
}

/** Where somebody sets up a second factor, after signing in. */
export const secondFactorsUrl = (settings: Pick<Settings, 'publicUrl'>): string =>
  `${settings.publicUrl()}/auth/second-factors`;
