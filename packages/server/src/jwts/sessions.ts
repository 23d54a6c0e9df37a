import { errors, jwtVerify, SignJWT } from 'jose';
import type { Services } from '../context.ts';
import { type Authentication, denied } from '../http/authenticate.ts';
import { acceptedKeys, currentKey } from './signing-keys.ts';

/** Lifetime of a session token, in seconds. */
export const tokenLifetime = 3600;
const algorithm = 'EdDSA';

/** Signs a session token: for `audience`, known under `jti`. Times are seconds since 1970. */
export async function signSessionToken(
  services: Services,
  session: { readonly jti: string; readonly audience: string; readonly issuedAt: number; readonly expiresAt: number },
): Promise<string> {
  const { kid, privateKey } = await currentKey(services);
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
    .setIssuer(services.settings.publicUrl())
    .setSubject(session.audience)
    .setAudience(session.audience)
    .setJti(session.jti)
    .setIssuedAt(session.issuedAt)
    .setExpirationTime(session.expiresAt)
    .sign(privateKey);
}

/**
 * Who a session token stands for. The signature alone is not enough: the session must still be in the database.
 *
 * @throws ApiError `denied_authentication`
 */
export async function findSession(services: Services, token: string): Promise<Authentication> {
  const { jti, audience } = await verifySessionToken(services, token);
  const row = await services.storage.db
    .selectFrom('jwts as j')
    .innerJoin('organizations as o', 'o.id', 'j.organization_id')
    .innerJoin('users as u', 'u.id', 'j.audience_id')
    .select(['j.organization_id', 'j.audience_id', 'j.expires_at', 'j.signed_in_at', 'u.type', 'u.locked'])
    .select(['o.revision', 'o.max_login_session_duration as longest'])
    .where('j.jti', '=', jti)
    .where('j.audience_id', '=', audience)
    .executeTakeFirst();
  if (!row) throw denied('jwt', 'not_found');
  // The longest life holds for running sessions too, as soon as the organization changes it.
  const end = Math.min(row.expires_at, row.signed_in_at + row.longest * 1_000_000);
  if (end <= services.clock.now()) throw denied('jwt', 'expired');
  return {
    actor: {
      kind: 'user',
      id: row.audience_id,
      organizationId: row.organization_id,
      owner: row.type === 'owner',
      locked: row.locked === 1,
    },
    revision: row.revision,
    session: jti,
  };
}

async function verifySessionToken(
  services: Services,
  token: string,
): Promise<{ readonly jti: string; readonly audience: string }> {
  try {
    const keys = await acceptedKeys(services);
    const keyOf = ({ kid }: { readonly kid?: string }) => {
      const key = keys.find((each) => each.kid === kid);
      if (!key) throw denied('jwt', 'invalid_argument');
      return key.publicKey;
    };
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [algorithm],
      issuer: services.settings.publicUrl(),
      requiredClaims: ['jti', 'aud', 'exp'],
      currentDate: new Date(services.clock.now() / 1000),
    });
    if (typeof payload.jti !== 'string' || typeof payload.aud !== 'string') throw denied('jwt', 'invalid_argument');
    return { jti: payload.jti, audience: payload.aud };
  } catch (failure) {
    if (failure instanceof errors.JWTExpired) throw denied('jwt', 'expired');
    if (failure instanceof errors.JOSEError) throw denied('jwt', 'invalid_argument');
    throw failure;
  }
}
