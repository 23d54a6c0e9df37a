import { Type } from 'typebox';
import { EnumFilter, Flag, Id, NullableTime, OrganizationFilter, oneOf, Text, Time, withCli } from './fields.ts';
import { needsForApiKey, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const ApiKey = Type.Object(
  {
    access_key: Text('Public half, names the key'),
    secret_key: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Secret half; only in the answer that creates the key',
    }),
    description: Text('What it is for'),
    created_at: Time('When it was made'),
    updated_at: Time('When it was last changed'),
    expires_at: NullableTime('When it stops working; null for never'),
    default_project_id: Id('Project of requests that cannot name one'),
    editable: Flag('False when it cannot be changed'),
    deletable: Flag('False when it cannot be deleted'),
    managed: Flag('True when the platform owns it'),
    creation_ip: Text('Address it was made from'),
    application_id: Type.Optional(Id('Application that bears it')),
    user_id: Type.Optional(Id('User that bears it')),
  },
  {
    title: 'APIKey',
    /** The command line prints the bearer before the description (docs/cli.md). */
    'x-cli-first': ['access_key', 'secret_key', 'application_id', 'user_id'],
  },
);

/** Ours, apart from the key itself, so that a key looks on the wire as clients know it (docs/decisions/0018-mail.md). */
export const ApiKeyUse = Type.Object(
  {
    access_key: Text('Key that is meant'),
    description: Text('What it is for'),
    last_used_at: NullableTime('When it was last used, to a minute; null for never'),
    created_at: Time('When it was made'),
    expires_at: NullableTime('When it stops working; null for never'),
    application_id: Type.Optional(Id('Application that bears it')),
    user_id: Type.Optional(Id('User that bears it')),
  },
  { title: 'APIKeyUse' },
);

const description = Text('What it is for', { maxLength: 200 });
const params = Type.Object({ access_key: Type.String({ format: 'access-key', description: 'Access key' }) });

