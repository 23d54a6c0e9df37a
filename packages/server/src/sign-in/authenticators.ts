import { formatDuration } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { newChallenge } from '../webauthn/registration.ts';
import { ceremonyLifetime, relyingParty, toBase64 } from '../webauthn/relying-party.ts';
import { authenticatorsOf } from '../webauthn/store.ts';
import { userOf } from './accounts.ts';
import { findAttempt, keepChallenge } from './attempts.ts';
import { limitAddress } from './limits.ts';

/** What an authenticator is to sign, after a first factor that was right: who gets here is told what the user has. */
export const webauthn: Handler<'signIn.webauthn'> = async (context, { attempt: token }) => {
  await limitAddress(context);
  const attempt = await findAttempt(context, token, 'second');
  const { organization_id: organizationId, user_id: userId } = attempt;
  const known = await userOf(context.storage.db, { organizationId, userId });
  const credentials = known === null ? [] : await authenticatorsOf(context.storage.db, known.scope, known.user.id);
  if (credentials.length === 0) throw denied('unknown_method', 'not_found');
  const challenge = newChallenge();
  await keepChallenge(context.storage.db, attempt, challenge);
  return {
    challenge: toBase64(challenge),
    rp_id: relyingParty(context.settings).id,
    timeout: formatDuration(ceremonyLifetime),
    allow_credentials: credentials.map((row) => toBase64(row.credential_id)),
    user_verification: 'discouraged' as const,
  };
};
