import type { Permission } from './catalogue.ts';
import type { Question } from './facts.ts';
import {
  type ConditionalGrant,
  cellOf,
  type Grants,
  grantsTo,
  type Organization,
  type Principal,
} from './organization.ts';

/** The answer to a question, and in one word because of what. `explain` tells the rest. */
export type Decision =
  | { readonly allowed: true; readonly because: 'owner' | 'self' | 'rule' }
  | { readonly allowed: false; readonly because: Refusal };

export type Refusal =
  /** The organization has no such user or application. */
  | 'unknown_principal'
  /** The catalogue has no such permission. */
  | 'unknown_permission'
  /** The scope is not of this organization. */
  | 'foreign_scope'
  /** A permission on the organization was asked of a project. */
  | 'scope_mismatch'
  /** The credential has ended. */
  | 'expired'
  | 'locked'
  /** A right that every user has on itself, asked about somebody else or by an application. */
  | 'not_self'
  | 'nothing_grants';

const owner: Decision = Object.freeze({ allowed: true, because: 'owner' });
const self: Decision = Object.freeze({ allowed: true, because: 'self' });
const rule: Decision = Object.freeze({ allowed: true, because: 'rule' });
const refused = (because: Refusal): Decision => Object.freeze({ allowed: false, because });
const unknownPrincipal = refused('unknown_principal');
const unknownPermission = refused('unknown_permission');
const foreignScope = refused('foreign_scope');
const scopeMismatch = refused('scope_mismatch');
const expired = refused('expired');
const locked = refused('locked');
const notSelf = refused('not_self');
const nothingGrants = refused('nothing_grants');

/**
 * Decides one question. Rules only allow; nothing takes away. What is unknown is refused, and an error in a condition
 * grants nothing.
 *
 * @example decide(organization, { principalId, permission: 'wiki:page:read', scope, now }).allowed // true
 */
export function decide(organization: Organization, question: Question): Decision {
  const principal = organization.principals.get(question.principalId);
  if (principal === undefined) return unknownPrincipal;
  const permission = organization.catalogue.permissions.get(question.permission);
  if (permission === undefined) return unknownPermission;
  return (
    refusedBeforeRules(organization, principal, permission, question) ??
    decideByRules(organization, principal, permission, question)
  );
}

/** Scope, credential, owner, lock and the rights on oneself, in this order; null when rules decide. */
export function refusedBeforeRules(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  question: Question,
): Decision | null {
  const { scope, expiresAt } = question;
  if (scope.kind === 'project') {
    if (!organization.projects.has(scope.projectId)) return foreignScope;
    if (permission.scope !== 'project') return scopeMismatch;
  } else if (scope.organizationId !== organization.id) return foreignScope;
  if (expiresAt != null && expiresAt <= question.now) return expired;
  if (principal.locked) return locked;
  if (permission.scope === 'self') {
    return principal.kind === 'user' && question.aboutUserId === principal.id ? self : notSelf;
  }
  return principal.owner ? owner : null;
}

function decideByRules(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  question: Question,
): Decision {
  const grants = grantsTo(organization, principal);
  if (!holds(organization, grants, permission, question)) return nothingGrants;
  for (const required of permission.requires) {
    if (!holds(organization, grants, required, question)) return nothingGrants;
  }
  return rule;
}

/** The largest number that V8 keeps without an object of its own; beyond it answers are worked out each time. */
const largestKey = 0x3fff_ffff;
/** Answers that are kept of one set of sources. */
const maximumAnswers = 50_000;

/** Whether some rule grants the permission in the scope of the question, its condition being true. */
export function holds(organization: Organization, grants: Grants, permission: Permission, question: Question): boolean {
  const { scope } = question;
  // A permission on the organization that one on a project requires is asked of the organization.
  const projectId = scope.kind === 'project' && permission.scope === 'project' ? scope.projectId : null;
  const project = projectId === null ? 0 : organization.projects.get(projectId);
  if (project === undefined) return false;
  const key = project * organization.catalogue.permissions.size + permission.index;
  const known = grants.answers.get(key);
  if (known !== undefined) return known;
  const cell = cellOf(grants, permission);
  const sure = cell.organization || (projectId !== null && cell.projects.has(projectId));
  let conditional = false;
  if (!sure) {
    for (const grant of cell.conditional) {
      if (!covers(grant, projectId)) continue;
      if (grant.condition.evaluate(question) === true) return true;
      conditional = true;
    }
  }
  if (!conditional && key <= largestKey) {
    if (grants.answers.size >= maximumAnswers) grants.answers.clear();
    grants.answers.set(key, sure);
  }
  return sure;
}

function covers({ organization, projects }: ConditionalGrant, projectId: string | null): boolean {
  return organization || (projectId !== null && projects.has(projectId));
}

/** Whether the answer depends on a condition, so that the attributes of the resource are worth looking up. */
export function dependsOnConditions(organization: Organization, question: Question): boolean {
  const principal = organization.principals.get(question.principalId);
  const permission = organization.catalogue.permissions.get(question.permission);
  if (!principal || !permission) return false;
  if (refusedBeforeRules(organization, principal, permission, question)) return false;
  const grants = grantsTo(organization, principal);
  return [permission, ...permission.requires].some((each) => cellOf(grants, each).conditional.length > 0);
}
