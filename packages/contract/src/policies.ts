import { Type } from 'typebox';
import { reading } from './decisions.ts';
import {
  ChangedTags,
  Count,
  Description,
  Flag,
  Id,
  Ids,
  Name,
  NewDescription,
  NewName,
  NewOrganizationId,
  NewTags,
  type OneOf,
  OrganizationFilter,
  oneOf,
  Tags,
  Text,
  Time,
  withCli,
} from './fields.ts';
import { andWith, needs, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';
import { PolicyPreview } from './policy-preview.ts';
import { RuleSpecifications } from './rules.ts';

export const Policy = Type.Object(
  {
    id: Id('Policy'),
    name: Text('Name'),
    description: Text('What it is for'),
    organization_id: Id('Organization it belongs to'),
    created_at: Time('When it was made'),
    updated_at: Time('When its rules were last replaced'),
    editable: Flag('False when it cannot be changed'),
    deletable: Flag('False when it cannot be deleted'),
    managed: Flag('True when the platform owns it'),
    nb_rules: Count('Rules; 0 in the answer that creates it'),
    nb_scopes: Count('Different scopes of its rules; 0 in the answer that creates it'),
    nb_permission_sets: Count('Different permission sets of its rules; 0 in the answer that creates it'),
    tags: Tags,
    user_id: Type.Optional(Id('User it is attached to')),
    group_id: Type.Optional(Id('Group it is attached to')),
    application_id: Type.Optional(Id('Application it is attached to')),
    no_principal: Type.Optional(Flag('True while it is attached to nobody')),
  },
  { title: 'Policy' },
);

const principal = {
  user_id: Type.Optional(Id('Attach it to this user')),
  group_id: Type.Optional(Id('Attach it to this group')),
  application_id: Type.Optional(Id('Attach it to this application')),
  no_principal: Type.Optional(Flag('Attach it to nobody')),
};
const principalOf: OneOf = {
  name: 'principal',
  members: ['user_id', 'group_id', 'application_id', 'no_principal'],
  required: false,
};
const principalChoice = oneOf(principalOf);
const params = Type.Object({ policy_id: Id('Policy') });

export const policies = {
  list: operation({
    id: 'policies.list',
    method: 'GET',
    path: '/iam/v1alpha1/policies',
    summary: 'List policies',
    query: Type.Object({
      order_by: OrderBy(['policy_name', 'created_at'], 'policy_name_asc', 'created_at_asc'),
      ...paging(),
      editable: Type.Optional(Flag('Only those that can, or cannot, be changed')),
      user_ids: Type.Optional(Ids('Only attached to one of these users')),
      group_ids: Type.Optional(Ids('Only attached to one of these groups')),
      application_ids: Type.Optional(Ids('Only attached to one of these applications')),
      no_principal: Type.Optional(Flag('Only attached to nobody, or only to somebody')),
      policy_name: Type.Optional(Text('Only with this name', { minLength: 1 })),
      tag: Type.Optional(Text('Only with a tag that holds this text')),
      policy_ids: Type.Optional(Ids('Only these')),
      organization_id: OrganizationFilter({ uuid: true, whenEmpty: true, shown: true }),
    }),
    output: Page('policies', Policy),
    errors: ['not_found'],
    access: needs('iam:policy:list'),
    command: {
      words: 'iam policy list',
      examples: [
        {
          title: 'Those of one application',
          line: 'scw iam policy list application-ids.0=0c0ffee0-0000-4000-8000-000000000001',
        },
      ],
    },
  }),
  create: operation({
    id: 'policies.create',
    method: 'POST',
    path: '/iam/v1alpha1/policies',
    summary: 'Create a policy',
    body: Type.Object(
      {
        name: NewName('policy', 'pol'),
        description: NewDescription('policy'),
        rules: Type.Optional(withCli(RuleSpecifications, { whenAbsent: 'null' })),
        tags: NewTags,
        ...principal,
        organization_id: NewOrganizationId,
      },
      principalChoice,
    ),
    output: Policy,
    errors: ['not_found', 'quotas_exceeded'],
    access: onNew(andWith(needs('iam:policy:create'), 'rules', 'iam:rule:write'), 'name'),
    audit: { resource: 'policy', action: 'created' },
    command: {
      words: 'iam policy create',
      examples: [
        {
          title: 'Let an application read objects in one project',
          line: 'scw iam policy create name=readers application-id=0c0ffee0-0000-4000-8000-000000000001 rules.0.permission-set-names.0=ObjectStorageReadOnly rules.0.project-ids.0=0c0ffee0-0000-4000-8000-000000000006',
        },
        {
          title: 'Let a group read identities, from one network only',
          line: `scw iam policy create name=auditors group-id=0c0ffee0-0000-4000-8000-000000000003 rules.0.permission-set-names.0=IAMReadOnly rules.0.organization-id=0c0ffee0-0000-4000-8000-000000000007 rules.0.condition="inIpRange(request.ip, '192.0.2.0/24')"`,
        },
      ],
    },
  }),
  get: operation({
    id: 'policies.get',
    method: 'GET',
    path: '/iam/v1alpha1/policies/{policy_id}',
    summary: 'Show a policy',
    params,
    output: Policy,
    errors: ['not_found'],
    access: onExisting(needs('iam:policy:read'), 'policy', 'policy_id'),
    command: {
      words: 'iam policy get',
      examples: [{ title: 'A policy with its rules', line: 'scw iam policy get 0c0ffee0-0000-4000-8000-000000000008' }],
      positional: 'policy_id',
      prints: 'PolicyWithRules',
    },
  }),
  update: operation({
    id: 'policies.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/policies/{policy_id}',
    summary: 'Change a policy or attach it to somebody else',
    params,
    body: Type.Object(
      {
        name: Type.Optional(Name('policy')),
        description: Type.Optional(Description('policy')),
        tags: ChangedTags,
        ...principal,
      },
      principalChoice,
    ),
    output: Policy,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:policy:write'), 'policy', 'policy_id'),
    audit: { resource: 'policy', action: 'updated' },
    command: {
      words: 'iam policy update',
      examples: [
        {
          title: 'Attach it to another group',
          line: 'scw iam policy update 0c0ffee0-0000-4000-8000-000000000008 group-id=0c0ffee0-0000-4000-8000-000000000003',
        },
      ],
      positional: 'policy_id',
    },
  }),
  delete: operation({
    id: 'policies.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/policies/{policy_id}',
    summary: 'Delete a policy with its rules',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:policy:delete'), 'policy', 'policy_id'),
    audit: { resource: 'policy', action: 'deleted' },
    command: {
      words: 'iam policy delete',
      examples: [
        { title: 'Delete a policy and its rules', line: 'scw iam policy delete 0c0ffee0-0000-4000-8000-000000000008' },
      ],
      positional: 'policy_id',
    },
  }),
  clone: operation({
    id: 'policies.clone',
    method: 'POST',
    path: '/iam/v1alpha1/policies/{policy_id}/clone',
    summary: 'Copy a policy with its rules, attached to nobody',
    params,
    body: Type.Object({}),
    output: Policy,
    errors: ['not_found', 'quotas_exceeded'],
    access: onExisting(needs('iam:policy:create', 'iam:policy:read'), 'policy', 'policy_id'),
    audit: { resource: 'policy', action: 'created' },
    command: {
      words: 'iam policy clone',
      examples: [
        {
          title: 'A copy that is attached to nobody',
          line: 'scw iam policy clone policy-id=0c0ffee0-0000-4000-8000-000000000008',
        },
      ],
    },
  }),
  preview: operation({
    id: 'policies.preview',
    method: 'POST',
    path: '/iam/v1alpha1/preview-policy',
    summary: 'Tell who would gain and who would lose what by a change of a policy',
    body: Type.Object(
      {
        policy_id: Type.Optional(Id('Policy that would be changed; a new one when left out')),
        ...principal,
        rules: Type.Optional(RuleSpecifications),
        remove: Type.Optional(Flag('Delete it')),
      },
      oneOf(
        { ...principalOf, members: [...principalOf.members, 'remove'] },
        { name: 'change', members: ['rules', 'remove'], required: false },
      ),
    ),
    output: PolicyPreview,
    errors: ['not_found', 'precondition_failed'],
    access: needs('iam:decision:check', ...reading),
    command: {
      words: 'iam policy preview',
      examples: [
        {
          title: 'What a rule in place of all others would change',
          line: 'scw iam policy preview policy-id=0c0ffee0-0000-4000-8000-000000000008 rules.0.permission-set-names.0=IAMReadOnly rules.0.organization-id=0c0ffee0-0000-4000-8000-000000000007',
        },
        {
          title: 'Who would lose what without the policy',
          line: 'scw iam policy preview policy-id=0c0ffee0-0000-4000-8000-000000000008 remove=true',
        },
      ],
      seeAlso: ['scw iam policy update', 'scw iam rule update', 'scw iam explain'],
    },
  }),
};
