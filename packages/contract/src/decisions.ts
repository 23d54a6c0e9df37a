import { Type } from 'typebox';
import { ConditionTrial } from './condition-trials.ts';
import { Answer, Because, Explanation, Named } from './explanations.ts';
import { Choice, Flag, Id, oneOf, Text, Time, withCli } from './fields.ts';
import { andAbout, bearer, needs, operation } from './operation.ts';
import { maximumPageSize, paging } from './pagination.ts';
import { Condition } from './rules.ts';

/** Questions in one call of `checkPermissions` (docs/decisions/0006-limits.md). */
export const maximumQuestions = 100;

/**
 * A part of a permission. Names that the catalogue does not have are denied and not refused, or one question could spoil a
 * hundred; only the separator would make another permission of the parts.
 */
const segment = (what: string) => Text(what, { maxLength: 255, pattern: '^[^:]+$' });
const scope = {
  project_id: Type.Optional(withCli(Id('Project it is asked of'), { uuid: true })),
  organization_id: Type.Optional(
    withCli(Id('Organization it is asked of; for permissions on projects: all of them'), {
      uuid: true,
      fromConfig: { setting: 'organization', shown: false, whenEmpty: true },
    }),
  ),
};
const oneScope = { name: 'scope', members: ['project_id', 'organization_id'], required: false } as const;

/** Who is asked about. The caller, when it is left out. */
const Subject = Type.Object(
  {
    principal_id: Type.Optional(withCli(Id('User or application; you yourself when left out'), { as: 'principal-id' })),
    // A secret that is typed stays in the history of the shell.
    secret_key: Type.Optional(withCli(Id('Secret key of an API key'), { absent: true })),
    session_token: Type.Optional(withCli(Text('Session token', { maxLength: 4096 }), { absent: true })),
  },
  oneOf({ name: 'subject', members: ['principal_id', 'secret_key', 'session_token'], required: true }),
);

/** The request that conditions look at. About itself a caller is seen as it comes, in what is left out. */
const RequestContext = Type.Object({
  ip: Type.Optional(Text('Address of the request, for conditions', { maxLength: 45 })),
  user_agent: Type.Optional(Text('Client that makes the request, for conditions', { maxLength: 1024 })),
  time: Type.Optional(Time('Time of the request, for conditions; now when left out')),
});

/** The object that conditions look at. */
const ResourceContext = Type.Object({
  id: Type.Optional(Text('Id of the resource, for conditions', { maxLength: 1024 })),
  name: Type.Optional(Text('Name of the resource, for conditions', { maxLength: 1024 })),
  locality: Type.Optional(Text('Region or zone of the resource, or `global`, for conditions', { maxLength: 64 })),
});

const asked = {
  request: Type.Optional(RequestContext),
  resource: Type.Optional(ResourceContext),
};
/** `service:resource:action`, known or not. */
const PermissionName = Text('Permission, as in iam:user:list', {
  maxLength: 170,
  pattern: '^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+){2}$',
});

const PrincipalFound = Type.Object(
  {
    type: Choice(['user', 'application'], 'What it is'),
    id: Id('Principal'),
    name: Text('Username of a user, name of an application'),
    because: Because,
  },
  { title: 'PrincipalFound' },
);

const Reach = Type.Object(
  {
    permission: Text('Permission'),
    organization: Flag('Whether it may in the organization; for permissions on projects: in all of them'),
    projects: Type.Array(Named, { description: 'Projects in which it may' }),
  },
  { title: 'Reach' },
);

const total = Type.Integer({ minimum: 0, description: 'Matches on all pages' });
const pages = paging(maximumPageSize);
/** Whoever is told of access is told of policies, groups and users. */
export const reading = ['iam:policy:list', 'iam:group:list', 'iam:user:list'] as const;

