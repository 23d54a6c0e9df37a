import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Context } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { endSessions } from '../jwts/store.ts';
import { queueMail } from '../mail/queue.ts';
import { getOrganization } from '../organizations/store.ts';
import type { SamlFault } from '../saml/refusal.ts';
import { makeChange } from '../storage/change.ts';
import { countFailedSignIn, getUser, updateUser } from '../users/store.ts';
import { type Attempt, countFailure } from './attempts.ts';
import { originOf } from './origin.ts';
import { endPending } from './pending.ts';

/** Why a sign-in fails, for the audit log alone: whoever tries is not told. */
export type FailureReason =
  | 'unknown_user'
  | 'invalid_password'
  | 'invalid_code'
  | 'invalid_mfa'
  | 'locked'
  | 'login_method_disabled'
  | 'saml_other_user'
  | 'saml_other_browser'
  | SamlFault;

/** A proof was wrong, which counts towards the lock. */
const counted: readonly FailureReason[] = ['invalid_password', 'invalid_code', 'invalid_mfa'];

/**
 * Records a failure, locks the member after too many one after another, and refuses: in the same words for everybody.
 *
 * @throws ApiError `denied_authentication`, always
 */
export async function fail(
  context: Context,
  operation: string,
  attempt: Attempt,
  reason: FailureReason,
): Promise<never> {
  if (attempt.organization_id === null) await countFailure(context.storage.db, attempt);
  else await recordFailure(context, operation, { ...attempt, organization_id: attempt.organization_id }, reason);
  throw denied('unknown_method', 'unknown_reason');
}

/**
 * Records a failure that belongs to no attempt, and refuses in the same words.
 *
 * @throws ApiError `denied_authentication`, always
 */
export async function failWithoutAttempt(
  context: Context,
  operation: string,
  organizationId: string,
  reason: FailureReason,
): Promise<never> {
  await recordFailure(context, operation, { organization_id: organizationId, user_id: null }, reason);
  throw denied('unknown_method', 'unknown_reason');
}

async function recordFailure(
  context: Context,
  operation: string,
  attempt: Pick<Attempt, 'user_id'> & Partial<Attempt> & { readonly organization_id: string },
  reason: FailureReason,
): Promise<void> {
  const { user_id: userId } = attempt;
  const scope = authorizedPlatform(attempt.organization_id);
  // Nobody has shown to be the user.
  const author = { kind: 'platform', id: '', ...originOf(context.caller) } as const;
  const event = { resource: 'sign_in', action: 'created' } as const;
  const { result: mustLock } = await makeChange(
    context,
    { scope, author, operation, event, reason },
    async (change) => {
      if (attempt.token_hash !== undefined) await countFailure(change.db, { token_hash: attempt.token_hash });
      change.touches(userId ?? '');
      if (userId === null || !counted.includes(reason)) return false;
      const { login_attempts_before_locked: allowed } = await getOrganization(change.db, scope);
      const { failed_sign_ins: failed, type, locked } = await countFailedSignIn(change, userId);
      return failed >= allowed && type === 'member' && locked === 0;
    },
  );
  if (mustLock && userId !== null) await lock(context, attempt.organization_id, userId);
}

/** Locks a member as an administrator would, and tells it. */
async function lock(context: Context, organizationId: string, userId: string): Promise<void> {
  const scope = authorizedPlatform(organizationId);
  const author = { kind: 'platform', id: '', ...originOf(context.caller) } as const;
  const event = { resource: 'user', action: 'updated' } as const;
  const request = { scope, author, operation: 'users.lock', event, reason: 'too_many_failed_sign_ins' } as const;
  const locking = makeChange(context, request, async (change) => {
    const user = await getUser(change.db, scope, userId);
    if (user.locked === 1) throw lockedAlready;
    await updateUser(change, userId, { locked: true }, change.now);
    await endSessions(change, userId);
    await endPending(change, userId);
    const name = `${user.first_name} ${user.last_name}`.trim() || user.username;
    const values = { name, reason: 'too many sign-ins failed one after another' };
    await queueMail(context, change, { kind: 'locked', to: user.email, locale: user.locale, values });
    change.touches(userId);
  });
  await locking.catch((failure: unknown) => {
    // By a failure beside this one.
    if (failure !== lockedAlready) throw failure;
  });
}

const lockedAlready = new Error('the user is locked already');
