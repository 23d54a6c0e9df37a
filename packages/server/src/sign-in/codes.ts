import { createHash, timingSafeEqual } from 'node:crypto';
import { formatTimestamp, invalidArgument } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { newToken } from '../tokens.ts';
import { approvalOf, findGrant, grantKinds, keepGrant, redeem } from './grants.ts';
import { limitAddress } from './limits.ts';

/** A code for a program on the machine of whoever asks for it. */
export const createCode: Handler<'signInGrants.createCode'> = async (context, input) => {
  await limitAddress(context);
  if (!isLoopback(input.redirect_uri))
    throw invalidArgument('redirect_uri', 'constraint', 'must be http://127.0.0.1:PORT/… or http://[::1]:PORT/…');
  const code = newToken(grantKinds.code.prefix);
  return context.change(async (change) => {
    const approval = await approvalOf(context, change);
    const grant = { kind: 'code', user_code_hash: null, code_challenge: input.code_challenge, ...approval } as const;
    const expiresAt = await keepGrant(change.db, context, code, grant);
    change.touches(approval.user_id);
    return { code, expires_at: formatTimestamp(expiresAt) };
  });
};

/** The session, for whoever holds what the challenge was made of. A wrong verifier uses the code up. */
export const redeemCode: Handler<'signInGrants.redeemCode'> = async (context, { code, code_verifier: verifier }) => {
  await limitAddress(context);
  const grant = await findGrant(context, 'code', code);
  if (!isVerifierOf(grant.code_challenge ?? '', verifier)) {
    const { token_hash } = grant;
    await context.storage.db.deleteFrom('sign_in_grants').where('token_hash', '=', token_hash).execute();
    throw denied('unknown_method', 'not_found');
  }
  return redeem(context, 'signInGrants.redeemCode', grant);
};

/** RFC 8252, section 7.3: by address, so that no name server has a say; whatever port the program got. */
export function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username, password, hash } = new URL(uri);
  return (
    protocol === 'http:' &&
    ['127.0.0.1', '[::1]'].includes(hostname) &&
    `${username}${password}${hash}` === '' &&
    /^http:\/\/(127\.0\.0\.1|\[::1\])[:/]/.test(uri)
  );
}

/** RFC 7636, section 4.6. */
function isVerifierOf(challenge: string, verifier: string): boolean {
  const shown = createHash('sha256').update(verifier, 'ascii').digest();
  const kept = Buffer.from(challenge, 'base64url');
  return kept.length === shown.length && timingSafeEqual(kept, shown);
}
