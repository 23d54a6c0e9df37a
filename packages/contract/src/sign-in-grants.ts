import { Type } from 'typebox';
import { Choice, Text, Time } from './fields.ts';
import { NewSession, perhapsSession } from './jwts.ts';
import { operation, selfOnly, toAnybody } from './operation.ts';

/**
 * How somebody who is signed in lets a program sign in too (docs/sign-in.md): a program on the same machine gets a code at
 * its loopback address (RFC 8252, with the proof of RFC 7636), one without a browser waits while a code is typed elsewhere
 * (RFC 8628).
 */

const params = Type.Object({ user_code: Text('Code that the program shows', { maxLength: 32 }) });
const { errors, access } = toAnybody;
/** Whoever may begin a session of its own may let a program begin one. */
const oneself = selfOnly('iam:self_jwt:create', 'caller');

export const signInGrants = {
  createCode: operation({
    id: 'signInGrants.createCode',
    method: 'POST',
    path: '/auth/v1/codes',
    summary: 'Let a program on this machine sign in as you',
    body: Type.Object({
      redirect_uri: Text('Where the program listens: http on a loopback address', { minLength: 1, maxLength: 300 }),
      code_challenge: Text('SHA-256 of the verifier that the program keeps, in base64url', {
        pattern: '^[A-Za-z0-9_-]{43}$',
      }),
    }),
    output: Type.Object({ code: Text('Code to redeem, once'), expires_at: Time('Until when') }),
    errors: ['invalid_arguments', 'too_many_requests'],
    access: oneself,
    audit: { resource: 'sign_in', action: 'created' },
  }),
  redeemCode: operation({
    id: 'signInGrants.redeemCode',
    method: 'POST',
    path: '/auth/v1/redeem-code',
    summary: 'Begin the session that a code stands for',
    body: Type.Object({
      code: Text('Code that came to the loopback address', { maxLength: 200 }),
      code_verifier: Text('What the challenge was made of', { pattern: '^[A-Za-z0-9._~-]{43,128}$' }),
    }),
    output: NewSession,
    errors,
    access,
  }),
  startDevice: operation({
    id: 'signInGrants.startDevice',
    method: 'POST',
    path: '/auth/v1/devices',
    summary: 'Begin a sign-in that is approved in a browser elsewhere',
    body: Type.Object({}),
    output: Type.Object({
      device_code: Text('Token to ask with whether it is approved'),
      user_code: Text('Code to type in the browser'),
      verification_uri: Text('Page to type it in'),
      verification_uri_complete: Text('The same page with the code filled in'),
      expires_at: Time('Until when it can be approved'),
      interval: Type.Integer({ minimum: 1, description: 'Seconds to wait before asking again' }),
    }),
    errors,
    access,
  }),
  getDevice: operation({
    id: 'signInGrants.getDevice',
    method: 'GET',
    path: '/auth/v1/devices/{user_code}',
    summary: 'Show who waits for a code to be approved',
    params,
    output: Type.Object({
      user_code: Text('Code that the program shows'),
      ip: Text('Address it asks from'),
      user_agent: Text('Program that asks'),
      created_at: Time('Since when it waits'),
      expires_at: Time('Until when it can be approved'),
    }),
    errors: ['not_found', 'too_many_requests'],
    access: oneself,
  }),
  approveDevice: operation({
    id: 'signInGrants.approveDevice',
    method: 'POST',
    path: '/auth/v1/devices/{user_code}/approve',
    summary: 'Let the program that shows a code sign in as you',
    params,
    output: null,
    errors: ['not_found', 'too_many_requests'],
    access: oneself,
    audit: { resource: 'sign_in', action: 'created' },
  }),
  refuseDevice: operation({
    id: 'signInGrants.refuseDevice',
    method: 'POST',
    path: '/auth/v1/devices/{user_code}/refuse',
    summary: 'Turn the program that shows a code away',
    params,
    output: null,
    errors: ['not_found', 'too_many_requests'],
    access: oneself,
    audit: { resource: 'sign_in', action: 'deleted' },
  }),
  redeemDevice: operation({
    id: 'signInGrants.redeemDevice',
    method: 'POST',
    path: '/auth/v1/redeem-device',
    summary: 'Begin the session of a code that was approved, or hear that it is not yet',
    body: Type.Object({ device_code: Text('Token of the program', { maxLength: 200 }) }),
    output: Type.Object(
      {
        status: Choice(['pending', 'signed_in'], 'Whether it is approved'),
        ...perhapsSession,
      },
      { title: 'DeviceSignIn' },
    ),
    errors,
    access,
  }),
};
