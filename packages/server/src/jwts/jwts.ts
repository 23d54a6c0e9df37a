import type { Caller, Change, Handler } from '../context.ts';
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
  const { actor, ip, userAgent } = context.caller;
  const begun = await context.change(async (change) =>
    beginSession(context, change, {
      userId,
      issuerId: actor.id,
      ip,
      userAgent,
      signedInAt: await signedInAt(change, context.caller),
    }),
  );
  return handOver(context, begun);
};

/** When the caller has signed in: now, in effect, with an API key. */
export async function signedInAt(change: Change, { actor, session }: Caller): Promise<number> {
  if (session === undefined) return change.now;
  return (await getJwt(change.db, change.scope, actor.id, session)).signed_in_at;
}

export const get: Handler<'jwts.get'> = async ({ storage, scope, caller }, { jti }) =>
  toJwt(await getJwt(storage.db, scope, caller.actor.id, jti));

export const remove: Handler<'jwts.delete'> = (context, { jti }) =>
  context.change(async (change) => {
    await getJwt(change.db, change.scope, context.caller.actor.id, jti);
    await deleteJwt(change, jti);
    change.touches(jti);
    return undefined;
  });
