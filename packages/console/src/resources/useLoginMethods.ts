import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { session } from '../api/session.ts';

/** The ways to sign in that an organization switches on and off. */
export const loginMethods = [
  'login_password_enabled',
  'login_magic_code_enabled',
  'login_oauth2_enabled',
  'login_saml_enabled',
] as const;

/** Switches ways to sign in on and off, and looks at everything anew. */
export function useLoginMethods() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: Partial<Record<(typeof loginMethods)[number], boolean>>) => {
      const { organization_id } = await session();
      return call('organizations.updateLoginMethods', { organization_id, ...change });
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
