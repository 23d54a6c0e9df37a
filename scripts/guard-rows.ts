import {
  createCatalogue,
  createOrganization,
  decide,
  type Organization,
  type PermissionSet,
} from '../packages/authz/src/index.ts';
import { type Operation, operations, type Permission } from '../packages/contract/src/index.ts';
import { isRequired } from '../packages/contract/src/schema-view.ts';
import { loadBuiltInCatalogue, toCatalogueData } from '../packages/server/src/catalogue/catalogue.ts';

/** Who may call each operation, worked out from the contract, the built-in catalogue and the engine: no list by hand. */
export interface GuardRow {
  readonly operation: (typeof operations)[number]['id'];
  readonly method: Operation['method'];
  /** The part of the input that the answer depends on; empty where it depends on nothing. */
  readonly when: GuardCase;
  /** In words of the contract: the permissions, and the right on oneself. */
  readonly needed: readonly Permission[];
  readonly self: Permission | null;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The same about the caller itself, where an input names the user that it is about. */
  readonly onItself: ReadonlyMap<string, Verdict>;
}

export interface Verdict {
  readonly because: 'public' | 'bearer' | 'directory' | 'right' | 'self' | 'unknown caller' | 'missing';
  /** What a 403 lists. */
  readonly missing: readonly Permission[];
}

export type GuardCase =
  | ''
  | 'of a user'
  | 'of an application'
  | 'of itself'
  | 'of anybody'
  | 'in a project'
  | 'in all projects'
  | 'about itself'
  | 'about another'
  | `${'with' | 'without'} ${string}`;

/** Somebody who calls: nobody known, a directory, or a principal that holds at most one permission set. */
export interface GuardCaller {
  /** `member`, or `SSHKeysReadOnly in a project`. */
  readonly name: string;
  readonly kind: 'owner' | 'user' | 'application' | 'directory' | 'stranger';
  readonly set?: { readonly id: string; readonly name: string; readonly where: 'organization' | 'project' };
}

export const isAllowed = ({ because }: Verdict): boolean => because !== 'missing' && because !== 'unknown caller';

const catalogue = createCatalogue(toCatalogueData(loadBuiltInCatalogue()));

/** Permission sets that hold anything of our own services, in the order of the catalogue. */
export const guardSets: readonly PermissionSet[] = [...catalogue.permissionSets.values()].filter(({ permissions }) =>
  [...permissions].some(({ name }) => /^(iam|account):/.test(name)),
);

/** Sets on projects are held in one project, and in all of them. */
const callersWith = ({ id, name, scopeType }: PermissionSet): readonly GuardCaller[] => {
  const everywhere = { name, kind: 'application', set: { id, name, where: 'organization' } } as const;
  if (scopeType === 'organization') return [everywhere];
  return [{ name: inProject(name), kind: 'application', set: { id, name, where: 'project' } }, everywhere];
};

export const inProject = (set: string): string => `${set} in a project`;

/** Applications hold the sets, since they have no rights on themselves beside. */
export const guardCallers: readonly GuardCaller[] = [
  { name: 'owner', kind: 'owner' },
  ...guardSets.flatMap(callersWith),
  { name: 'member', kind: 'user' },
  { name: 'application', kind: 'application' },
  { name: 'directory', kind: 'directory' },
  { name: 'stranger', kind: 'stranger' },
];

export function guardRows(): readonly GuardRow[] {
  return operations.flatMap((operation) => casesOf(operation).map((when) => rowOf(operation, when)));
}

/** Everything that an answer can depend on stands in the access of the operation. */
function casesOf({ access, query, body }: Operation): readonly GuardCase[] {
  if (access.kind === 'public' || access.kind === 'scim') return [''];
  if (access.alsoWith) {
    const { input, unless } = access.alsoWith;
    return unless === 'empty' ? [`without ${input}`, `with ${input}`] : ['about itself', 'about another'];
  }
  if (access.kind === 'bearer') return [''];
  if (access.needs === 'bearer') {
    const each = ['of a user', 'of an application', 'of itself'] as const;
    return access.target ? each : [...each, 'of anybody'];
  }
  if (access.scope === 'organization') return [''];
  const optional = !access.target || (access.target.kind === 'new' && !isRequired(query ?? body, 'project_id'));
  return optional ? ['in a project', 'in all projects'] : ['in a project'];
}

