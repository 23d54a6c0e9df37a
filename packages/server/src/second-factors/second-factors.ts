import type { Authorized } from '../authorization/authorized.ts';
import type { Change, Services } from '../context.ts';
import { beginGracePeriods, endGracePeriod } from '../grace-periods/grace-periods.ts';
import type { Storage } from '../storage/storage.ts';
import { getUser, updateUser } from '../users/store.ts';
import type { VerifiedAssertion } from '../webauthn/assertions.ts';
import { countAssertion } from '../webauthn/store.ts';
import { stepOf } from './one-time-passwords.ts';
import { recoveryCodeHashes } from './recovery-codes.ts';
import { findOneTimePassword, hasAuthenticator, takeRecoveryCode, takeStep } from './store.ts';

/** Kinds of second factor that a user has in force. */
export interface SecondFactors {
  readonly oneTimePassword: boolean;
  readonly webauthn: boolean;
}

/** The second factors of a user. */
export async function secondFactorsOf(
  db: Storage['db'],
  scope: Pick<Authorized, 'organizationId'>,
  userId: string,
): Promise<SecondFactors> {
  const password = await findOneTimePassword(db, scope, userId);
  return {
    oneTimePassword: password !== undefined && password.validated_at !== null,
    webauthn: await hasAuthenticator(db, scope, userId),
  };
}

/** What somebody shows as the second factor. */
export type SecondFactorProof =
  | { readonly kind: 'one_time_password'; readonly code: string }
  | { readonly kind: 'recovery_code'; readonly code: string }
  | { readonly kind: 'assertion'; readonly assertion: VerifiedAssertion };

/** Uses up a proof, in the change of what it is for: whether it is right and was not used before. */
export async function redeemSecondFactor(
  { secrets }: Pick<Services, 'secrets'>,
  change: Change,
  userId: string,
  proof: SecondFactorProof,
): Promise<boolean> {
  if (proof.kind === 'assertion') return countAssertion(change, proof.assertion);
  const { kind, code } = proof;
  const password = await findOneTimePassword(change.db, change.scope, userId);
  if (password === undefined || password.validated_at === null) return false;
  if (kind === 'recovery_code') return takeRecoveryCode(change, userId, recoveryCodeHashes(secrets, userId, code));
  const step = stepOf(secrets.open(password.sealed_secret), code, change.now);
  return step !== null && takeStep(change, userId, step);
}

/**
 * Lets the user show what second factors it has, after one was added or removed: the first ends the time it had for it, and
 * without any a new one begins where the organization wants one (docs/decisions/0017-second-factors.md).
 */
export async function showSecondFactors(change: Change, userId: string): Promise<void> {
  const { oneTimePassword, webauthn } = await secondFactorsOf(change.db, change.scope, userId);
  const mfa = oneTimePassword || webauthn;
  await updateUser(change, userId, { mfa }, change.now);
  if (mfa) await endGracePeriod(change, userId, 'set_mfa');
  else await beginGracePeriods(change, await getUser(change.db, change.scope, userId));
}
