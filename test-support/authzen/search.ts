import type { Question, QuestionSet, Scenario } from './scenario.ts';

/** The public search scenario of AuthZEN interoperability, expressed in policies of ours (docs/authzen.md). */

/** The six people of the search scenario, by their initials: whether they lead their department, and which it is. */
const staff = {
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

export const search: Scenario = {
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
const published: Readonly<Record<string, string>> = {
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

const actions = ['view', 'edit', 'delete'];
const people = Object.keys(staff);
const ids = Object.keys(published);
/** Whether the published table has the person for the action on the record. */
const may = (person: string, action: string, id: string) =>
  published[id]?.split(' ')[actions.indexOf(action)]?.includes(person.charAt(0)) === true;
const user = (id: string) => ({ type: 'user', id });
const record = (id: string) => ({ type: 'record', id });

/** All that is published, asked in three directions. */
export const searchSets: readonly QuestionSet[] = [
  {
    title: 'finds the subjects of 60 searches as published',
    questions: ids.flatMap((id) =>
      actions.map(
        (name): Question => ({
          path: 'search/subject',
          body: { subject: { type: 'user' }, action: { name }, resource: record(id) },
          expected: people.filter((person) => may(person, name, id)).map(user),
        }),
      ),
    ),
  },
  {
    title: 'finds the resources of 18 searches as published; six of them are those of an identity provider',
    questions: people.flatMap((person) =>
      actions.map(
        (name): Question => ({
          path: 'search/resource',
          body: { subject: user(person), action: { name }, resource: { type: 'record' } },
          expected: ids.filter((id) => may(person, name, id)).map(record),
        }),
      ),
    ),
  },
  {
    title: 'finds the actions of 120 searches as published',
    questions: people.flatMap((person) =>
      ids.map(
        (id): Question => ({
          path: 'search/action',
          body: { subject: user(person), resource: record(id) },
          expected: actions
            .filter((name) => may(person, name, id))
            .toSorted()
            .map((name) => ({ name })),
        }),
      ),
    ),
  },
];
