import { Type } from 'typebox';
import { Bytes, Choice, Duration, Text, Time } from './fields.ts';
import { NewSession, perhapsSession } from './jwts.ts';
import { operation, toAnybody } from './operation.ts';

/** How people sign in (docs/sign-in.md). All of it is public: whoever calls is nobody yet. */

const { errors, access } = toAnybody;

const Attempt = Text('Token of this step; each works once', { maxLength: 200 });
const Organization = Text('Id or alias of the organization; the owner may leave it out', { maxLength: 64 });
const Username = Text('Username; the e-mail address for the owner', { minLength: 1, maxLength: 254 });
const Password = Type.String({ description: 'Password', 'x-min-bytes': 1, 'x-max-bytes': 72, writeOnly: true });

const signedData = { minLength: 1, maxLength: 16_384 } as const;

/** What follows a first factor: the session, or the question for a second one. */
const Step = Type.Object(
  {
    status: Choice(['signed_in', 'second_factor_needed'], 'Whether it is done'),
    attempt: Type.Optional(Text('Token for the second factor')),
    second_factors: Type.Optional(
      Type.Array(Choice(['webauthn', 'one_time_password'], 'Kind'), {
        description: 'Kinds of second factor there are, the one to offer first before',
      }),
    ),
    ...perhapsSession,
  },
  { title: 'SignInStep' },
);

/** 256 KiB in base 64, with ends of lines. */
const maximumSamlResponse = 360_000;

const started = {
  attempt: Text('Token of the next step'),
  expires_at: Time('Until when the next step may be taken'),
};

export const signIn = {
  start: operation({
    id: 'signIn.start',
    method: 'POST',
    path: '/auth/v1/start',
    summary: 'Begin a sign-in by saying who you are',
    body: Type.Object({ organization: Type.Optional(Organization), username: Username }),
    output: Type.Object({
      ...started,
      methods: Type.Array(Choice(['password', 'code', 'saml'], 'Way to go on'), {
        description: 'Ways that the organization allows',
      }),
    }),
    errors,
    access,
  }),
  password: operation({
    id: 'signIn.password',
    method: 'POST',
    path: '/auth/v1/password',
    summary: 'Go on with the password',
    body: Type.Object({ attempt: Attempt, password: Password }),
    output: Step,
    errors,
    access,
  }),
  sendCode: operation({
    id: 'signIn.sendCode',
    method: 'POST',
    path: '/auth/v1/send-code',
    summary: 'Have a code sent by e-mail, or another one',
    body: Type.Object({ attempt: Attempt }),
    output: Type.Object(started),
    errors,
    access,
  }),
  code: operation({
    id: 'signIn.code',
    method: 'POST',
    path: '/auth/v1/code',
    summary: 'Go on with the code that was sent',
    body: Type.Object({ attempt: Attempt, code: Text('Code of six digits', { pattern: '^[0-9]{6}$' }) }),
    output: Step,
    errors,
    access,
  }),
  saml: operation({
    id: 'signIn.saml',
    method: 'POST',
    path: '/auth/v1/saml',
    summary: 'Go on at the identity provider of the organization',
    body: Type.Object({ attempt: Attempt }),
    output: Type.Object({ ...started, url: Text('Address of the identity provider to open in a browser') }),
    errors,
    access,
  }),
  answerSaml: operation({
    id: 'signIn.answerSaml',
    method: 'POST',
    path: '/auth/v1/answer-saml',
    summary: 'Hand over what the identity provider answers; the page that it is posted to does this',
    body: Type.Object({
      configuration: Text('Id of the SAML configuration that it was sent to', { maxLength: 64 }),
      response: Text('The SAMLResponse, in base 64', { minLength: 1, maxLength: maximumSamlResponse }),
    }),
    output: Type.Object({ answer: Text('Token that finishes the attempt it answers, and no other, once') }),
    errors: [...errors, 'not_found'],
    access,
  }),
  finishSaml: operation({
    id: 'signIn.finishSaml',
    method: 'POST',
    path: '/auth/v1/finish-saml',
    summary: 'Go on with what the identity provider has answered',
    body: Type.Object({ attempt: Attempt, answer: Text('Token that the answer was taken for', { maxLength: 200 }) }),
    output: Step,
    errors,
    access,
  }),
  webauthn: operation({
    id: 'signIn.webauthn',
    method: 'POST',
    path: '/auth/v1/webauthn',
    summary: 'Ask what an authenticator is to sign as the second factor',
    body: Type.Object({ attempt: Attempt }),
    output: Type.Object({
      challenge: Text('What the authenticator signs, in base 64; only the newest of an attempt counts, once'),
      rp_id: Text('Domain that the authenticator was registered for'),
      timeout: Duration('Time there is for it'),
      allow_credentials: Type.Array(Text('Credential'), { description: 'Credentials of the user, in base 64' }),
      user_verification: Choice(['discouraged'], 'It is the second factor: that somebody is there is enough'),
    }),
    errors: [...errors, 'precondition_failed'],
    access,
  }),
  secondFactor: operation({
    id: 'signIn.secondFactor',
    method: 'POST',
    path: '/auth/v1/second-factor',
    summary: 'Finish with the second factor',
    body: Type.Object(
      {
        attempt: Attempt,
        one_time_password: Type.Optional(Text('Code of the app', { pattern: '^[0-9]{6}$' })),
        recovery_code: Type.Optional(Text('One of the recovery codes', { minLength: 1, maxLength: 64 })),
        webauthn: Type.Optional(
          Type.Object(
            {
              raw_id: Bytes('Credential', { minLength: 1, maxLength: 1364 }),
              client_data_json: Bytes('What the browser says it asked', signedData),
              authenticator_data: Bytes('Data of the authenticator', signedData),
              signature: Bytes('Signature over both', signedData),
            },
            { description: 'What the authenticator answered' },
          ),
        ),
      },
      { 'x-one-of': [{ name: 'factor', members: ['one_time_password', 'recovery_code', 'webauthn'], required: true }] },
    ),
    output: Step,
    errors,
    access,
  }),
  recover: operation({
    id: 'signIn.recover',
    method: 'POST',
    path: '/auth/v1/recover',
    summary: 'Have a link sent that sets a forgotten password',
    body: Type.Object({ organization: Type.Optional(Organization), username: Username }),
    output: null,
    errors: ['invalid_arguments', 'too_many_requests'],
    access,
  }),
  setPassword: operation({
    id: 'signIn.setPassword',
    method: 'POST',
    path: '/auth/v1/set-password',
    summary: 'Set the password with the token of a mailed link',
    body: Type.Object({ token: Text('Token of the link', { maxLength: 200 }), password: Password }),
    output: null,
    errors,
    access,
  }),
  renew: operation({
    id: 'signIn.renew',
    method: 'POST',
    path: '/auth/v1/renew',
    summary: 'Renew a session; a renew token that was used before ends it',
    body: Type.Object({ renew_token: Text('Renew token of the session', { maxLength: 200 }) }),
    output: NewSession,
    errors,
    access,
  }),
  signOut: operation({
    id: 'signIn.signOut',
    method: 'POST',
    path: '/auth/v1/sign-out',
    summary: 'End a session with its renew token, also when its hour is over',
    body: Type.Object({ renew_token: Text('Renew token of the session', { maxLength: 200 }) }),
    output: null,
    errors,
    access,
  }),
};
