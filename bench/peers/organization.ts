import { createRandom, groupId, projectId, userId } from '../support/workload.ts';

/** Somebody may do what a role holds, in one project. A peer keeps it as a relationship, a line of data or a rule. */
export interface Grant {
  readonly to: { readonly kind: 'user' | 'group'; readonly id: string };
  readonly role: Role;
  readonly project: string;
}

/** A named list of permissions on kinds of resources. */
export interface Role {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** What may be done to a kind of resource. */
export interface Permission {
  readonly kind: string;
  readonly action: string;
}

/** May this user do that in this project? */
export interface Question extends Permission {
  readonly user: string;
  readonly project: string;
}

/** What every server is given, in words that are nobody's own. */
export interface Organization {
  readonly users: readonly string[];
  readonly groups: readonly { readonly id: string; readonly members: readonly string[] }[];
  readonly projects: readonly string[];
  readonly grants: readonly Grant[];
}

/** How much of everything there is; a user is in two groups, and every fifth grant is of a group. */
export const sizes = { users: 1_000, groups: 100, projects: 50, grants: 10_000 } as const;
/** So many that a second of load hardly asks one twice. */
const different = 5_000;
/** OpenFGA and Cerbos take no more in a call. */
export const batchSize = 50;
const batches = 40;

/** Kinds of resources. */
export const kinds = ['bucket', 'database', 'function', 'registry', 'secret'] as const;
/** What can be done to each kind. */
export const actions = ['list', 'read', 'write', 'delete'] as const;

const on = (kind: string, names: readonly string[]) => names.map((action) => ({ kind, action }));

/** A reader and an administrator of each kind, and of all of them. */
export const roles: readonly Role[] = [
  ...kinds.flatMap((kind) => [
    { name: `${kind}_reader`, permissions: on(kind, ['list', 'read']) },
    { name: `${kind}_administrator`, permissions: on(kind, actions) },
  ]),
  { name: 'project_reader', permissions: kinds.flatMap((kind) => on(kind, ['list', 'read'])) },
  { name: 'project_administrator', permissions: kinds.flatMap((kind) => on(kind, actions)) },
];

/** The same in every run. */
export function createOrganization(): Organization {
  const random = createRandom(20_261_125);
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const users = numbers(sizes.users).map(userId);
  const projects = numbers(sizes.projects).map(projectId);
  const groups = numbers(sizes.groups).map((group) => ({
    id: groupId(group),
    // A user is in the group of its tens and in the group of its last digits.
    members: users.filter((_, user) => user % sizes.groups === group || Math.floor(user / 10) === group),
  }));
  const grants = new Map<string, Grant>();
  while (grants.size < sizes.grants) {
    const group = grants.size % 5 === 0;
    const id = group ? groupId(random(sizes.groups)) : userId(random(sizes.users));
    const role = roles[random(roles.length)]!;
    const project = projectId(random(sizes.projects));
    grants.set(`${id} ${role.name} ${project}`, { to: { kind: group ? 'group' : 'user', id }, role, project });
  }
  return { users, groups, projects, grants: [...grants.values()] };
}

/** What is asked, with the answers that are right: of one user each, and many of one user. Half of them are to be yes. */
export interface Asked {
  readonly expected: (question: Question) => boolean;
  readonly single: readonly Question[];
  readonly batches: readonly (readonly Question[])[];
}

/** Questions and the right answers, from a plain set of all that is allowed. */
export function createQuestions(organization: Organization): Asked {
  const random = createRandom(7);
  const members = new Map(organization.groups.map(({ id, members }) => [id, members]));
  const key = ({ user, kind, action, project }: Question) => `${user} ${kind}:${action} ${project}`;
  const allowed = new Set<string>();
  const ofUser = new Map<string, Question[]>(organization.users.map((user) => [user, []]));
  for (const { to, role, project } of organization.grants) {
    for (const user of to.kind === 'user' ? [to.id] : (members.get(to.id) ?? [])) {
      for (const permission of role.permissions) {
        const question = { user, ...permission, project };
        allowed.add(key(question));
        ofUser.get(user)?.push(question);
      }
    }
  }
  const expected = (question: Question) => allowed.has(key(question));
  const pick = <T>(values: readonly T[]) => values[random(values.length)]!;
  const ask = (user: string): Question => {
    const granted = pick(ofUser.get(user)!);
    if (random(2) === 0) return granted;
    // A refusal is a near miss: in a project where something else is granted, or the same thing elsewhere.
    for (;;) {
      const miss =
        random(2) === 0
          ? { ...granted, kind: pick(kinds), action: pick(actions) }
          : { ...granted, project: pick(organization.projects) };
      if (!expected(miss)) return miss;
    }
  };
  return {
    expected,
    single: Array.from({ length: different }, () => ask(pick(organization.users))),
    batches: Array.from({ length: batches }, () => {
      const user = pick(organization.users);
      return Array.from({ length: batchSize }, () => ask(user));
    }),
  };
}
