import { Type } from 'typebox';
import { Bytes, Duration, Id, NullableTime, Text, Time } from './fields.ts';
import { needsOrSelf, onExisting, operation, selfOnly } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

const params = Type.Object({ user_id: Id('User') });

/** One-time passwords by time, of an app on a phone (RFC 6238). */
export const mfaOtp = {
  create: operation({
    id: 'mfaOtp.create',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/mfa-otp',
    summary: 'Begin to set up one-time passwords for yourself',
    params,
    body: Type.Object({}),
    output: Type.Object({ secret: Text('Secret for the app, in base 32; shown once') }),
    errors: ['not_found', 'already_exists'],
    access: selfOnly('iam:self_mfa:create', 'user_id'),
    audit: { resource: 'user_mfa', action: 'created' },
  }),
  getAddress: operation({
    id: 'mfaOtp.getAddress',
    method: 'GET',
    path: '/iam/v1alpha1/users/{user_id}/mfa-otp-address',
    summary: 'Show the secret that waits for its first password as an app takes it: by address or QR code',
    params,
    output: Type.Object({
      otpauth_uri: Text('Address that apps take the secret from'),
      qr_code: Text('The same as a QR code, in SVG'),
    }),
    errors: ['not_found'],
    access: selfOnly('iam:self_mfa:create', 'user_id'),
  }),
  validate: operation({
    id: 'mfaOtp.validate',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/validate-mfa-otp',
    summary: 'Put one-time passwords in force with the first of them',
    params,
    body: Type.Object({ one_time_password: Text('Six digits that the app shows now', { pattern: '^[0-9]{6}$' }) }),
    output: Type.Object({
      recovery_codes: Type.Array(Text('Recovery code'), {
        description: 'Each stands for a one-time password once; shown once, and the former ones end',
      }),
    }),
    errors: ['not_found'],
    access: selfOnly('iam:self_mfa:write', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
  }),
  delete: operation({
    id: 'mfaOtp.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/users/{user_id}/mfa-otp',
    summary: 'End the one-time passwords and recovery codes of a user',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needsOrSelf('iam:user_mfa:delete', 'iam:self_mfa:delete', 'user_id'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
  }),
};

const largeBytes = { minLength: 1, maxLength: 65_536 } as const;
const Origin = Text('Origin of the page, such as https://iam.example.org', { minLength: 1, maxLength: 2048 });
const authenticatorName = Text('Name of the authenticator', { minLength: 1, maxLength: 256 });

export const WebauthnAuthenticator = Type.Object(
  {
    id: Id('Authenticator'),
    name: Text('Name'),
    created_at: Time('When it was registered'),
    last_login_at: NullableTime('Last sign-in with it'),
  },
  { title: 'WebAuthnAuthenticator' },
);

const authenticator = Type.Object({ authenticator_id: Id('Authenticator') });

/** Security keys and passkeys (W3C Web Authentication, level 3). */
export const webauthn = {
  startRegistration: operation({
    id: 'webauthn.startRegistration',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/start-webauthn-registration',
    summary: 'Begin to register an authenticator for yourself',
    params,
    query: Type.Object({ origin: Origin }),
    output: Type.Object({
      ceremony_id: Id('This registration'),
      challenge: Text('What the authenticator signs, in base 64'),
      public_key_algorithms: Type.Array(Type.Integer(), { description: 'COSE algorithms that are taken, best first' }),
      timeout: Duration('Time there is for it'),
      exclude_credentials: Type.Array(Text('Credential'), {
        description: 'Credentials that are registered already, in base 64',
      }),
    }),
    errors: ['not_found', 'precondition_failed'],
    access: selfOnly('iam:self_mfa:create', 'user_id'),
    audit: { resource: 'user_mfa', action: 'created' },
  }),
  finishRegistration: operation({
    id: 'webauthn.finishRegistration',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/finish-webauthn-registration',
    summary: 'Register the authenticator with what it answered',
    params,
    body: Type.Object({
      ceremony_id: Id('The registration that was begun'),
      authenticator_name: authenticatorName,
      origin: Origin,
      raw_id: Bytes('Credential', { minLength: 1, maxLength: 1364 }),
      client_data_json: Bytes('What the browser says it asked', largeBytes),
      authenticator_data: Type.Optional(Bytes('Data of the authenticator; the attestation has it too', largeBytes)),
      attestation_object: Bytes('What the authenticator answered', largeBytes),
      public_key: Type.Optional(Bytes('Public key; the attestation has it too', largeBytes)),
      public_key_algorithm: Type.Optional(Type.Integer({ description: 'COSE algorithm of the public key' })),
    }),
    output: Type.Object({ authenticator_id: Id('Authenticator') }),
    errors: ['not_found', 'already_exists', 'precondition_failed'],
    access: selfOnly('iam:self_mfa:create', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
  }),
  list: operation({
    id: 'webauthn.list',
    method: 'GET',
    path: '/iam/v1alpha1/users/{user_id}/webauthn-authenticators',
    summary: 'List the authenticators of a user',
    params,
    query: Type.Object({ order_by: OrderBy(['created_at'], 'created_at_asc'), ...paging() }),
    output: Page('authenticators', WebauthnAuthenticator),
    errors: ['not_found'],
    access: onExisting(needsOrSelf('iam:user_mfa:list', 'iam:self_mfa:list', 'user_id'), 'user', 'user_id'),
  }),
  update: operation({
    id: 'webauthn.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/webauthn-authenticator/{authenticator_id}',
    summary: 'Rename an authenticator of yours',
    params: authenticator,
    body: Type.Object({ authenticator_name: Type.Optional(authenticatorName) }),
    output: WebauthnAuthenticator,
    errors: ['not_found'],
    access: selfOnly('iam:self_mfa:write', 'authenticator'),
    audit: { resource: 'user_mfa', action: 'updated' },
  }),
  delete: operation({
    id: 'webauthn.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/webauthn-authenticator/{authenticator_id}',
    summary: 'Remove an authenticator',
    params: authenticator,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: needsOrSelf('iam:user_mfa:delete', 'iam:self_mfa:delete', 'authenticator'),
    audit: { resource: 'user', action: 'updated' },
  }),
};
