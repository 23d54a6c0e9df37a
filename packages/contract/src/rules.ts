import { Type } from 'typebox';
import { Choice, Id, Ids, oneOf, Text, withCli } from './fields.ts';
import { needs, onExisting, operation } from './operation.ts';
import { Page, paging } from './pagination.ts';

export const scopeTypes = ['unknown_scope_type', 'projects', 'organization', 'account_root_user'] as const;
export type ScopeType = (typeof scopeTypes)[number];

/** Caps of a policy (docs/decisions/0006-limits.md). */
export const maximumRules = 100;
export const maximumPermissionSets = 500;
export const maximumProjects = 1000;

export const Rule = Type.Object(
  {
    id: Id('Rule; a new one each time the rules are replaced'),
    permission_set_names: Type.Array(Type.String(), { description: 'Permission sets it grants' }),
    permission_sets_scope_type: Choice(scopeTypes, 'Scope type of its permission sets'),
    condition: Text('Expression that must be true; empty for none'),
    project_ids: Type.Optional(Ids('Projects it grants them in')),
    organization_id: Type.Optional(Id('Organization it grants them in')),
    account_root_user_id: Type.Optional(Id('Account it grants them on')),
  },
  { title: 'Rule' },
);

/** A condition as it is written. */
export const Condition = Text('Expression that must be true for the rule to count', { maxLength: 2048 });

const RuleSpecification = Type.Object(
  {
    permission_set_names: Type.Optional(
      withCli(
        Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          maxItems: maximumPermissionSets,
          description: 'Permission sets',
        }),
        {
          acceptsNone: true,
          whenAbsent: 'null',
        },
      ),
    ),
    condition: Type.Optional(withCli(Condition, { whenAbsent: 'empty' })),
    project_ids: Type.Optional(withCli(Ids('Projects', { maxItems: maximumProjects }), { acceptsNone: true })),
    organization_id: Type.Optional(Id('Organization: all its projects, now and later')),
  },
  oneOf({ name: 'scope', members: ['project_ids', 'organization_id'], required: true }),
);

export const RuleSpecifications = Type.Array(RuleSpecification, {
  maxItems: maximumRules,
  description: 'Rules, in order',
});

export const rules = {
  list: operation({
    id: 'rules.list',
    method: 'GET',
    path: '/iam/v1alpha1/rules',
    summary: 'List the rules of a policy',
    query: Type.Object({ policy_id: Id('Policy'), ...paging() }),
    output: Page('rules', Rule),
    errors: ['not_found'],
    access: onExisting(needs('iam:rule:list'), 'policy', 'policy_id'),
    command: {
      words: 'iam rule list',
      examples: [{ title: 'The rules of a policy', line: 'scw iam rule list 0c0ffee0-0000-4000-8000-000000000008' }],
      positional: 'policy_id',
    },
  }),
  set: operation({
    id: 'rules.set',
    method: 'PUT',
    path: '/iam/v1alpha1/rules',
    summary: 'Replace all rules of a policy',
    body: Type.Object({
      policy_id: Id('Policy'),
      rules: Type.Optional(withCli(RuleSpecifications, { whenAbsent: 'null' })),
    }),
    output: Type.Object(
      { rules: Type.Array(Rule, { description: 'The rules as they are now' }) },
      { title: 'SetRulesResponse' },
    ),
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:rule:write'), 'policy', 'policy_id'),
    audit: { resource: 'policy', action: 'updated' },
    command: {
      words: 'iam rule update',
      examples: [
        {
          title: 'Replace all rules by one',
          line: 'scw iam rule update 0c0ffee0-0000-4000-8000-000000000008 rules.0.permission-set-names.0=IAMReadOnly rules.0.organization-id=0c0ffee0-0000-4000-8000-000000000007',
        },
      ],
      positional: 'policy_id',
    },
  }),
};
