/**
 * The decision engine: pure and synchronous, no clock, no I/O. It holds the rules that need no policy: the owner may
 * do everything in the organization, a user has rights on itself, and everybody else is refused.
 */

/** Who asks. */
export interface Principal {
  readonly kind: 'user' | 'application';
  readonly id: string;
  readonly organizationId: string;
  readonly owner: boolean;
  readonly locked: boolean;
}

/** May this principal use this permission in this organization? */
export interface Question {
  readonly principal: Principal;
  /** `service:resource:action` */
  readonly permission: string;
  readonly organizationId: string;
  /** The user it is about, for the `self_*` permissions. */
  readonly subject?: string;
}

export type Decision =
  | { readonly allowed: true; readonly because: 'owner' | 'self' }
  | { readonly allowed: false; readonly because: 'locked' | 'foreign_organization' | 'nothing_grants_it' };

/**
 * Decides one question. Unknown is refused.
 *
 * @example decide({ principal: owner, permission: 'iam:user:list', organizationId: owner.organizationId }).allowed // true
 */
export function decide({ principal, permission, organizationId, subject }: Question): Decision {
  if (principal.organizationId !== organizationId) return { allowed: false, because: 'foreign_organization' };
  if (principal.locked) return { allowed: false, because: 'locked' };
  if (isSelfPermission(permission)) {
    const self = principal.kind === 'user' && subject === principal.id;
    return self ? { allowed: true, because: 'self' } : { allowed: false, because: 'nothing_grants_it' };
  }
  if (principal.owner) return { allowed: true, because: 'owner' };
  return { allowed: false, because: 'nothing_grants_it' };
}

/** `iam:self_jwt:list`: held by every user on itself and by no permission set. */
export function isSelfPermission(permission: string): boolean {
  return permission.split(':')[1]?.startsWith('self_') ?? false;
}