function rowOf({ id, method, access }: (typeof operations)[number], when: GuardCase): GuardRow {
  const verdicts = (about: 'another' | 'itself', callers: readonly GuardCaller[]) =>
    new Map(callers.map((caller) => [caller.name, verdictOn(caller, access, when, about)]));
  const self = (access.kind === 'permission' && access.self) || null;
  const namesUser = self !== null && self.user !== 'caller' && self.user !== 'bearer';
  const users = guardCallers.filter(({ kind }) => kind === 'owner' || kind === 'user');
  return {
    operation: id,
    method,
    when,
    needed: access.kind === 'public' || access.kind === 'scim' ? [] : neededBy(access, when, 'application'),
    self: self && (when === '' || when === 'of itself') ? self.permission : null,
    verdicts: verdicts('another', guardCallers),
    onItself: verdicts('itself', namesUser ? users : []),
  };
}

function verdictOn(
  caller: GuardCaller,
  access: Operation['access'],
  when: GuardCase,
  about: 'another' | 'itself',
): Verdict {
  if (access.kind === 'public') return { because: 'public', missing: [] };
  if (caller.kind === 'stranger' || (access.kind === 'scim') !== (caller.kind === 'directory'))
    return { because: 'unknown caller', missing: [] };
  if (access.kind === 'scim') return { because: 'directory', missing: [] };
  const aboutItself =
    about === 'itself' || when === 'of itself' || (access.kind === 'permission' && access.self?.user === 'caller');
  const may = (permission: Permission) => asked(caller, permission, when, aboutItself);
  const self = access.kind === 'permission' ? access.self : undefined;
  if (self && may(self.permission)) return { because: 'self', missing: [] };
  const needed = neededBy(access, when, caller.kind);
  if (needed.length === 0 && self) return { because: 'missing', missing: [self.permission] };
  const missing = needed.filter((permission) => !may(permission));
  if (missing.length > 0) return { because: 'missing', missing };
  return { because: needed.length === 0 ? 'bearer' : 'right', missing: [] };
}

/** Of the permissions on API keys, those that fit whose keys they are. */
function neededBy(
  access: Exclude<Operation['access'], { kind: 'public' | 'scim' }>,
  when: GuardCase,
  kind: GuardCaller['kind'],
): readonly Permission[] {
  const permissions = access.kind === 'permission' ? access.permissions : [];
  const also = access.alsoWith && (when === 'about another' || when.startsWith('with '));
  const fitting = bearerKind(when, kind);
  const all = fitting
    ? permissions.filter((permission) => permission.startsWith(`iam:${fitting}_api_key:`))
    : permissions;
  return also && access.alsoWith ? [...all, access.alsoWith.permission] : all;
}

function bearerKind(when: GuardCase, kind: GuardCaller['kind']): 'user' | 'application' | null {
  if (when === 'of a user') return 'user';
  if (when === 'of an application') return 'application';
  if (when === 'of itself') return kind === 'application' ? 'application' : 'user';
  return null;
}

const project = 'project';
const organization: Organization = createOrganization(
  {
    id: 'organization',
    projects: [project, 'another project'],
    users: guardCallers.flatMap(({ name, kind }) =>
      kind === 'owner' || kind === 'user' ? [{ id: name, owner: kind === 'owner', locked: false }] : [],
    ),
    applications: guardCallers.flatMap(({ name, kind }) =>
      kind === 'application' ? [{ id: name, managed: false }] : [],
    ),
    groups: [],
    policies: guardCallers.flatMap(({ name, set }) => (set ? [policyFor(name, set)] : [])),
  },
  catalogue,
);

function policyFor(name: string, { id, where }: NonNullable<GuardCaller['set']>) {
  const scope =
    where === 'organization'
      ? ({ kind: 'organization' } as const)
      : ({ kind: 'projects', projectIds: [project] } as const);
  return { id: name, name, principalId: name, rules: [{ id: name, permissionSetIds: [id], scope, condition: '' }] };
}

function asked({ name }: GuardCaller, permission: Permission, when: GuardCase, aboutItself: boolean): boolean {
  const everywhere = { kind: 'organization', organizationId: organization.id } as const;
  const scope = when === 'in a project' ? ({ kind: 'project', projectId: project } as const) : everywhere;
  const aboutUserId = aboutItself ? name : 'somebody else';
  return decide(organization, { principalId: name, permission, scope, now: 0, aboutUserId }).allowed;
}
