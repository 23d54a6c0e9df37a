import type { Permission } from './catalogue.ts';
import type { Question } from './facts.ts';
import {
  type Answer,
  type Cell,
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
  const place = placeOf(organization, question.scope);
  return (
    refusedAt(place, principal, permission, question) ??
    decideByRules(organization, principal, permission, question, place)
  );
}

/** A project as its number, the organization as 0; -1 for what is of neither. */
type Place = number;

/** Looked up once for each question: the rest counts with numbers. */
function placeOf(organization: Organization, scope: Question['scope']): Place {
  if (scope.kind === 'project') return organization.projects.get(scope.projectId) ?? -1;
  return scope.organizationId === organization.id ? 0 : -1;
}

/** Refused or granted whatever the rules say; null when they decide. */
function refusedAt(place: Place, principal: Principal, permission: Permission, question: Question): Decision | null {
  if (place === -1) return foreignScope;
  if (place !== 0 && permission.scope !== 'project') return scopeMismatch;
  return decideWithoutRules(principal, permission, question);
}

/** Credential, lock, the rights on oneself and owner, in this order; null when rules decide. */
export function decideWithoutRules(
  principal: Principal,
  permission: Permission,
  { expiresAt, now, aboutUserId }: Pick<Question, 'expiresAt' | 'now' | 'aboutUserId'>,
): Decision | null {
  if (expiresAt != null && expiresAt <= now) return expired;
  if (principal.locked) return locked;
  if (permission.scope === 'self') return principal.kind === 'user' && aboutUserId === principal.id ? self : notSelf;
  return principal.owner ? owner : null;
}

function decideByRules(
  organization: Organization,
  principal: Principal,
  permission: Permission,
  question: Question,
  place: Place,
): Decision {
  const grants = grantsTo(organization, principal);
  if (!holds(organization, grants, permission, question, place)) return nothingGrants;
  for (const required of permission.requires) {
    if (!holds(organization, grants, required, question, place)) return nothingGrants;
  }
  return rule;
}

/** The largest number that V8 keeps without an object of its own; beyond it answers are worked out each time. */
const largestKey = 0x3fff_ffff;
/** Answers that are kept of one set of sources. */
const maximumAnswers = 50_000;

/** Whether some rule grants the permission in the scope of the question, its condition being true. */
function holds(
  organization: Organization,
  grants: Grants,
  permission: Permission,
  question: Question,
  place: Place,
): boolean {
  // A permission on the organization that one on a project requires is asked of the organization.
  const within = permission.scope === 'project' ? place : 0;
  const key = within * organization.catalogue.permissions.size + permission.index;
  const answer = grants.answers.get(key) ?? workOut(grants, permission, question, within, key);
  if (typeof answer === 'boolean') return answer;
  for (const condition of answer) if (condition.evaluate(question) === true) return true;
  return false;
}

function workOut(grants: Grants, permission: Permission, { scope }: Question, within: Place, key: number): Answer {
  const cell = cellOf(grants, permission);
  const projectId = within !== 0 && scope.kind === 'project' ? scope.projectId : null;
  const answer = answerIn(cell, projectId);
  if (key > largestKey) return answer;
  if (grants.answers.size >= maximumAnswers) grants.answers.clear();
  grants.answers.set(key, answer);
  return answer;
}

/** What a cell says of a project, or of the organization. */
export function answerIn({ organization, projects, conditional }: Cell, projectId: string | null): Answer {
  const covers = (place: Pick<Cell, 'organization' | 'projects'>) =>
    place.organization || (projectId !== null && place.projects.has(projectId));
  if (covers({ organization, projects })) return true;
  const conditions = conditional.filter(covers).map(({ condition }) => condition);
  return conditions.length > 0 && [...new Set(conditions)];
}

/** Whether the answer depends on a condition, so that the attributes of the resource are worth looking up. */
export function dependsOnConditions(organization: Organization, question: Question): boolean {
  const principal = organization.principals.get(question.principalId);
  const permission = organization.catalogue.permissions.get(question.permission);
  if (!principal || !permission) return false;
  if (refusedAt(placeOf(organization, question.scope), principal, permission, question)) return false;
  const grants = grantsTo(organization, principal);
  return [permission, ...permission.requires].some((each) => cellOf(grants, each).conditional.length > 0);
}
