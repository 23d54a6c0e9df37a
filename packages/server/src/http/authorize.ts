import { decide } from '@bailiwick/authz';
import { ApiError, type MissingPermission, notFound, type Operation, type Permission } from '@bailiwick/contract';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Actor } from '../context.ts';

declare const proof: unique symbol;

/**
 * Proof that a caller was allowed to use an operation, with the organization it may touch. Stores take it in place of
 * an organization id, so that a query without a check, or across tenants, looks wrong on the page.
 */
export interface Authorized {
  readonly organizationId: string;
  readonly [proof]: true;
}

function authorized(organizationId: string): Authorized {
  return { organizationId } as Authorized;
}

/** The platform's own work: first start and administration on the machine. */
export function authorizedPlatform(organizationId: string): Authorized {
  return authorized(organizationId);
}

/**
 * Asks the engine whether the actor may use the operation with this input, in the actor's own organization.
 *
 * @throws ApiError `permissions_denied` with every missing permission; `not_found` for another organization, which
 * the caller cannot know of
 */
export function authorize(
  actor: Actor,
  { access }: Operation,
  input: Readonly<Record<string, unknown>>,
  catalogue: Catalogue,
): Authorized {
  if (access.kind === 'permission') {
    const may = (permission: Permission, subject?: string) =>
      decide({ principal: actor, permission, organizationId: actor.organizationId, ...(subject && { subject }) })
        .allowed;
    const subject = access.self && subjectOf(access.self.user, input, actor);
    if (!(access.self && subject && may(access.self.permission, subject))) {
      const missing = access.permissions.filter((permission) => !may(permission));
      const refused = access.needs === 'one' ? missing.length === access.permissions.length : missing.length > 0;
      if (refused || access.permissions.length === 0) {
        throw permissionsDenied(
          access.permissions.length === 0 && access.self ? [access.self.permission] : missing,
          catalogue,
        );
      }
    }
  }
  const named = input.organization_id;
  if (typeof named === 'string' && named !== actor.organizationId) throw notFound('organization', named);
  return authorized(actor.organizationId);
}

/** The user a self permission is about. */
function subjectOf(user: string, input: Readonly<Record<string, unknown>>, actor: Actor): string | undefined {
  if (user === 'caller') return actor.id;
  const value = input[user];
  return typeof value === 'string' ? value : undefined;
}

/** A 403 that lists what is missing, each pair once. */
export function permissionsDenied(permissions: readonly Permission[], catalogue: Catalogue): ApiError {
  const pairs = new Map<string, MissingPermission>();
  for (const permission of permissions) {
    const action = permission.split(':')[2] ?? '';
    const resource = catalogue.permissionErrorResource(permission);
    pairs.set(`${action} ${resource}`, { action, resource });
  }
  return new ApiError({ type: 'permissions_denied', details: [...pairs.values()] });
}
