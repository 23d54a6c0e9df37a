import type { Handler } from '../context.ts';
import { beginSession, handOver, toJwt } from './issue.ts';
import { deleteJwt, getJwt, listJwts } from './store.ts';

export const list: Handler<'jwts.list'> = async ({ storage, scope, clock }, input) => {
  const { rows, total } = await listJwts(storage, scope, input, clock.now());
  return { jwts: rows.map(toJwt), total_count: total };
};

/**
 * A session of an hour, or as long as the organization allows if that is shorter. One that is begun in a session ends
 * with it at the latest: otherwise no session would ever have to end.
 */
export const create: Handler<'jwts.create'> = async (context, { user_id: userId }) => {
  const { actor, session, ip, userAgent } = context.caller;
  const begun = await context.change(async (change) => {
    const before = session === undefined ? undefined : await getJwt(change.db, change.scope, actor.id, session);
    return beginSession(context, change, {
      userId,
      issuerId: actor.id,
      ip,
      userAgent,
      ...(before && { signedInAt: before.signed_in_at }),
    });
  });
  return handOver(context, begun);
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
