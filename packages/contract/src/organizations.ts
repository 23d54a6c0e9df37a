import { Type } from 'typebox';
import { Duration, Flag, Id, OrganizationParameter, Text } from './fields.ts';
import { needs, operation } from './operation.ts';

export const Organization = Type.Object(
  {
    id: Id('Organization'),
    name: Text('Name'),
    alias: Text('Short name at sign-in; empty until it is set'),
    login_password_enabled: Flag('Members may sign in with a password'),
    login_magic_code_enabled: Flag('Members may sign in with a code sent by e-mail'),
    login_oauth2_enabled: Flag('Members may sign in through an identity provider'),
    login_saml_enabled: Flag('Members may sign in through SAML'),
  },
  { title: 'Organization' },
);

export const SecuritySettings = Type.Object(
  {
    enforce_password_renewal: Flag('Members must change their first password'),
    grace_period_duration: Duration('Time a member has for it'),
    login_attempts_before_locked: Type.Integer({ description: 'Failed sign-ins that lock a member' }),
    max_login_session_duration: Duration('Longest life of a session'),
    max_api_key_expiration_duration: Duration('Longest life of an API key; 0s for no limit'),
    no_escalation: Type.Optional(Flag('Nobody gives more than they hold; shown only where it is on')),
    enforce_mfa: Type.Optional(Flag('Everybody must have a second factor; shown only where it is on')),
  },
  { title: 'OrganizationSecuritySettings' },
);

const params = Type.Object({ organization_id: OrganizationParameter });

export const organizations = {
  get: operation({
    id: 'organizations.get',
    method: 'GET',
    path: '/iam/v1alpha1/organizations/{organization_id}',
    summary: 'Show an organization',
    params,
    output: Organization,
    errors: ['not_found'],
    access: needs('iam:organization:read'),
  }),
  setAlias: operation({
    id: 'organizations.setAlias',
    method: 'PUT',
    path: '/iam/v1alpha1/organizations/{organization_id}/alias',
    summary: 'Set the alias of an organization, once',
    params,
    body: Type.Object({ alias: Text('Alias', { minLength: 2, maxLength: 32, pattern: '^[a-z0-9]+$' }) }),
    output: Organization,
    errors: ['not_found', 'already_exists', 'precondition_failed'],
    access: needs('iam:organization:write'),
    audit: { resource: 'organization', action: 'updated' },
  }),
  updateLoginMethods: operation({
    id: 'organizations.updateLoginMethods',
    method: 'PATCH',
    path: '/iam/v1alpha1/organizations/{organization_id}/login-methods',
    summary: 'Choose how members may sign in',
    params,
    body: Type.Object({
      login_password_enabled: Type.Optional(Flag('With a password')),
      login_magic_code_enabled: Type.Optional(Flag('With a code sent by e-mail')),
      login_oauth2_enabled: Type.Optional(Flag('Through an identity provider')),
      login_saml_enabled: Type.Optional(Flag('Through SAML')),
    }),
    output: Organization,
    errors: ['not_found', 'precondition_failed'],
    access: needs('iam:organization:write'),
    audit: { resource: 'organization', action: 'updated' },
  }),
};

export const securitySettings = {
  get: operation({
    id: 'securitySettings.get',
    method: 'GET',
    path: '/iam/v1alpha1/organizations/{organization_id}/security-settings',
    summary: 'Show the security settings of an organization',
    params,
    output: SecuritySettings,
    errors: ['not_found'],
    access: needs('iam:security_settings:read'),
    command: { words: 'iam security-settings get' },
  }),
  update: operation({
    id: 'securitySettings.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/organizations/{organization_id}/security-settings',
    summary: 'Change the security settings of an organization',
    params,
    body: Type.Object({
      enforce_password_renewal: Type.Optional(Flag('Members must change their first password')),
      grace_period_duration: Type.Optional(Duration('Time a member has for it')),
      login_attempts_before_locked: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 50, description: 'Failed sign-ins that lock a member' }),
      ),
      max_login_session_duration: Type.Optional(Duration('Longest life of a session')),
      max_api_key_expiration_duration: Type.Optional(Duration('Longest life of an API key; 0s for no limit')),
      no_escalation: Type.Optional(Flag('Nobody gives more than they hold; only the owner changes it')),
      enforce_mfa: Type.Optional(Flag('Everybody must have a second factor')),
    }),
    output: SecuritySettings,
    errors: ['not_found'],
    access: needs('iam:security_settings:write'),
    audit: { resource: 'security_settings', action: 'updated' },
    command: {
      words: 'iam security-settings update',
      examples: [
        {
          title: 'Keys live for 90 days at most',
          line: 'scw iam security-settings update max-api-key-expiration-duration=2160h',
        },
        {
          title: 'Everybody sets up a second factor within three days',
          line: 'scw iam security-settings update enforce-mfa=true grace-period-duration=72h',
        },
      ],
    },
  }),
};
