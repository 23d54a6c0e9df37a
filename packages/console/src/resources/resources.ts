import type { OperationId } from '@bailiwick/contract';

/** One kind of thing in the console: where it is listed, shown, made, changed and deleted. Forms follow from the contract. */
export interface Resource {
  /** Stands in the address: `/users`. */
  readonly key: string;
  readonly title: string;
  readonly singular: string;
  readonly group: 'access' | 'credentials' | 'organization';
  /** Key of the items in the answer of the list. */
  readonly items: string;
  readonly list: OperationId;
  /** Inputs of the list that are always sent; `$user` and `$organization` stand for whoever is signed in. */
  readonly always?: Readonly<Record<string, string>>;
  /** The input of the list that finds parts of names, where there is one; else all of them are looked through here. */
  readonly search?: string;
  readonly orders: Readonly<Record<string, string>>;
  /** Type of the command table. */
  readonly type: string;
  readonly id: string;
  /** The field that inputs take where one is chosen; the id when left out. */
  readonly chosenBy?: string;
  /** The field that people know it by. */
  readonly name: string;
  /** Fields of the table, in order. */
  readonly columns: readonly string[];
  readonly get?: OperationId;
  readonly create?: OperationId;
  /** Inputs that the form leaves out, by the name of the argument: another way to say the same. */
  readonly createWithout?: readonly string[];
  readonly update?: OperationId;
  readonly remove?: OperationId;
  /** The input of get, update and delete that takes the id. */
  readonly idInput?: string;
  /** Fields that its page shows in a form of their own. */
  readonly apart?: readonly string[];
  /** Further things to do with one: each is a form, made of the operation. */
  readonly actions?: readonly Action[];
}

export interface Action {
  readonly operation: OperationId;
  readonly label: string;
  /** Offered for things of which this is so. */
  readonly when?: (item: Readonly<Record<string, unknown>>) => boolean;
}

const byName = { name: 'name', created_at: 'created_at', updated_at: 'updated_at' } as const;

