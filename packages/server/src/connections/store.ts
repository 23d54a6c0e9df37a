import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { ConnectionTokenTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type ConnectionTokenRow = Selectable<ConnectionTokenTable>;

/** The users that a user is connected to, with what a person needs to choose among them. */
export function listConnections(db: Storage['db'], scope: Authorized, userId: string) {
  return db
    .selectFrom('connections as c')
    .innerJoin('users as u', (join) =>
      join.onRef('u.organization_id', '=', 'c.target_organization_id').onRef('u.id', '=', 'c.target_user_id'),
    )
    .innerJoin('organizations as o', 'o.id', 'c.target_organization_id')
    .select(['o.id as organizationId', 'o.name as organizationName', 'u.id as userId', 'u.username', 'u.type'])
    .where('c.organization_id', '=', scope.organizationId)
    .where('c.user_id', '=', userId)
    .orderBy('c.created_at')
    .orderBy('c.target_user_id')
    .execute();
}

/** A token that is made ends the one before it. */
export async function replaceToken(
  { db, scope }: Change,
  token: Omit<ConnectionTokenRow, 'organization_id'>,
): Promise<void> {
  await db
    .deleteFrom('connection_tokens')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', token.user_id)
    .execute();
  await db
    .insertInto('connection_tokens')
    .values({ ...token, organization_id: scope.organizationId })
    .execute();
}

/** Uses a token up, whoever made it, in whichever organization. @returns undefined when there is none such any more */
export function takeToken({ db }: Change, tokenHashes: readonly string[]): Promise<ConnectionTokenRow | undefined> {
  return db.deleteFrom('connection_tokens').where('token_hash', 'in', tokenHashes).returningAll().executeTakeFirst();
}

/** Whether the session that a token was made in goes on. */
export async function isSessionAlive({ db, now }: Change, token: ConnectionTokenRow): Promise<boolean> {
  const row = await db
    .selectFrom('jwts')
    .select('jti')
    .where('organization_id', '=', token.organization_id)
    .where('audience_id', '=', token.user_id)
    .where('jti', '=', token.jti)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

type Side = Pick<ConnectionTokenRow, 'organization_id' | 'user_id'>;

/** One row for each of the two. @returns false when they are connected already */
export async function insertConnection({ db, now }: Change, one: Side, other: Side): Promise<boolean> {
  const row = (from: Side, to: Side) => ({
    organization_id: from.organization_id,
    user_id: from.user_id,
    target_organization_id: to.organization_id,
    target_user_id: to.user_id,
    created_at: now,
  });
  // In one order, so that two that connect the same users at once wait for each other and not both for ever.
  const rows = [row(one, other), row(other, one)].toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1));
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('connections')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 2n;
}

/** Both rows. @returns false when they are not connected */
export async function deleteConnection({ db, scope }: Change, userId: string, targetUserId: string): Promise<boolean> {
  const own = await db
    .deleteFrom('connections')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .where('target_user_id', '=', targetUserId)
    .returning('target_organization_id')
    .executeTakeFirst();
  if (!own) return false;
  await db
    .deleteFrom('connections')
    .where('organization_id', '=', own.target_organization_id)
    .where('user_id', '=', targetUserId)
    .where('target_user_id', '=', userId)
    .execute();
  return true;
}
