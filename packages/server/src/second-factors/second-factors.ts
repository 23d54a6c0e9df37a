import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { Storage } from '../storage/storage.ts';

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
  const row = await db
    .selectFrom('users')
    .select('mfa')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', userId)
    .executeTakeFirst();
  return { oneTimePassword: row?.mfa === 1, webauthn: false };
}

/** What somebody shows as the second factor. */
export type SecondFactorProof =
  | { readonly kind: 'one_time_password'; readonly code: string }
  | { readonly kind: 'recovery_code'; readonly code: string };

/** Uses up a proof: whether it is right and was not used before. Until factors can be set up, none is right. */
export async function redeemSecondFactor(
  _change: Change,
  _userId: string,
  _proof: SecondFactorProof,
): Promise<boolean> {
  return false;
}
