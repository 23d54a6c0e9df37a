import type { Question, QuestionSet, Scenario } from './scenario.ts';

/** The public todo scenario of AuthZEN interoperability, expressed in policies of ours (docs/authzen.md). */

/** The five people of the todo application: mail address, opaque id and roles. */
const cast = {
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

export const todos: Scenario = {
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

const todo = (owner?: string) => ({
  type: 'todo',
  id: owner === undefined ? 'todo-1' : '7240d0db-8ff0-41ec-98b2-34a096273b9f',
  ...(owner !== undefined && { properties: { ownerID: owner } }),
});
const reader = (email: string) => ({ type: 'user', id: email });
const mail = (name: keyof typeof cast) => cast[name][0];
const signs = (expected: string) => [...expected].map((sign) => sign === '+');

/** The eight questions about each person: another and itself, two about all todos, two todos to change and to delete. */
function evaluations(name: keyof typeof cast, other: keyof typeof cast, expected: string): QuestionSet {
  const asked: readonly (readonly [action: string, resource: object])[] = [
    ['can_read_user', reader(mail('beth'))],
    ['can_read_user', reader(mail(name))],
    ['can_read_todos', todo()],
    ['can_create_todo', todo()],
    ['can_update_todo', todo(mail('rick'))],
    ['can_update_todo', todo(mail(other))],
    ['can_delete_todo', todo(mail('rick'))],
    ['can_delete_todo', todo(mail(other))],
  ];
  const subject = { type: 'user', id: cast[name][1] };
  const decisions = signs(expected);
  const questions = asked.map(
    ([action, resource], index): Question => ({
      path: 'evaluation',
      body: { subject, action: { name: action }, resource },
      expected: decisions[index],
    }),
  );
  return { title: `decides eight questions about ${name} as published`, questions };
}

function batch(name: keyof typeof cast, owners: readonly (keyof typeof cast)[], expected: string): QuestionSet {
  // Clients send an empty resource as the default.
  const defaults = { subject: { type: 'user', id: cast[name][1] }, action: { name: 'can_update_todo' }, resource: {} };
  const items = owners.map((owner) => ({ resource: todo(mail(owner)) }));
  const body = { ...defaults, context: {}, evaluations: items };
  const questions = [{ path: 'evaluations', body, expected: signs(expected) }];
  return { title: `decides a batch about ${name} as published`, questions };
}

const routes = [
  ['GET', '/users/{userId}'],
  ['GET', '/todos'],
  ['POST', '/todos'],
  ['PUT', '/todos/{todoId}'],
  ['DELETE', '/todos/{todoId}'],
] as const;

function gateway(name: keyof typeof cast, expected: string): QuestionSet {
  const subject = { type: 'identity', id: cast[name][1] };
  const decisions = signs(expected);
  const questions = routes.map(
    ([method, id], index): Question => ({
      path: 'evaluation',
      body: { subject, action: { name: method }, resource: { type: 'route', id } },
      expected: decisions[index],
    }),
  );
  return { title: `decides five routes of an API gateway for ${name} as published`, questions };
}

/** The published decisions, + for true. */
export const todoSets: readonly QuestionSet[] = [
  evaluations('rick', 'morty', '++++++++'),
  evaluations('morty', 'morty', '++++-+-+'),
  evaluations('summer', 'summer', '++++-+-+'),
  evaluations('beth', 'beth', '+++-----'),
  evaluations('jerry', 'jerry', '+++-----'),
  batch('rick', ['rick', 'jerry'], '++'),
  batch('morty', ['rick', 'morty'], '-+'),
  batch('jerry', ['rick', 'jerry'], '--'),
  gateway('rick', '+++++'),
  gateway('morty', '+++++'),
  gateway('summer', '+++++'),
  gateway('beth', '++---'),
  gateway('jerry', '++---'),
];