export const apiKeys = {
  list: operation({
    id: 'apiKeys.list',
    method: 'GET',
    path: '/iam/v1alpha1/api-keys',
    summary: 'List API keys',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at', 'expires_at', 'access_key'], 'created_at_asc'),
      ...paging(),
      application_id: Type.Optional(withCli(Id('Only of this application'), { deprecated: true })),
      user_id: Type.Optional(withCli(Id('Only of this user'), { deprecated: true })),
      editable: Type.Optional(Flag('Only those that can, or cannot, be changed')),
      expired: Type.Optional(Flag('Only expired, or only living keys')),
      access_key: Type.Optional(withCli(Text('Only this key'), { deprecated: true })),
      description: Type.Optional(Text('Only with this description', { maxLength: 200 })),
      bearer_id: Type.Optional(Id('Only of this user or application')),
      bearer_type: EnumFilter(['unknown_bearer_type', 'user', 'application'], 'Only of users, or of applications'),
      access_keys: Type.Optional(Type.Array(Type.String(), { description: 'Only these keys' })),
      organization_id: OrganizationFilter({ uuid: false, whenEmpty: false, shown: true }),
    }),
    output: Page('api_keys', ApiKey),
    errors: ['not_found'],
    access: needsForApiKey('list'),
    command: {
      words: 'iam api-key list',
      examples: [
        { title: 'Those that still work', line: 'scw iam api-key list expired=false' },
        {
          title: 'Those of one application',
          line: 'scw iam api-key list bearer-id=0c0ffee0-0000-4000-8000-000000000001',
        },
      ],
      columns: ['AccessKey', 'SecretKey', 'CreatedAt', 'ExpiresAt', 'DefaultProjectID', 'Description'],
    },
  }),
  listUses: operation({
    id: 'apiKeys.listUses',
    method: 'GET',
    path: '/iam/v1alpha1/api-key-uses',
    summary: 'List when API keys were last used',
    query: Type.Object({
      order_by: OrderBy(['created_at'], 'created_at_asc'),
      ...paging(),
      bearer_id: Type.Optional(Id('Only of this user or application')),
      bearer_type: EnumFilter(['unknown_bearer_type', 'user', 'application'], 'Only of users, or of applications'),
      access_keys: Type.Optional(Type.Array(Type.String(), { description: 'Only these keys' })),
      organization_id: OrganizationFilter({ uuid: false, whenEmpty: false, shown: true }),
    }),
    output: Page('api_key_uses', ApiKeyUse),
    errors: ['not_found'],
    access: needsForApiKey('list'),
    command: {
      words: 'iam api-key list-uses',
      examples: [
        { title: 'When each key was last used', line: 'scw iam api-key list-uses' },
        { title: 'One key', line: 'scw iam api-key list-uses access-keys.0=SCWEXAMPLEEXAMPLE000' },
      ],
      columns: ['AccessKey', 'LastUsedAt', 'ExpiresAt', 'Description'],
      seeAlso: ['scw iam api-key list'],
    },
  }),
  create: operation({
    id: 'apiKeys.create',
    method: 'POST',
    path: '/iam/v1alpha1/api-keys',
    summary: 'Create an API key; its secret is shown only now',
    body: Type.Object(
      {
        application_id: Type.Optional(Id('Application that will bear it')),
        user_id: Type.Optional(Id('User that will bear it: only oneself')),
        expires_at: Type.Optional(Time('When it stops working')),
        default_project_id: Type.Optional(Id('Project of requests that cannot name one')),
        description: Type.Optional(withCli(description, { whenAbsent: 'empty' })),
      },
      oneOf({ name: 'bearer', members: ['application_id', 'user_id'], required: true }),
    ),
    output: ApiKey,
    errors: ['not_found', 'quotas_exceeded'],
    access: onNew(needsForApiKey('create'), 'description'),
    audit: { resource: 'api_key', action: 'created' },
    command: {
      words: 'iam api-key create',
      examples: [
        {
          title: 'A key for a program, for a month',
          line: 'scw iam api-key create application-id=0c0ffee0-0000-4000-8000-000000000001 expires-at=+30d description="nightly backup"',
        },
      ],
      seeAlso: ['scw iam api-key list', 'scw iam api-key delete'],
    },
  }),
  get: operation({
    id: 'apiKeys.get',
    method: 'GET',
    path: '/iam/v1alpha1/api-keys/{access_key}',
    summary: 'Show an API key, without its secret',
    params,
    output: ApiKey,
    errors: ['not_found'],
    access: onExisting(needsForApiKey('read'), 'api_key', 'access_key'),
    command: {
      words: 'iam api-key get',
      examples: [{ title: 'A key and the policies of its bearer', line: 'scw iam api-key get SCWEXAMPLEEXAMPLE000' }],
      positional: 'access_key',
      prints: 'APIKeyWithPolicies',
    },
  }),
  update: operation({
    id: 'apiKeys.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/api-keys/{access_key}',
    summary: 'Change the description, the default project or the expiry of an API key',
    params,
    body: Type.Object({
      default_project_id: Type.Optional(Id('Project of requests that cannot name one')),
      description: Type.Optional(description),
      expires_at: Type.Optional(Time('When it stops working, for a key without an end')),
    }),
    output: ApiKey,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needsForApiKey('write'), 'api_key', 'access_key'),
    audit: { resource: 'api_key', action: 'updated' },
    command: {
      words: 'iam api-key update',
      examples: [{ title: 'Let it end in a week', line: 'scw iam api-key update SCWEXAMPLEEXAMPLE000 expires-at=+7d' }],
      positional: 'access_key',
    },
  }),
  delete: operation({
    id: 'apiKeys.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/api-keys/{access_key}',
    summary: 'Delete an API key; it stops working at once',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needsForApiKey('delete'), 'api_key', 'access_key'),
    audit: { resource: 'api_key', action: 'deleted' },
    command: {
      words: 'iam api-key delete',
      examples: [{ title: 'Delete a key', line: 'scw iam api-key delete SCWEXAMPLEEXAMPLE000' }],
      positional: 'access_key',
      seeAlso: ['scw iam api-key list', 'scw iam api-key create'],
    },
  }),
};
