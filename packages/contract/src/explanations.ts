import { Type } from 'typebox';
import { Choice, Flag, Id, Text } from './fields.ts';

export const decisions = ['allow', 'deny'] as const;
export const Answer = Choice(decisions, 'Whether it may');

export const Because = Choice(
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

/** Something that has a name. Those of projects are for those who may list projects. */
export const Named = Type.Object(
  { id: Id('Its id'), name: Text('Its name; empty where it is not there, or not yours to see') },
  { title: 'Named' },
);

const RuleOutcome = Type.Object(
  {
    permission: Text('Permission that was looked for'),
    policy_id: Id('Policy'),
    policy_name: Text('Its name'),
    rule_id: Id('Rule'),
    position: Type.Integer({ minimum: 0, description: 'Place of the rule in the policy, from 0' }),
    permission_set_names: Type.Array(Text('Permission set'), { description: 'What the rule is made of' }),
    group_id: Type.Optional(Id('Group through which the policy reaches the principal')),
    outcome: Choice(
      ['grants', 'no_permission', 'other_scope', 'condition_false', 'condition_error'],
      'What the rule did: the first of permission, scope and condition that was missing',
    ),
    projects: Type.Optional(Type.Array(Named, { description: 'Where the rule grants, when that is somewhere else' })),
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
        'widen_to_organization',
        'create_policy',
      ],
      'What would be done',
    ),
    principal_id: Type.Optional(Id('User or application')),
    group_id: Type.Optional(Id('Group')),
    group_name: Type.Optional(Text('Its name')),
    policy_id: Type.Optional(Id('Policy')),
    policy_name: Type.Optional(Text('Its name')),
    rule_id: Type.Optional(Id('Rule')),
    position: Type.Optional(Type.Integer({ minimum: 0, description: 'Place of the rule in the policy, from 0' })),
    permission_set_name: Type.Optional(Text('Permission set')),
    project_id: Type.Optional(Id('Project')),
    project_name: Type.Optional(Text('Its name')),
    organization_id: Type.Optional(Id('Organization')),
    command: Text('The same as a command for a shell; empty where there is none'),
  },
  { title: 'Edit' },
);

/** A decision with its reasons (docs/decisions-explained.md). */
export const Explanation = Type.Object(
  {
    decision: Answer,
    because: Because,
    permission: Text('Permission that was asked for'),
    scope: Type.Object(
      {
        type: Choice(['organization', 'project'], 'What it was asked of'),
        id: Id('Organization or project'),
        name: Text('Its name; empty where it is not there, or not yours to see'),
      },
      { title: 'AskedScope', description: 'Where it was asked' },
    ),
    principal_id: Id('Who was asked about'),
    principal_type: Choice(['unknown', 'user', 'application'], 'What it is'),
    principal_name: Text('Username of a user, name of an application'),
    permissions: Type.Array(
      Type.Object(
        { permission: Text('Permission'), held: Flag('Whether some rule grants it') },
        { title: 'NeededPermission' },
      ),
      { description: 'The permission asked for, and those that it requires' },
    ),
    groups: Type.Array(Named, { description: 'Groups it is in, special ones included' }),
    rules: Type.Array(RuleOutcome, { description: 'Every rule that reaches it, and what the rule did' }),
    changes: Type.Array(
      Type.Object({ edits: Type.Array(Edit, { description: 'All of these together' }) }, { title: 'PossibleChange' }),
      {
        description: 'The smallest changes that would give the opposite answer',
      },
    ),
  },
  { title: 'Explanation' },
);
