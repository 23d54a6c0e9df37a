import { timingSafeEqual } from 'node:crypto';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change, Context, Handler } from '../context.ts';
import { beginGracePeriods } from '../grace-periods/grace-periods.ts';
import { denied } from '../http/authenticate.ts';
import { beginSession, handOver } from '../jwts/issue.ts';
import {
  redeemSecondFactor,
  type SecondFactorProof,
  type SecondFactors,
  secondFactorsOf,
} from '../second-factors/second-factors.ts';
import { makeChange } from '../storage/change.ts';
import { verifyPassword } from '../users/passwords.ts';
import { getUser, markSignedIn, type UserRow } from '../users/store.ts';
import { verifyAssertion } from '../webauthn/assertions.ts';
import { mayUse, type SignInMethod, userOf } from './accounts.ts';
import { type Attempt, consumeAttempt, findAttempt, keepAttempt, newAttemptToken, type Step } from './attempts.ts';
import { type FailureReason, fail } from './failures.ts';
import { countTry, forgetTries, limitAddress } from './limits.ts';
import { originOf } from './origin.ts';
import { codeText } from './start.ts';
import { unhurriedFailure } from './unhurried.ts';

/** The password, of which as much is made for names that nobody has. */
export const password: Handler<'signIn.password'> = (context, { attempt: token, password: shown }) =>
  proveFirst(
    context,
    { operation: 'signIn.password', method: 'password', wrong: 'invalid_password', step: 'first', token },
    ({ user }) => verifyPassword(user?.password_hash ?? null, shown),
  );

/** The code that was mailed. */
export const code: Handler<'signIn.code'> = (context, { attempt: token, code: shown }) =>
  proveFirst(
    context,
    { operation: 'signIn.code', method: 'code', wrong: 'invalid_code', step: 'code', token },
    async ({ attempt }) =>
      context.secrets.hashes(codeText(token, shown)).some((hash) => isSame(hash, attempt.code_hash ?? '')),
  );

/** What the identity provider has answered to the request of this attempt, in the browser that holds the attempt. */
export const finishSaml: Handler<'signIn.finishSaml'> = (context, { attempt: token, answer: shown }) =>
  proveFirst(
    context,
    { operation: 'signIn.finishSaml', method: 'saml', wrong: 'saml_other_browser', step: 'saml', token },
    async ({ attempt }) => context.secrets.hashes(shown).some((hash) => isSame(hash, attempt.saml_answer_hash ?? '')),
  );

/** The second factor, after a first one that was right. */
export const secondFactor: Handler<'signIn.secondFactor'> = (context, input) =>
  unhurriedFailure(async () => {
    const operation = 'signIn.secondFactor';
    const attempt = await open(context, input.attempt, 'second');
    const known = await userOf(context.storage.db, ofAttempt(attempt));
    // Only a user that exists gets this far; it may have been deleted since, and its attempt with it.
    if (known === null) throw denied('unknown_method', 'not_found');
    if (known.user.locked === 1) return fail(context, operation, attempt, 'locked');
    const proof = await proofOf(context, attempt, known, input);
    if (proof === null) return fail(context, operation, attempt, 'invalid_mfa');
    try {
      return await finish(context, operation, attempt, known, async (change) => {
        if (!(await redeemSecondFactor(context, change, known.user.id, proof))) throw wrongFactor;
      });
    } catch (failure) {
      if (failure !== wrongFactor) throw failure;
      return fail(context, operation, attempt, 'invalid_mfa');
    }
  });

/** What is shown; null for an assertion that is wrong, which takes more than a look at the database to tell. */
async function proofOf(
  context: Context,
  attempt: Attempt,
  { scope, user }: Known,
  input: Parameters<typeof secondFactor>[1],
): Promise<SecondFactorProof | null> {
  const { one_time_password: oneTimePassword, recovery_code: recoveryCode, webauthn } = input;
  if (oneTimePassword !== undefined) return { kind: 'one_time_password', code: oneTimePassword };
  if (webauthn === undefined) return { kind: 'recovery_code', code: recoveryCode ?? '' };
  const assertion = await verifyAssertion(context, scope, user.id, attempt.challenge, webauthn);
  return assertion && { kind: 'assertion', assertion };
}

const wrongFactor = new Error('the second factor is wrong');

