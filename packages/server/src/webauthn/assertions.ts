import type { Authorized } from '../authorization/authorized.ts';
import type { Services } from '../context.ts';
import { relyingParty, toUrlBase64 } from './relying-party.ts';
import { authenticatorsOf } from './store.ts';

/** What an authenticator answers at a sign-in, in base 64. */
export interface Assertion {
  readonly raw_id: string;
  readonly client_data_json: string;
  readonly authenticator_data: string;
  readonly signature: string;
}

/** An assertion that is right, which counts when it is noted (`countAssertion`). */
export interface VerifiedAssertion {
  /** Of the authenticator. */
  readonly id: string;
  readonly signCount: number;
}

/**
 * Section 7.2 of Web Authentication, for a user who is known.
 *
 * @param challenge of the attempt, in base 64 for URLs; null when none was asked for
 * @returns null for an assertion that is wrong
 */
export async function verifyAssertion(
  { storage, settings }: Pick<Services, 'storage' | 'settings'>,
  scope: Authorized,
  userId: string,
  challenge: string | null,
  assertion: Assertion,
): Promise<VerifiedAssertion | null> {
  const id = toUrlBase64(assertion.raw_id);
  const credential = (await authenticatorsOf(storage.db, scope, userId)).find((row) => row.credential_id === id);
  if (challenge === null || credential === undefined) return null;
  const party = relyingParty(settings);
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: toUrlBase64(assertion.client_data_json),
          authenticatorData: toUrlBase64(assertion.authenticator_data),
          signature: toUrlBase64(assertion.signature),
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      credential: {
        id,
        publicKey: new Uint8Array(Buffer.from(credential.public_key, 'base64url')),
        counter: credential.sign_count,
      },
    });
    return verified ? { id: credential.id, signCount: authenticationInfo.newCounter } : null;
  } catch {
    // The library throws for whatever does not fit.
    return null;
  }
}
