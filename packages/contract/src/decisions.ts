import { Type } from 'typebox';
import { Choice, Flag, Id, Ids, oneOf, Text, Time, withCli } from './fields.ts';
import { andAbout, bearer, needs, operation } from './operation.ts';
import { maximumPage, maximumPageSize } from './pagination.ts';

/** Questions in one call of `checkPermissions` (docs/decisions/0006-limits.md). */
export const maximumQuestions = 100;

const segment = (what: string, pattern: string) => Text(what, { maxLength: 63, pattern });
const scope = {
  project_id: Type.Optional(withCli(Id('Project it is asked of'), { uuid: true })),
  organization_id: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Organization it is asked of; for permissions on projects: all of them',
    }),
  ),
};
const oneScope = { name: 'scope', members: ['project_id', 'organization_id'], required: false } as const;

/** Who is asked about. The caller, when it is left out. */
const Subject = Type.Object(
  {
    principal_id: Type.Optional(Id('User or application')),
    secret_key: Type.Optional(Id('Secret key of an API key')),
    session_token: Type.Optional(Text('Session token', { maxLength: 4096 })),
  },
  oneOf({ name: 'subject', members: ['principal_id', 'secret_key', 'session_token'], required: true }),
);

/** The request that conditions look at. Whoever asks about itself is seen as it comes. */
const RequestContext = Type.Object({
  ip: Type.Optional(Text('Address it comes from', { maxLength: 45 })),
  user_agent: Type.Optional(Text('Client it comes from', { maxLength: 1024 })),
  time: Type.Optional(Time('When it is made; now when left out')),
});

/** The object that conditions look at. */
const ResourceContext = Type.Object({
  id: Type.Optional(Text('Its id', { maxLength: 1024 })),
  name: Type.Optional(Text('Its name', { maxLength: 1024 })),
  locality: Type.Optional(Text('Its region or zone, or `global`', { maxLength: 64 })),
});

const asked = {
  request: Type.Optional(RequestContext),
  resource: Type.Optional(ResourceContext),
};
/** `service:resource:action` */
const PermissionName = Text('Permission, as in iam:user:list', {
  maxLength: 170,
  pattern: '^[a-z][a-z0-9-]{1,39}:[a-z][a-z0-9_]{0,62}:[a-z][a-z0-9_]{0,62}$',
});

export const decisions = ['allow', 'deny'] as const;
const Answer = Choice(decisions, 'Whether it may');
const Because = Choice(
  [
    'owner',
    'self',
    'rule',
    'unknown_principal',
    'unknown_permission',
    'foreign_scope',
    'scope_mismatch',
    'expired',
    'locked',
    'not_self',
    'nothing_grants',
  ],
  'In a word, because of what',
);

const RuleOutcome = Type.Object(
  {
    permission: Text('Permission that was looked for'),
    policy_id: Id('Policy'),
    policy_name: Text('Its name'),
    rule_id: Id('Rule'),
    position: Type.Integer({ minimum: 0, description: 'Place of the rule in the policy, from 0' }),
    group_id: Type.Optional(Id('Group through which the policy reaches the principal')),
    outcome: Choice(
      ['grants', 'no_permission', 'other_scope', 'condition_false', 'condition_error'],
      'What the rule did: the first of permission, scope and condition that was missing',
    ),
    clause: Type.Optional(Text('Part of the condition that failed')),
    values: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        additionalProperties: true,
        description: 'Attributes that this part reads, null where there is none',
      }),
    ),
  },
  { title: 'RuleOutcome' },
);

/** One thing that somebody could do; of its members those that its kind needs are set. */
const Edit = Type.Object(
  {
    kind: Choice(
      [
        'unlock_user',
        'lock_user',
        'renew_credential',
        'add_to_group',
        'remove_from_group',
        'attach_policy',
        'detach_policy',
        'remove_rule',
        'drop_condition',
        'add_permission_set',
        'add_project',
        'create_policy',
      ],
      'What would be done',
    ),
    principal_id: Type.Optional(Id('User or application')),
    group_id: Type.Optional(Id('Group')),
    policy_id: Type.Optional(Id('Policy')),
    rule_id: Type.Optional(Id('Rule')),
    permission_set_name: Type.Optional(Text('Permission set')),
    project_id: Type.Optional(Id('Project')),
    organization_id: Type.Optional(Id('Organization')),
    command: Text('The same as a command; empty where there is none'),
  },
  { title: 'Edit' },
);

export const Explanation = Type.Object(
  {
    decision: Answer,
    because: Because,
    principal_id: Id('Who was asked about'),
    principal_type: Choice(['unknown', 'user', 'application'], 'What it is'),
    permissions: Type.Array(
      Type.Object({ permission: Text('Permission'), held: Flag('Whether some rule grants it') }),
      { description: 'The permission asked for, and those that it requires' },
    ),
    groups: Type.Array(Type.Object({ id: Id('Group'), name: Text('Its name') }), {
      description: 'Groups it is in, special ones included',
    }),
    rules: Type.Array(RuleOutcome, { description: 'Every rule that reaches it, and what the rule did' }),
    changes: Type.Array(Type.Object({ edits: Type.Array(Edit) }), {
      description: 'The smallest changes that would give the opposite answer',
    }),
  },
  { title: 'Explanation' },
);

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
    project_ids: Ids('Projects in which it may'),
  },
  { title: 'Reach' },
);

const total = Type.Integer({ minimum: 0, description: 'Matches on all pages' });
const pages = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: maximumPage, default: 1, description: 'Page, from 1' })),
  page_size: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maximumPageSize, default: maximumPageSize, description: 'Items on a page' }),
  ),
};
const reading = ['iam:policy:list', 'iam:group:list', 'iam:user:list'] as const;

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
            service: segment('Service', '^[a-z][a-z0-9-]{1,39}$'),
            name: segment('Resource', '^[a-z][a-z0-9_]{0,62}$'),
            action: segment('Action', '^[a-z][a-z0-9_]{0,62}$'),
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
      responses: Type.Array(Type.Object({ decision: Answer }), {
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
    errors: [],
    access: andAbout(needs(...reading), 'subject', 'iam:decision:check'),
  }),
  whoCan: operation({
    id: 'decisions.whoCan',
    method: 'POST',
    path: '/iam/v1alpha1/who-can',
    summary: 'List everybody who may do something',
    body: Type.Object({ permission: PermissionName, ...scope, ...asked, ...pages }, oneOf(oneScope)),
    output: Type.Object({ principals: Type.Array(PrincipalFound), total_count: total }),
    errors: [],
    access: needs('iam:decision:check', ...reading),
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
  }),
};
