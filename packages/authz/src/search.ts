import { decide } from './decide.ts';
import type { Question } from './facts.ts';
import type { Organization, Principal } from './organization.ts';
import type { Pieces } from './pieces.ts';

/** A question without the part that is sought. */
export type OpenQuestion<K extends keyof Question> = Omit<Question, K>;

/** Principals that are looked at before something else may be done. */
const piece = 1000;
/** Searches that changes overtake before one is finished without a pause. */
const maximumOvertaken = 3;

/**
 * Users and applications that may, in order of their ids: exactly those that `decide` allows, all at the same moment.
 *
 * The work comes in pieces, so that something else can be done in between. When that was a change of the organization, the
 * search begins again; what is overtaken too often is done at once.
 *
 * @param question about one user, or nobody in particular; or each candidate about itself, as who asks for a right that
 * users have on themselves means it
 */
export function* whoCan(
  organization: Organization,
  question: OpenQuestion<'principalId' | 'aboutUserId'> & { readonly aboutUserId?: string | typeof themselves },
): Pieces<readonly Principal[]> {
  for (let overtaken = 0; overtaken < maximumOvertaken; overtaken += 1) {
    const { changes } = organization;
    const found: Principal[] = [];
    let looked = 0;
    for (const principal of organization.principals.values()) {
      if (may(organization, principal, question)) found.push(principal);
      looked += 1;
      if (looked % piece === 0) yield;
      if (organization.changes !== changes) break;
    }
    if (organization.changes === changes) return found.sort(byId);
  }
  return [...organization.principals.values()].filter((each) => may(organization, each, question)).sort(byId);
}

/** In place of the user whom {@link whoCan} asks about: each candidate, about itself. */
export const themselves: unique symbol = Symbol('themselves');

function may(
  organization: Organization,
  { id: principalId }: Principal,
  { aboutUserId, ...asked }: Parameters<typeof whoCan>[1],
): boolean {
  const about = aboutUserId === themselves ? principalId : aboutUserId;
  return decide(organization, { ...asked, principalId, ...(about !== undefined && { aboutUserId: about }) }).allowed;
}

/** Permissions that a principal may use in one scope, in the order of the catalogue. */
export function permissionsIn(organization: Organization, question: OpenQuestion<'permission'>): readonly string[] {
  return [...organization.catalogue.permissions.keys()].filter(
    (permission) => decide(organization, { ...question, permission }).allowed,
  );
}

const byId = (a: Principal, b: Principal): number => (a.id < b.id ? -1 : 1);
