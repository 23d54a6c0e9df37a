import { decide, type Organization } from '@bailiwick/authz';
import type { Context } from '../context.ts';
import { nameOfOrganization, namesOfGroups, namesOfPrincipals, namesOfProjects } from './store.ts';

/** Names of what an answer is about; empty for what is not there. */
export interface Names {
  readonly organization: string;
  principal(id: string): string;
  group(id: string): string;
  project(id: string): string;
}

/** Looks up the names of these things; those of projects only for a caller who may list projects. */
export async function lookUpNames(
  context: Context,
  organization: Organization,
  ids: {
    readonly principals: readonly string[];
    readonly groups: readonly string[];
    readonly projects: readonly string[];
  },
): Promise<Names> {
  const { storage, scope } = context;
  const named = mayListProjects(context, organization) ? ids.projects : [];
  const principals = await namesOfPrincipals(storage.db, scope, unique(ids.principals));
  const groups = await namesOfGroups(storage.db, scope, unique(ids.groups));
  const projects = await namesOfProjects(storage.db, scope, unique(named));
  return {
    organization: await nameOfOrganization(storage.db, scope),
    principal: (id) => principals.get(id) ?? '',
    group: (id) => groups.get(id) ?? '',
    project: (id) => projects.get(id) ?? '',
  };
}

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];

function mayListProjects({ caller, clock, scope }: Context, organization: Organization): boolean {
  return decide(organization, {
    principalId: caller.actor.id,
    permission: 'account:project:list',
    scope: { kind: 'organization', organizationId: scope.organizationId },
    now: clock.now(),
    request: { ip: caller.ip, userAgent: caller.userAgent },
  }).allowed;
}
