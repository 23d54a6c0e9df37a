import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Context, Handler } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { getOrganization } from '../organizations/store.ts';
import { limitAddress } from '../sign-in/limits.ts';
import { originOf } from '../sign-in/origin.ts';
import { makeChange } from '../storage/change.ts';
import { isWellFormedToken } from '../tokens.ts';
import {
  acceptedRenewHashes,
  endOfToken,
  handOver,
  type KeptSession,
  newRenewToken,
  renewHashes,
  renewPrefix,
} from './issue.ts';
import { deleteJwt, findRenewable, type JwtRow, renewJwt } from './store.ts';

/**
 * Renews a session until the longest life that its organization allows is over. A renew token works once: whoever shows
 * one again may have stolen it, or had it stolen, so the session ends (RFC 9700, section 4.14.2).
 */
export const renew: Handler<'signIn.renew'> = async (context, { renew_token: shown }) => {
  await limitAddress(context);
  const shownAgain = await findShown(context, shown);
  const { found, hashes } = shownAgain;
  const shared = { ...sharedBy(context, found), operation: 'signIn.renew' };
  const { scope } = shared;

  const renewed = async (change: Change): Promise<KeptSession> => {
    const session = await findRenewable(change.db, hashes.families);
    if (!session) throw denied('jwt', 'not_found');
    if (!hashes.tokens.includes(session.renew_hash)) throw usedBefore;
    const { max_login_session_duration: longest } = await getOrganization(change.db, scope);
    if (session.signed_in_at + longest * 1_000_000 <= change.now) throw denied('jwt', 'expired');
    const renewToken = newRenewToken(shown);
    const jwt = await renewJwt(change, session.jti, {
      expires_at: await endOfToken(change, session.signed_in_at),
      ip: context.caller.ip,
      user_agent: context.caller.userAgent,
      ...renewHashes(context, renewToken),
    });
    change.touches(session.jti);
    return { jwt, renewToken };
  };
  try {
    const event = { resource: 'jwt', action: 'updated' } as const;
    const made = await makeChange(context, { ...shared, event }, renewed);
    return await handOver(context, made.result);
  } catch (failure) {
    if (failure !== usedBefore) throw failure;
    await end(context, 'signIn.renew', shownAgain, 'renew_token_reused');
    throw denied('jwt', 'not_found');
  }
};

/** Ends the session of a renew token, whichever of its tokens that is: whoever holds one may. */
export const signOut: Handler<'signIn.signOut'> = async (context, { renew_token: shown }) => {
  await limitAddress(context);
  await end(context, 'signIn.signOut', await findShown(context, shown));
  return undefined;
};

/** @throws ApiError `denied_authentication` when it has ended already */
async function end(
  context: Context,
  operation: string,
  { found: session, hashes }: Awaited<ReturnType<typeof findShown>>,
  reason = '',
): Promise<void> {
  const event = { resource: 'jwt', action: 'deleted' } as const;
  await makeChange(context, { ...sharedBy(context, session), operation, event, reason }, async (change) => {
    if (!(await findRenewable(change.db, hashes.families))) throw denied('jwt', 'not_found');
    await deleteJwt(change, session.jti);
    change.touches(session.jti);
  });
}

/** @throws ApiError `denied_authentication` */
async function findShown(context: Context, shown: string) {
  if (!isWellFormedToken(renewPrefix, shown)) throw denied('jwt', 'invalid_argument');
  const hashes = acceptedRenewHashes(context, shown);
  const found = await findRenewable(context.storage.db, hashes.families);
  if (!found) throw denied('jwt', 'not_found');
  return { found, hashes };
}

const sharedBy = ({ caller }: Context, { organization_id, audience_id }: JwtRow) => ({
  scope: authorizedPlatform(organization_id),
  author: { kind: 'user', id: audience_id, ...originOf(caller) } as const,
});

const usedBefore = new Error('the renew token was used before');
