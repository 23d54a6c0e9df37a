import { Type } from 'typebox';
import { Id, OrganizationParameter, Text, Time } from './fields.ts';
import { needs, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const Scim = Type.Object(
  { id: Id('SCIM configuration'), created_at: Time('When it was enabled') },
  { title: 'Scim' },
);

export const ScimToken = Type.Object(
  {
    id: Id('SCIM token'),
    scim_id: Id('SCIM configuration'),
    created_at: Time('When it was made'),
    expires_at: Time('When it ends, a year later'),
  },
  { title: 'ScimToken' },
);

const ofOrganization = Type.Object({ organization_id: OrganizationParameter });
const params = Type.Object({ scim_id: Id('SCIM configuration') });

export const scim = {
  get: operation({
    id: 'scim.get',
    method: 'GET',
    path: '/iam/v1alpha1/organizations/{organization_id}/scim',
    summary: 'Show the SCIM configuration of an organization',
    params: ofOrganization,
    output: Scim,
    errors: ['not_found'],
    access: needs('iam:scim:read'),
    command: {
      words: 'iam organization get-scim',
      seeAlso: ['scw iam organization enable-scim', 'scw iam scim-tokens list'],
    },
  }),
  enable: operation({
    id: 'scim.enable',
    method: 'POST',
    path: '/iam/v1alpha1/organizations/{organization_id}/scim',
    summary: 'Let a directory provision users and groups of an organization',
    params: ofOrganization,
    body: Type.Object({}),
    output: Scim,
    errors: ['not_found', 'already_exists'],
    access: needs('iam:scim:create'),
    audit: { resource: 'scim', action: 'created' },
    command: {
      words: 'iam organization enable-scim',
      examples: [{ title: 'Begin; a token comes next', line: 'scw iam organization enable-scim' }],
      seeAlso: ['scw iam scim-tokens create'],
    },
  }),
  delete: operation({
    id: 'scim.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/scim/{scim_id}',
    summary: 'End provisioning; users and groups stay',
    params,
    output: null,
    errors: ['not_found'],
    access: needs('iam:scim:delete'),
    audit: { resource: 'scim', action: 'deleted' },
    command: {
      words: 'iam scim delete',
      positional: 'scim_id',
      examples: [
        { title: 'Delete the SCIM configuration', line: 'scw iam scim delete 0c0ffee0-0000-4000-8000-000000000012' },
      ],
    },
  }),
};

export const scimTokens = {
  list: operation({
    id: 'scimTokens.list',
    method: 'GET',
    path: '/iam/v1alpha1/scim/{scim_id}/tokens',
    summary: 'List the tokens of a SCIM configuration',
    params,
    query: Type.Object({ order_by: OrderBy(['created_at'], 'created_at_asc'), ...paging() }),
    output: Page('scim_tokens', ScimToken),
    errors: ['not_found'],
    access: needs('iam:scim_token:list'),
    command: { words: 'iam scim-tokens list', positional: 'scim_id' },
  }),
  create: operation({
    id: 'scimTokens.create',
    method: 'POST',
    path: '/iam/v1alpha1/scim/{scim_id}/tokens',
    summary: 'Make a token for the directory, shown once and good for a year',
    params,
    output: Type.Object(
      { token: ScimToken, bearer_token: Text('What the directory sends with every request') },
      { title: 'CreateScimTokenResponse' },
    ),
    errors: ['not_found', 'quotas_exceeded'],
    access: needs('iam:scim_token:create'),
    audit: { resource: 'scim_token', action: 'created' },
    command: {
      words: 'iam scim-tokens create',
      examples: [
        {
          title: 'A token, and nothing but the token',
          line: "scw iam scim-tokens create scim-id=0c0ffee0-0000-4000-8000-000000000012 -o template='{{.BearerToken}}'",
        },
      ],
      seeAlso: ['scw iam scim-tokens delete'],
    },
  }),
  delete: operation({
    id: 'scimTokens.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/scim-tokens/{token_id}',
    summary: 'Delete a SCIM token: it is good for nothing at once',
    params: Type.Object({ token_id: Id('SCIM token') }),
    output: null,
    errors: ['not_found'],
    access: needs('iam:scim_token:delete'),
    audit: { resource: 'scim_token', action: 'deleted' },
    command: { words: 'iam scim-tokens delete' },
  }),
};
