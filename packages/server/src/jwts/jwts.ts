import { formatTimestamp } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { newToken } from '../tokens.ts';
import { signSessionToken, tokenLifetime } from './sessions.ts';
import { deleteJwt, getJwt, insertJwt, type JwtRow, listJwts } from './store.ts';

/** Prefix of a renew token. */
const renewPrefix = 'bwrt';

export const list: Handler<'jwts.list'> = async ({ storage, scope, clock }, input) => {
  const { rows, total } = await listJwts(storage, scope, input, clock.now());
  return { jwts: rows.map(toJwt), total_count: total };
};

/** A session of an hour, or as long as the organization allows if that is shorter. Both tokens are shown once. */
export const create: Handler<'jwts.create'> = async (context, { user_id: userId }) => {
  const { ids, secrets, caller } = context;
  const renewToken = newToken(renewPrefix);
  const jwt = await context.change(async (change) => {
    const { max_login_session_duration: longest } = await getOrganization(change.db, change.scope);
    const jti = ids.uuid();
    await insertJwt(change, {
      jti,
      issuer_id: caller.actor.id,
      audience_id: userId,
      expires_at: change.now + Math.min(tokenLifetime, longest) * 1_000_000,
      ip: caller.ip,
      user_agent: caller.userAgent,
      renew_hash: secrets.hash(renewToken),
    });
    change.touches(jti);
    return getJwt(change.db, change.scope, userId, jti);
  });
  const seconds = (micros: number) => Math.floor(micros / 1_000_000);
  const token = await signSessionToken(context, {
    jti: jwt.jti,
    audience: userId,
    issuedAt: seconds(jwt.created_at),
    expiresAt: seconds(jwt.expires_at),
  });
  return { jwt: toJwt(jwt), token, renew_token: renewToken };
};

export const get: Handler<'jwts.get'> = async ({ storage, scope, caller }, { jti }) =>
  toJwt(await getJwt(storage.db, scope, caller.actor.id, jti));

export const remove: Handler<'jwts.delete'> = (context, { jti }) =>
  context.change(async (change) => {
    await getJwt(change.db, change.scope, context.caller.actor.id, jti);
    await deleteJwt(change, jti);
    change.touches(jti);
    return undefined;
  });

function toJwt(row: JwtRow) {
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
