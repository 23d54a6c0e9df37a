import { actions, kinds, type Organization, type Question, roles } from './organization.ts';

/** What the two servers that keep relationships are told: a role of a project is held by a user, or by a group's members. */
export interface Relationship {
  readonly resource: { readonly type: 'project' | 'group'; readonly id: string };
  readonly relation: string;
  readonly subject: { readonly type: 'user' | 'group'; readonly id: string; readonly relation?: 'member' };
}

/** The name of a permission in both models. */
export const permissionName = ({ kind, action }: Pick<Question, 'kind' | 'action'>) => `${action}_${kind}`;

/** Every permission with the roles that hold it. */
export const permissions: readonly { readonly name: string; readonly roles: readonly string[] }[] = kinds.flatMap(
  (kind) =>
    actions.map((action) => ({
      name: permissionName({ kind, action }),
      roles: roles
        .filter((role) => role.permissions.some((each) => each.kind === kind && each.action === action))
        .map(({ name }) => name),
    })),
);

/** Who is in which group. */
export const memberships = ({ groups }: Organization): readonly Relationship[] =>
  groups.flatMap(({ id, members }) =>
    members.map((user) => ({
      resource: { type: 'group', id },
      relation: 'member',
      subject: { type: 'user', id: user },
    })),
  );

/** Who holds which role where. */
export const grants = (organization: Organization): readonly Relationship[] =>
  organization.grants.map(({ to, role, project }) => ({
    resource: { type: 'project', id: project },
    relation: role.name,
    subject: to.kind === 'user' ? { type: 'user', id: to.id } : { type: 'group', id: to.id, relation: 'member' },
  }));
