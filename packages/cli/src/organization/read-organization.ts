import type { Json, JsonObject } from '../output/result.ts';
import type { Progress } from '../progress.ts';
import type { Calls } from './calls.ts';
import {
  type Existing,
  type Kind,
  type Organization,
  type Principal,
  plurals,
  type RuleValue,
  type SpecialGroup,
  type User,
} from './organization.ts';
import { workOn } from './work.ts';

/**
 * Reads all of an organization that a file can hold. Only the standard lists are asked for, and members that an older
 * or another service leaves out have their usual value, so that it works on any compatible address.
 */
export async function readOrganization(calls: Calls, id: string, progress: Progress): Promise<Organization> {
  const ofOrganization = { organization_id: id };
  // One after the other: each may have many pages, and there is one line to show how far it is.
  const users = await calls.list('users.list', ofOrganization);
  const projects = await calls.list('projects.list', ofOrganization);
  const applications = await calls.list('applications.list', ofOrganization);
  const groups = await calls.list('groups.list', ofOrganization);
  const policies = await calls.list('policies.list', ofOrganization);
  const rules = new Map<string, readonly RuleValue[]>();
  await workOn(
    policies,
    async (policy) => {
      const found = await calls.list('rules.list', { policy_id: text(policy.id) });
      rules.set(text(policy.id), found.map(readRule));
    },
    (done) => progress.show(done, policies.length),
  );
  progress.clear();
  return {
    id,
    users: users.map(readUser),
    project: projects.filter(({ status }) => status !== 'deleting').map((project) => readProject(project, id)),
    application: applications.map(readApplication),
    group: groups.map(readGroup),
    policy: policies.map((policy) => readPolicy(policy, rules.get(text(policy.id)) ?? [])),
  };
}

/** Names and ids of a kind, and nothing more. */
export async function readNames(calls: Calls, kind: Kind, id: string) {
  const things = await calls.list(`${plurals[kind]}.list`, { organization_id: id });
  return things.map((thing) => ({ id: text(thing.id), name: text(thing.name) }));
}

function readUser(user: JsonObject): User {
  return { id: text(user.id), name: text(user.username) || text(user.email), isOwner: user.type === 'owner' };
}

function readProject(project: JsonObject, organizationId: string): Existing<'project'> {
  const isDefault = project.id === organizationId;
  return {
    ...identity(project),
    kind: 'project',
    value: described(project),
    isEditable: true,
    isDeletable: !isDefault,
    isDefault,
  };
}

function readApplication(application: JsonObject): Existing<'application'> {
  const keys = application.nb_api_keys;
  return {
    ...identity(application),
    kind: 'application',
    value: tagged(application),
    apiKeys: typeof keys === 'number' ? keys : 0,
  };
}

function readGroup(group: JsonObject): Existing<'group'> {
  const special: SpecialGroup | null =
    group.all_users === true ? 'all_users' : group.all_applications === true ? 'all_applications' : null;
  const value = { ...tagged(group), users: texts(group.user_ids), applications: texts(group.application_ids) };
  const { isEditable, isDeletable, ...rest } = identity(group);
  const isOrdinary = special === null;
  return {
    ...rest,
    kind: 'group',
    value,
    special,
    isEditable: isEditable && isOrdinary,
    isDeletable: isDeletable && isOrdinary,
  };
}

function readPolicy(policy: JsonObject, rules: readonly RuleValue[]): Existing<'policy'> {
  const { isDeletable, ...rest } = identity(policy);
  return {
    ...rest,
    kind: 'policy',
    value: { ...tagged(policy), principal: readPrincipal(policy), rules },
    // No file can hold such a rule, so that no file can mean that it should go.
    isDeletable: isDeletable && rules.every(({ scope }) => scope !== 'account'),
  };
}

function readPrincipal({ user_id, group_id, application_id }: JsonObject): Principal | null {
  if (text(user_id) !== '') return { kind: 'user', key: text(user_id) };
  if (text(group_id) !== '') return { kind: 'group', key: text(group_id) };
  if (text(application_id) !== '') return { kind: 'application', key: text(application_id) };
  return null;
}

function readRule(rule: JsonObject): RuleValue {
  const { permission_set_names, condition, project_ids, organization_id, account_root_user_id } = rule;
  const scope =
    text(account_root_user_id) !== '' ? 'account' : text(organization_id) !== '' ? 'organization' : texts(project_ids);
  return { permissionSets: texts(permission_set_names), scope, condition: text(condition) };
}

/** Something that belongs to the platform is left alone, whatever else it says. */
function identity(thing: JsonObject) {
  const isEditable = thing.editable !== false && thing.managed !== true;
  return {
    id: text(thing.id),
    isEditable,
    isDeletable: isEditable && thing.deletable !== false,
    isDefault: false,
    special: null,
    apiKeys: 0,
  };
}

function described({ name, description }: JsonObject) {
  return { name: text(name), description: text(description) };
}

function tagged(thing: JsonObject) {
  return { ...described(thing), tags: texts(thing.tags) };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
