import type { WorldSpecification } from './authzen.ts';

/** The public scenarios of AuthZEN interoperability, expressed in policies of ours (docs/authzen.md). */

/** The five people of the todo application: mail address, opaque id and roles. */
export const cast = {
  rick: ['rick@the-citadel.com', 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs'],
  morty: ['morty@the-citadel.com', 'CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs'],
  summer: ['summer@the-smiths.com', 'CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs'],
  beth: ['beth@the-smiths.com', 'CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs'],
  jerry: ['jerry@the-smiths.com', 'CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs'],
} as const;

const own = 'resource.properties.ownerID == subject.properties.email';
const viewer = [
  ['TodoViewer', ''],
  ['RouteReader', ''],
] as const;
const editor = [
  ...viewer,
  ['TodoCreator', ''],
  ['TodoUpdater', own],
  ['TodoDeleter', own],
  ['RouteWriter', ''],
] as const;
const admin = [...editor, ['TodoDeleter', '']] as const;
const evilGenius = [...editor, ['TodoUpdater', '']] as const;

export const todos: WorldSpecification = {
  catalogue: `
version: 1
services:
  - name: todo
    resources:
      - { name: user, scope: organization, actions: [can_read_user] }
      - name: todo
        scope: organization
        actions: [can_read_todos, can_create_todo, can_update_todo, can_delete_todo]
      - { name: route, scope: organization, actions: [get, post, put, delete] }
permission_sets:
  - name: TodoViewer
    scope_type: organization
    permissions: ['todo:user:can_read_user', 'todo:todo:can_read_todos']
  - { name: TodoCreator, scope_type: organization, permissions: ['todo:todo:can_create_todo'] }
  - { name: TodoUpdater, scope_type: organization, permissions: ['todo:todo:can_update_todo'] }
  - { name: TodoDeleter, scope_type: organization, permissions: ['todo:todo:can_delete_todo'] }
  - { name: RouteReader, scope_type: organization, permissions: ['todo:route:get'] }
  - name: RouteWriter
    scope_type: organization
    permissions: ['todo:route:post', 'todo:route:put', 'todo:route:delete']
`,
  people: Object.keys(cast),
  rules: { rick: [...admin, ...evilGenius], morty: editor, summer: editor, beth: viewer, jerry: viewer },
  mapping: (people) => ({
    resource_types: {
      user: { resource: 'todo:user' },
      todo: { resource: 'todo:todo' },
      route: { resource: 'todo:route', actions: { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } },
    },
    subjects: Object.entries(cast).flatMap(([name, [email, id]]) =>
      ['user', 'identity'].map((type) => ({ type, id, principal_id: people[name], properties: { email } })),
    ),
  }),
};

/** The six people of the search scenario, by their initials: whether they lead their department, and which it is. */
export const staff = {
  alice: { manager: true, department: 'Sales' },
  bob: { manager: false, department: 'Legal' },
  carol: { manager: false, department: 'Legal' },
  dan: { manager: true, department: 'Finance' },
  erin: { manager: false, department: 'Finance' },
  felix: { manager: false, department: 'Accounting' },
} as const;

const owner = 'resource.properties.owner == subject.id';
const department = 'resource.properties.department == subject.properties.department';

/** Department and owner of each record from 101 on. */
const records =
  'Legal Legal Legal Accounting Legal Accounting Sales Legal Accounting Sales Accounting Legal Sales Accounting Finance Legal Legal Accounting Legal Accounting'
    .split(' ')
    .map((name, index) => {
      const names = Object.keys(staff);
      return { id: String(101 + index), department: name, owner: names[index % names.length] };
    });

export const search: WorldSpecification = {
  catalogue: `
version: 1
services:
  - name: records
    resources:
      - { name: record, scope: organization, actions: [view, edit, delete] }
permission_sets:
  - { name: RecordViewer, scope_type: organization, permissions: ['records:record:view'] }
  - { name: RecordEditor, scope_type: organization, permissions: ['records:record:edit'] }
  - { name: RecordDeleter, scope_type: organization, permissions: ['records:record:delete'] }
`,
  people: Object.keys(staff),
  rules: Object.fromEntries(
    Object.entries(staff).map(([name, { manager }]) => [
      name,
      [
        ['RecordViewer', `${owner} || ${department}`],
        ['RecordEditor', owner],
        ['RecordDeleter', owner],
        ...(manager
          ? ([
              ['RecordViewer', ''],
              ['RecordEditor', department],
            ] as const)
          : []),
      ],
    ]),
  ),
  mapping: (people) => ({
    resource_types: { record: { resource: 'records:record' } },
    subjects: Object.entries(staff).map(([id, { department: name }]) => ({
      type: 'user',
      id,
      principal_id: people[id],
      properties: { department: name },
    })),
    resources: records.map(({ id, ...properties }) => ({ type: 'record', id, properties })),
  }),
};

/** Who may view, edit and delete each record, by initials, as the scenario publishes it. */
export const published: Readonly<Record<string, string>> = {
  101: 'abcd a a',
  102: 'abcd b b',
  103: 'abcd c c',
  104: 'adf d d',
  105: 'abcde e e',
  106: 'adf f f',
  107: 'ad a a',
  108: 'abcd b b',
  109: 'acdf c c',
  110: 'ad ad d',
  111: 'adef e e',
  112: 'abcdf f f',
  113: 'ad a a',
  114: 'abdf b b',
  115: 'acde cd c',
  116: 'abcd d d',
  117: 'abcde e e',
  118: 'adf f f',
  119: 'abcd a a',
  120: 'abdf b b',
};
