import { applyChange, createCatalogue, createOrganization, decide, explain } from '@bailiwick/authz';

// What can be granted: a wiki with pages, in two permission sets.
const catalogue = createCatalogue({
  services: [
    {
      name: 'wiki',
      resources: [
        {
          name: 'page',
          scope: 'project',
          actions: [
            { name: 'read', privileged: false },
            { name: 'write', privileged: false, requires: ['wiki:page:read'] },
          ],
        },
      ],
    },
  ],
  permissionSets: [
    { id: 'reader', name: 'WikiReadOnly', scope_type: 'projects', includes: [], permissions: ['wiki:page:read'] },
    { id: 'editor', name: 'WikiFullAccess', scope_type: 'projects', includes: [], permissions: ['wiki:page:*'] },
  ],
});

// Who is granted what: facts of your own database, in whatever words you have for ids.
const organization = createOrganization(
  {
    id: 'acme',
    projects: ['handbook', 'recipes'],
    users: [{ id: 'ada', owner: false, locked: false }],
    applications: [],
    groups: [{ id: 'writers', kind: 'ordinary', userIds: ['ada'], applicationIds: [] }],
    policies: [
      {
        id: 'writing',
        name: 'Writers write at work',
        principalId: 'writers',
        rules: [
          {
            id: 'from-the-office',
            permissionSetIds: ['editor'],
            scope: { kind: 'projects', projectIds: ['handbook'] },
            condition: 'request.ip.inIpRange("192.0.2.0/24")',
          },
        ],
      },
    ],
  },
  catalogue,
);

// May she read it? The time is yours to tell: the engine has no clock.
const question = {
  principalId: 'ada',
  permission: 'wiki:page:read',
  scope: { kind: 'project', projectId: 'handbook' },
  now: Date.now() * 1000,
  request: { ip: '192.0.2.7' },
} as const;
console.log('from the office:', decide(organization, question).allowed);

// And why not from elsewhere?
const away = explain(organization, { ...question, request: { ip: '198.51.100.7' } });
console.log('from elsewhere:', away.decision.allowed);
console.log('because of:', away.rules[0]?.failure?.clause);
console.log('would help:', away.changes[0]?.map(({ kind }) => kind).join(', '));

// A change is in force at the next question.
applyChange(organization, { kind: 'user', id: 'ada', fact: { id: 'ada', owner: false, locked: true } });
console.log('locked:', decide(organization, question).allowed);