interface FirstFactor {
  readonly operation: string;
  readonly method: SignInMethod;
  readonly wrong: FailureReason;
  readonly step: Step;
  readonly token: string;
}

type Known = NonNullable<Awaited<ReturnType<typeof userOf>>>;

/** The steps that every first factor has in common. `isRight` does the same work whether there is a user or not. */
function proveFirst(
  context: Context,
  { operation, method, wrong, step, token }: FirstFactor,
  isRight: (shown: { readonly user: UserRow | undefined; readonly attempt: Attempt }) => Promise<boolean>,
) {
  return unhurriedFailure(async () => {
    const attempt = await open(context, token, step);
    const known = await userOf(context.storage.db, ofAttempt(attempt));
    const right = await isRight({ user: known?.user, attempt });
    if (known === null) return fail(context, operation, attempt, 'unknown_user');
    if (!mayUse(known.user, known.organization, method))
      return fail(context, operation, attempt, 'login_method_disabled');
    if (known.user.locked === 1) return fail(context, operation, attempt, 'locked');
    if (!right) return fail(context, operation, attempt, wrong);
    const factors = await secondFactorsOf(context.storage.db, known.scope, known.user.id);
    if (isAsked(factors)) return askSecondFactor(context, attempt, known, factors);
    return finish(context, operation, attempt, known, async (change) => {
      // One that was set up in between is asked for.
      if (isAsked(await secondFactorsOf(change.db, known.scope, known.user.id)))
        throw denied('unknown_method', 'not_found');
    });
  });
}

/** Counts a try of the attempt that is about to be made. */
export async function open(context: Context, token: string, step: Step): Promise<Attempt> {
  await limitAddress(context);
  const attempt = await findAttempt(context, token, step);
  await countTry(context, 'account', attempt.account);
  return attempt;
}

const ofAttempt = ({ organization_id: organizationId, user_id: userId }: Attempt) => ({ organizationId, userId });
const isAsked = ({ oneTimePassword, webauthn }: SecondFactors): boolean => oneTimePassword || webauthn;

/** In constant time (CWE-208). */
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

async function askSecondFactor(context: Context, attempt: Attempt, known: Known, factors: SecondFactors) {
  const next = newAttemptToken();
  await context.storage.transaction(async (db) => {
    await consumeAttempt(db, attempt);
    await assertUnchanged(db, known);
    const { organization_id, user_id, account } = attempt;
    await keepAttempt(db, context, next, { organization_id, user_id, account, step: 'second', code_hash: null });
  });
  const kinds = [
    ...(factors.webauthn ? (['webauthn'] as const) : []),
    ...(factors.oneTimePassword ? (['one_time_password'] as const) : []),
  ];
  return { status: 'second_factor_needed' as const, attempt: next, second_factors: kinds };
}

/** Begins the session, in the transaction that uses the last step up. */
async function finish(
  context: Context,
  operation: string,
  attempt: Attempt,
  known: Known,
  confirm: (change: Change) => Promise<void>,
) {
  const { scope, user } = known;
  const author = { kind: 'user', id: user.id, ...originOf(context.caller) } as const;
  const event = { resource: 'jwt', action: 'created' } as const;
  const { result } = await makeChange(context, { scope, author, operation, event }, async (change) => {
    await consumeAttempt(change.db, attempt);
    await assertUnchanged(change.db, known);
    await confirm(change);
    await markSignedIn(change, user.id);
    await beginGracePeriods(change, await getUser(change.db, scope, user.id));
    await forgetTries(change.db, context, attempt.account);
    const { ip, userAgent } = context.caller;
    return beginSession(context, change, { userId: user.id, issuerId: user.id, ip, userAgent });
  });
  return { status: 'signed_in' as const, ...(await handOver(context, result)) };
}

/**
 * What was shown is worth nothing if the user was locked, or its password changed, while it was looked at.
 *
 * @throws ApiError `denied_authentication`
 */
async function assertUnchanged(
  db: Parameters<typeof getUser>[0],
  { user: before, scope }: { readonly user: UserRow; readonly scope: Authorized },
): Promise<void> {
  const now = await getUser(db, scope, before.id);
  if (now.locked === 1 || now.password_hash !== before.password_hash) throw denied('unknown_method', 'not_found');
}
