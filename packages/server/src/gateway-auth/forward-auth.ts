import { decide } from '@bailiwick/authz';
import { permissionsDenied } from '../authorization/authorize.ts';
import { isOfOperator } from '../authzen/questions.ts';
import type { Handler } from '../context.ts';
import { neededBy } from './routes.ts';

/**
 * Lets the request of the caller pass or not.
 *
 * @throws ApiError `permissions_denied`, which tells nothing more: the answer may reach whoever has sent the request
 */
export const forwardAuth: Handler<'gateway.forwardAuth'> = async (context, forwarded) => {
  const { caller, clock, organization, settings, catalogue } = context;
  const needed = neededBy(settings.gateway(), forwarded);
  if (!needed) throw permissionsDenied([], catalogue);
  const { permission, properties, resource } = needed;
  const described = isOfOperator(permission);
  const { allowed } = decide(organization, {
    principalId: caller.actor.id,
    permission,
    scope: needed.scope,
    now: clock.now(),
    request: { ip: caller.ip, userAgent: caller.userAgent },
    resource: { ...resource, ...(described && { properties }) },
    ...(described && { subject: { id: caller.actor.id, type: caller.actor.kind } }),
  });
  if (!allowed) throw permissionsDenied([], catalogue);
  return undefined;
};
