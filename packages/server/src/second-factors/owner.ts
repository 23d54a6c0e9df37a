import { preconditionFailed } from '@bailiwick/contract';
import type { Context } from '../context.ts';
import type { UserRow } from '../users/store.ts';

/**
 * Managers of users take a second factor from a member who has lost it. Nobody but the owner makes it easier to sign in as the
 * owner (docs/decisions/0009-escalation.md).
 *
 * @throws ApiError `precondition_failed`
 */
export function assertMayWeaken({ caller }: Context, { id, type }: UserRow): void {
  if (type === 'owner' && id !== caller.actor.id)
    throw preconditionFailed('protected_resource', 'only the owner changes how the owner signs in');
}
