import type { Permission } from './catalogue.ts';
import { decide } from './decide.ts';
import type { Question } from './facts.ts';
import type { Organization, Principal } from './organization.ts';

/** A question without the part that is sought. */
export type OpenQuestion<K extends keyof Question> = Omit<Question, K>;

/**
 * Users and applications that may, in order of their ids: exactly those that `decide` allows.
 *
 * @param question about one user, or nobody in particular; or each candidate about itself, as who asks for a right that
 * users have on themselves means it
 */
export function whoCan(
  organization: Organization,
  question: OpenQuestion<'principalId' | 'aboutUserId'> & { readonly aboutUserId?: string | typeof themselves },
): readonly Principal[] {
  const { aboutUserId, ...asked } = question;
  const about = (id: string) => (aboutUserId === themselves ? id : aboutUserId);
  const may = ({ id }: Principal): boolean => {
    const user = about(id);
    return decide(organization, { ...asked, principalId: id, ...(user !== undefined && { aboutUserId: user }) })
      .allowed;
  };
  return [...organization.principals.values()].filter(may).sort(byId);
}

/** In place of the user whom {@link whoCan} asks about: each candidate, about itself. */
export const themselves: unique symbol = Symbol('themselves');

/** Where a principal may use a permission. */
export interface Reach {
  readonly permission: string;
  /** Asked of the organization; for a permission on projects: in all of them. */
  readonly organization: boolean;
  /** Projects in which it may, in order of their ids; empty for permissions on the organization. */
  readonly projectIds: readonly string[];
}

/** Every permission that a principal may use somewhere, in the order of the catalogue: exactly what `decide` allows. */
export function whatCan(organization: Organization, question: OpenQuestion<'permission' | 'scope'>): readonly Reach[] {
  const projects = [...organization.projects.keys()].sort();
  return [...organization.catalogue.permissions.values()]
    .map((permission) => reachOf(organization, permission, projects, question))
    .filter(({ organization: everywhere, projectIds }) => everywhere || projectIds.length > 0);
}

/** Permissions that a principal may use in one scope, in the order of the catalogue. */
export function permissionsIn(organization: Organization, question: OpenQuestion<'permission'>): readonly string[] {
  return [...organization.catalogue.permissions.keys()].filter(
    (permission) => decide(organization, { ...question, permission }).allowed,
  );
}

function reachOf(
  organization: Organization,
  { name, scope }: Permission,
  projects: readonly string[],
  question: OpenQuestion<'permission' | 'scope'>,
): Reach {
  const may = (asked: Question['scope']) =>
    decide(organization, { ...question, permission: name, scope: asked }).allowed;
  const everywhere = may({ kind: 'organization', organizationId: organization.id });
  const inProject = (projectId: string) => everywhere || may({ kind: 'project', projectId });
  return {
    permission: name,
    organization: everywhere,
    projectIds: scope === 'project' ? projects.filter(inProject) : [],
  };
}

const byId = (a: Principal, b: Principal): number => (a.id < b.id ? -1 : 1);
