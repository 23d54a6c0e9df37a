import { randomBytes } from 'node:crypto';
import { formatTimestamp } from '@bailiwick/contract';
import type { Change, Services } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { bytesOfToken, newToken, tokenBytes } from '../tokens.ts';
import { signSessionToken, tokenLifetime } from './sessions.ts';
import { getJwt, insertJwt, type JwtRow } from './store.ts';

/** Prefix of a renew token. */
export const renewPrefix = 'bwrt';
/** The first half of a renew token tells its session, the other half is new each time: 128 random bits each. */
const familyLength = tokenBytes / 2;

/** A renew token; of the same session as another one when that is given. */
export function newRenewToken(former?: string): string {
  const family = former === undefined ? randomBytes(familyLength) : familyOf(former);
  return newToken(renewPrefix, Buffer.concat([family, randomBytes(tokenBytes - familyLength)]));
}

const familyOf = (renewToken: string): Buffer => bytesOfToken(renewPrefix, renewToken).subarray(0, familyLength);

/** What is kept of a renew token: hashes under which it and its session are found. */
export function renewHashes({ secrets }: Pick<Services, 'secrets'>, renewToken: string) {
  return {
    renew_hash: secrets.hash(renewToken),
    renew_family: secrets.hash(familyText(renewToken)),
  };
}

/** The hashes under which a renew token and its session may be kept. */
export function acceptedRenewHashes({ secrets }: Pick<Services, 'secrets'>, renewToken: string) {
  return { tokens: secrets.hashes(renewToken), families: secrets.hashes(familyText(renewToken)) };
}

const familyText = (renewToken: string): string => `renew family ${familyOf(renewToken).toString('base64url')}`;

/** A session that has begun, or was renewed, with the token that renews it next. */
export interface KeptSession {
  readonly jwt: JwtRow;
  readonly renewToken: string;
}

export interface NewSession {
  readonly userId: string;
  readonly issuerId: string;
  readonly ip: string;
  readonly userAgent: string;
  /** When its user signed in; now when left out. */
  readonly signedInAt?: number;
}

/** Begins a session, in the change of what it comes from. */
export async function beginSession(
  services: Pick<Services, 'ids' | 'secrets'>,
  change: Change,
  { userId, issuerId, ip, userAgent, signedInAt = change.now }: NewSession,
): Promise<KeptSession> {
  const renewToken = newRenewToken();
  const jti = services.ids.uuid();
  await insertJwt(change, {
    jti,
    issuer_id: issuerId,
    audience_id: userId,
    expires_at: await endOfToken(change, signedInAt),
    ip,
    user_agent: userAgent,
    ...renewHashes(services, renewToken),
    signed_in_at: signedInAt,
  });
  change.touches(jti);
  return { jwt: await getJwt(change.db, change.scope, userId, jti), renewToken };
}

/** An hour from now, or the end of the session if that comes first. */
export async function endOfToken({ db, scope, now }: Change, signedInAt: number): Promise<number> {
  const { max_login_session_duration: longest } = await getOrganization(db, scope);
  return Math.min(now + tokenLifetime * 1_000_000, signedInAt + longest * 1_000_000);
}

/** What whoever begins or renews a session gets; both tokens are shown once. */
export async function handOver(services: Services, { jwt, renewToken }: KeptSession) {
  const seconds = (micros: number) => Math.floor(micros / 1_000_000);
  const token = await signSessionToken(services, {
    jti: jwt.jti,
    audience: jwt.audience_id,
    issuedAt: seconds(jwt.updated_at),
    expiresAt: seconds(jwt.expires_at),
  });
  return { jwt: toJwt(jwt), token, renew_token: renewToken };
}

export function toJwt(row: JwtRow) {
  return {
    jti: row.jti,
    issuer_id: row.issuer_id,
    audience_id: row.audience_id,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    expires_at: formatTimestamp(row.expires_at),
    ip: row.ip,
    user_agent: row.user_agent,
  };
}
