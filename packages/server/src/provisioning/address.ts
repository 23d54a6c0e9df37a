import type { Services } from '../context.ts';

/** Under which a directory reaches us, without a final slash. */
export function addressOf({ settings }: Pick<Services, 'settings'>, scimId: string): string {
  return `${settings.publicUrl()}/scim/v2/${scimId.toLowerCase()}`;
}