export const resources: readonly Resource[] = [
  {
    key: 'users',
    title: 'Users',
    singular: 'user',
    group: 'access',
    items: 'users',
    list: 'users.list',
    search: 'search',
    orders: { username: 'username', email: 'email', created_at: 'created_at', last_login_at: 'last_login' },
    type: 'User',
    id: 'id',
    name: 'username',
    columns: ['username', 'email', 'type', 'status', 'mfa', 'locked', 'tags', 'last_login_at', 'created_at'],
    get: 'users.get',
    create: 'users.create',
    createWithout: ['email'],
    update: 'users.update',
    remove: 'users.delete',
    idInput: 'user_id',
    actions: [
      { operation: 'users.updateUsername', label: 'Change the username', when: ({ type }) => type === 'member' },
      { operation: 'users.updatePassword', label: 'Set the password' },
      { operation: 'users.lock', label: 'Lock', when: ({ type, locked }) => type === 'member' && locked === false },
      { operation: 'users.unlock', label: 'Unlock', when: ({ locked }) => locked === true },
    ],
  },
  {
    key: 'applications',
    title: 'Applications',
    singular: 'application',
    group: 'access',
    items: 'applications',
    list: 'applications.list',
    orders: byName,
    type: 'Application',
    id: 'id',
    name: 'name',
    columns: ['name', 'description', 'nb_api_keys', 'tags', 'created_at'],
    get: 'applications.get',
    create: 'applications.create',
    update: 'applications.update',
    remove: 'applications.delete',
    idInput: 'application_id',
  },
  {
    key: 'groups',
    title: 'Groups',
    singular: 'group',
    group: 'access',
    items: 'groups',
    list: 'groups.list',
    orders: byName,
    type: 'Group',
    id: 'id',
    name: 'name',
    columns: ['name', 'description', 'user_ids', 'application_ids', 'tags', 'created_at'],
    get: 'groups.get',
    create: 'groups.create',
    update: 'groups.update',
    remove: 'groups.delete',
    idInput: 'group_id',
    apart: ['user_ids', 'application_ids'],
    actions: [
      { operation: 'groups.addMember', label: 'Add a member', when: ({ managed }) => managed !== true },
      { operation: 'groups.removeMember', label: 'Remove a member', when: ({ managed }) => managed !== true },
    ],
  },
  {
    key: 'policies',
    title: 'Policies',
    singular: 'policy',
    group: 'access',
    items: 'policies',
    list: 'policies.list',
    orders: { name: 'policy_name', created_at: 'created_at' },
    type: 'Policy',
    id: 'id',
    name: 'name',
    columns: ['name', 'description', 'principal', 'nb_rules', 'nb_permission_sets', 'tags', 'created_at'],
    get: 'policies.get',
    create: 'policies.create',
    update: 'policies.update',
    remove: 'policies.delete',
    idInput: 'policy_id',
    actions: [{ operation: 'policies.clone', label: 'Clone' }],
  },
  {
    key: 'permission-sets',
    title: 'Permission sets',
    singular: 'permission set',
    group: 'access',
    items: 'permission_sets',
    list: 'permissionSets.list',
    always: { organization_id: '$organization' },
    orders: { name: 'name', created_at: 'created_at' },
    type: 'PermissionSet',
    // Rules name them by it.
    id: 'name',
    chosenBy: 'name',
    name: 'name',
    columns: ['name', 'description', 'scope_type', 'categories'],
    get: 'permissionSets.get',
    idInput: 'permission_set_name',
  },
  {
    key: 'api-keys',
    title: 'API keys',
    singular: 'API key',
    group: 'credentials',
    items: 'api_keys',
    list: 'apiKeys.list',
    orders: { created_at: 'created_at', expires_at: 'expires_at', access_key: 'access_key' },
    type: 'APIKey',
    id: 'access_key',
    name: 'access_key',
    columns: ['access_key', 'description', 'bearer', 'expires_at', 'created_at'],
    get: 'apiKeys.get',
    create: 'apiKeys.create',
    update: 'apiKeys.update',
    remove: 'apiKeys.delete',
    idInput: 'access_key',
  },
  {
    key: 'ssh-keys',
    title: 'SSH keys',
    singular: 'SSH key',
    group: 'credentials',
    items: 'ssh_keys',
    list: 'sshKeys.list',
    orders: byName,
    type: 'SSHKey',
    id: 'id',
    name: 'name',
    columns: ['name', 'fingerprint', 'project_id', 'disabled', 'created_at'],
    get: 'sshKeys.get',
    create: 'sshKeys.create',
    update: 'sshKeys.update',
    remove: 'sshKeys.delete',
    idInput: 'ssh_key_id',
  },
  {
    key: 'sessions',
    title: 'Your sessions',
    singular: 'session',
    group: 'credentials',
    items: 'jwts',
    list: 'jwts.list',
    always: { audience_id: '$user' },
    orders: { created_at: 'created_at', updated_at: 'updated_at' },
    type: 'JWT',
    id: 'jti',
    name: 'jti',
    columns: ['user_agent', 'ip', 'created_at', 'updated_at', 'expires_at'],
    get: 'jwts.get',
    remove: 'jwts.delete',
    idInput: 'jti',
  },
  {
    key: 'projects',
    title: 'Projects',
    singular: 'project',
    group: 'organization',
    items: 'projects',
    list: 'projects.list',
    always: { organization_id: '$organization' },
    orders: { name: 'name', created_at: 'created_at' },
    type: 'Project',
    id: 'id',
    name: 'name',
    columns: ['name', 'description', 'created_at'],
    get: 'projects.get',
    create: 'projects.create',
    update: 'projects.update',
    remove: 'projects.delete',
    idInput: 'project_id',
  },
  {
    key: 'logs',
    title: 'Logs',
    singular: 'entry',
    group: 'organization',
    items: 'logs',
    list: 'logs.list',
    search: 'search',
    orders: { created_at: 'created_at' },
    type: 'Log',
    id: 'id',
    name: 'id',
    columns: ['created_at', 'action', 'resource_type', 'resource_id', 'bearer_id', 'ip', 'user_agent'],
    get: 'logs.get',
    idInput: 'log_id',
  },
];

const byKey = new Map(resources.map((resource) => [resource.key, resource]));

export const resourceOf = (key: string): Resource | undefined => byKey.get(key);

/** The kind of thing that an id in a field or an input stands for. */
const references: Readonly<Record<string, string>> = {
  user_id: 'users',
  user_ids: 'users',
  application_id: 'applications',
  application_ids: 'applications',
  group_id: 'groups',
  group_ids: 'groups',
  policy_id: 'policies',
  policy_ids: 'policies',
  project_id: 'projects',
  project_ids: 'projects',
  default_project_id: 'projects',
  permission_set_names: 'permission-sets',
};

export function referenceOf(name: string): Resource | undefined {
  const key = references[name];
  return key === undefined ? undefined : byKey.get(key);
}
