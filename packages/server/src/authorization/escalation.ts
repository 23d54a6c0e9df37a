import { grantsBeyond, type Organization, type RuleFact } from '@bailiwick/authz';
import type { Permission } from '@bailiwick/contract';
import type { Context, RequestedChange } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { permissionsDenied } from './authorize.ts';

/**
 * Where an organization wants it so, refuses to give what the caller does not hold itself: by a rule, by a membership, or
 * by a key or password of somebody else (docs/decisions/0009-escalation.md). Call it within the change that would give.
 *
 * A directory holds nothing itself and says who is who; whoever makes a token for it answers for what it can give
 * (scim/tokens.ts).
 *
 * @param rules what would be given, found in the organization as it is before the change
 * @throws ApiError `permissions_denied` with every permission that the caller lacks
 */
export async function assertNoEscalation(
  context: Context,
  { db, scope, before }: RequestedChange,
  rules: (organization: Organization) => readonly RuleFact[],
): Promise<void> {
  if (context.caller.actor.kind === 'platform') return;
  const settings = await getOrganization(db, scope);
  if (settings.no_escalation === 0) return;
  const beyond = grantsBeyond(before, context.caller.actor.id, rules(before));
  if (beyond.length > 0) throw permissionsDenied(beyond as readonly Permission[], context.catalogue);
}
