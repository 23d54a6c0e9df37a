import { randomBytes } from 'node:crypto';
import { alreadyExists, formatDuration, invalidArgument, preconditionFailed } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { showSecondFactors } from '../second-factors/second-factors.ts';
import { ceremonyLifetime, type RelyingParty, relyingParty, toBase64, toUrlBase64 } from './relying-party.ts';
import { authenticatorsOf, getCeremony, insertAuthenticator, replaceCeremony, takeCeremony } from './store.ts';

/** Ed25519, ECDSA on P-256, RSA with SHA-256: what authenticators have, the best first (RFC 9053, section 2; RFC 8812). */
const algorithms = [-8, -7, -257];
/** Section 13.4.3 of Web Authentication wants 16 bytes at least. */
const challengeBytes = 32;
/** Authenticators of one user: all of them are named to the browser at each sign-in. */
const maximumAuthenticators = 20;

export const newChallenge = (): string => randomBytes(challengeBytes).toString('base64url');

export const start: Handler<'webauthn.startRegistration'> = async (context, { user_id: id, origin }) => {
  assertOrigin(relyingParty(context.settings), origin);
  return context.change(async (change) => {
    const registered = await authenticatorsOf(change.db, change.scope, id);
    assertRoom(registered.length);
    const [ceremonyId, challenge] = [context.ids.uuid(), newChallenge()];
    const expiresAt = change.now + ceremonyLifetime * 1_000_000;
    await replaceCeremony(change, { id: ceremonyId, user_id: id, challenge, expires_at: expiresAt });
    change.touches(id);
    return {
      ceremony_id: ceremonyId,
      challenge: toBase64(challenge),
      public_key_algorithms: [...algorithms],
      timeout: formatDuration(ceremonyLifetime),
      exclude_credentials: registered.map((row) => toBase64(row.credential_id)),
    };
  });
};

export const finish: Handler<'webauthn.finishRegistration'> = async (context, input) => {
  const { user_id: id, ceremony_id: ceremonyId, authenticator_name: name, origin } = input;
  const party = relyingParty(context.settings);
  assertOrigin(party, origin);
  const now = context.clock.now();
  const ceremony = await getCeremony(context.storage.db, context.scope, { id: ceremonyId, userId: id, now });
  const credential = await verify(input, party, ceremony.challenge);
  if (credential === null)
    throw invalidArgument('attestation_object', 'constraint', 'this is no answer to the challenge of the registration');
  return context.change(async (change) => {
    await takeCeremony(change, ceremony);
    const registered = await authenticatorsOf(change.db, change.scope, id);
    assertRoom(registered.length);
    const known = registered.find((row) => row.credential_id === credential.credential_id);
    if (known) throw alreadyExists('webauthn_authenticator', known.id, 'this authenticator is registered already');
    const authenticatorId = context.ids.uuid();
    await insertAuthenticator(change, { ...credential, id: authenticatorId, user_id: id, name });
    await showSecondFactors(change, id);
    change.touches(id);
    return { authenticator_id: authenticatorId };
  });
};

interface Answer {
  readonly raw_id: string;
  readonly client_data_json: string;
  readonly attestation_object: string;
}

/** Section 7.1 of Web Authentication. @returns null for an answer that is none to this challenge */
async function verify(
  { raw_id, client_data_json, attestation_object }: Answer,
  party: RelyingParty,
  challenge: string,
) {
  // Read when it is needed for the first time: it takes as long as all the rest of the server.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const rawId = toUrlBase64(raw_id);
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: rawId,
        rawId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: toUrlBase64(client_data_json),
          attestationObject: await withoutStatement(attestation_object),
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credential_id: id, public_key: Buffer.from(publicKey).toString('base64url'), sign_count: counter };
  } catch {
    // The library throws for whatever does not fit, a text that is no CBOR included.
    return null;
  }
}

/**
 * We ask for no attestation, so a statement that came all the same is not looked at: it would be about certificates that
 * whoever sends it has chosen, and about lists of revoked ones that the server would have to fetch from where they say.
 */
async function withoutStatement(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoCBOR } = await import('@simplewebauthn/server/helpers');
  const authData = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64'))).get('authData');
  const bare = new Map<string, string | Map<string, string> | Uint8Array>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ]);
  return Buffer.from(isoCBOR.encode(bare)).toString('base64url');
}

function assertOrigin(party: RelyingParty, origin: string): void {
  if (origin !== party.origin) throw invalidArgument('origin', 'constraint', `value must be ${party.origin}`);
}

function assertRoom(registered: number): void {
  if (registered >= maximumAuthenticators)
    throw preconditionFailed('unknown_precondition', `nobody has more than ${maximumAuthenticators} authenticators`);
}