export const decisionOperations = {
  check: operation({
    id: 'decisions.check',
    method: 'POST',
    path: '/iam/v1alpha1/check-permissions',
    summary: 'Ask whether you, or somebody else, may do things',
    body: Type.Object({
      permissions: Type.Array(
        Type.Object(
          {
            service: segment('Service'),
            name: segment('Resource'),
            action: segment('Action'),
            ...scope,
          },
          oneOf(oneScope),
        ),
        { maxItems: maximumQuestions, description: 'Questions, answered in order' },
      ),
      subject: Type.Optional(Subject),
      ...asked,
    }),
    output: Type.Object({
      responses: Type.Array(Type.Object({ decision: Answer }, { title: 'Decision' }), {
        description: 'Answers in the order of the questions',
      }),
    }),
    errors: [],
    access: andAbout(bearer, 'subject', 'iam:decision:check'),
  }),
  explain: operation({
    id: 'decisions.explain',
    method: 'POST',
    path: '/iam/v1alpha1/explain',
    summary: 'Tell whether a principal may do something, and why',
    body: Type.Object(
      { permission: PermissionName, ...scope, subject: Type.Optional(Subject), ...asked },
      oneOf(oneScope),
    ),
    output: Explanation,
    errors: ['not_found'],
    access: andAbout(needs(...reading), 'subject', 'iam:decision:check'),
    command: {
      words: 'iam explain',
      examples: [
        {
          title: 'Why, or why not',
          line: 'scw iam explain iam:policy:read principal-id=0c0ffee0-0000-4000-8000-000000000001 project-id=0c0ffee0-0000-4000-8000-000000000006',
        },
      ],
      positional: 'permission',
      seeAlso: ['scw iam check', 'scw iam who-can', 'scw iam what-can'],
    },
  }),
  whoCan: operation({
    id: 'decisions.whoCan',
    method: 'POST',
    path: '/iam/v1alpha1/who-can',
    summary: 'List everybody who may do something',
    body: Type.Object({ permission: PermissionName, ...scope, ...asked, ...pages }, oneOf(oneScope)),
    output: Type.Object({ principals: Type.Array(PrincipalFound), total_count: total }),
    errors: ['not_found'],
    access: needs('iam:decision:check', ...reading),
    command: {
      words: 'iam who-can',
      examples: [{ title: 'Everybody who may delete policies', line: 'scw iam who-can iam:policy:delete' }],
      positional: 'permission',
      seeAlso: ['scw iam explain'],
    },
  }),
  evaluateCondition: operation({
    id: 'decisions.evaluateCondition',
    method: 'POST',
    path: '/iam/v1alpha1/evaluate-condition',
    summary: 'Tell whether a condition is right, and what it comes to',
    body: Type.Object({ condition: Condition, ...asked }),
    output: ConditionTrial,
    errors: [],
    access: bearer,
    command: {
      words: 'iam condition evaluate',
      notes: ['Prints `true`, `false`, `error` or `wrong`. What is not told is absent; the time is now.'],
      examples: [
        {
          title: 'Try a condition from an address',
          line: `scw iam condition evaluate condition='inIpRange(request.ip, "192.0.2.0/24")' request.ip=192.0.2.7`,
        },
      ],
      seeAlso: ['scw iam explain'],
    },
  }),
  whatCan: operation({
    id: 'decisions.whatCan',
    method: 'POST',
    path: '/iam/v1alpha1/what-can',
    summary: 'List everything that a principal may do, and where',
    body: Type.Object({ subject: Type.Optional(Subject), ...asked, ...pages }),
    output: Type.Object({ permissions: Type.Array(Reach), total_count: total }),
    errors: [],
    access: andAbout(needs(...reading), 'subject', 'iam:decision:check'),
    command: {
      words: 'iam what-can',
      examples: [
        {
          title: 'Everything that an application may do',
          line: 'scw iam what-can principal-id=0c0ffee0-0000-4000-8000-000000000001',
        },
      ],
      seeAlso: ['scw iam explain'],
    },
  }),
};
