import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Handler } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { getOrganization } from '../organizations/store.ts';
import { limitAddress } from '../sign-in/limits.ts';
import { originOf } from '../sign-in/origin.ts';
import { makeChange } from '../storage/change.ts';
import { isWellFormedToken } from '../tokens.ts';
import { endOfToken, handOver, type KeptSession, newRenewToken, renewHashes, renewPrefix } from './issue.ts';
import { deleteJwt, findRenewable, renewJwt } from './store.ts';

/**
 * Renews a session until the longest life that its organization allows is over. A renew token works once: whoever shows
 * one again may have stolen it, or had it stolen, so the session ends (RFC 9700, section 4.14.2).
 */
export const renew: Handler<'signIn.renew'> = async (context, { renew_token: shown }) => {
  await limitAddress(context);
  if (!isWellFormedToken(renewPrefix, shown)) throw denied('jwt', 'invalid_argument');
  const hashes = renewHashes(context, shown);
  const found = await findRenewable(context.storage.db, hashes.renew_family);
  if (!found) throw denied('jwt', 'not_found');
  const scope = authorizedPlatform(found.organization_id);
  const author = { kind: 'user', id: found.audience_id, ...originOf(context.caller) } as const;
  const shared = { scope, author, operation: 'signIn.renew' } as const;

  const renewed = async (change: Change): Promise<KeptSession> => {
    const session = await findRenewable(change.db, hashes.renew_family);
    if (!session) throw denied('jwt', 'not_found');
    if (session.renew_hash !== hashes.renew_hash) throw usedBefore;
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
  const ended = async (change: Change): Promise<void> => {
    if (!(await findRenewable(change.db, hashes.renew_family))) throw denied('jwt', 'not_found');
    await deleteJwt(change, found.jti);
    change.touches(found.jti);
  };
  try {
    const event = { resource: 'jwt', action: 'updated' } as const;
    const made = await makeChange(context, { ...shared, event }, renewed);
    return await handOver(context, made.result);
  } catch (failure) {
    if (failure !== usedBefore) throw failure;
    const event = { resource: 'jwt', action: 'deleted' } as const;
    await makeChange(context, { ...shared, event, reason: 'renew_token_reused' }, ended);
    throw denied('jwt', 'not_found');
  }
};

const usedBefore = new Error('the renew token was used before');
