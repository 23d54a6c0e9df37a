import { notFound } from '@bailiwick/contract';
import type { Insertable, Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { JwtTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type JwtRow = Selectable<JwtTable>;

/** Sessions of one user that live at a time. */
export const maximumSessions = 100;

export interface JwtFilters extends PageRequest {
  readonly audience_id: string;
  readonly expired?: boolean;
}

export async function listJwts(
  storage: Storage,
  scope: Authorized,
  filters: JwtFilters,
  now: number,
): Promise<Page<JwtRow>> {
  let query = storage.db
    .selectFrom('jwts')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('audience_id', '=', filters.audience_id);
  if (filters.expired !== undefined) query = query.where('expires_at', filters.expired ? '<=' : '>', now);
  const order = {
    columns: { created_at: 'created_at', updated_at: 'updated_at' },
    tie: 'jti',
    fallback: 'created_at_asc',
  } as const;
  return fetchPage(storage, query, filters, order);
}

/** @throws ApiError `not_found`, also for a session of somebody else */
export async function getJwt(db: Storage['db'], scope: Authorized, audienceId: string, jti: string): Promise<JwtRow> {
  const row = await db
    .selectFrom('jwts')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('audience_id', '=', audienceId)
    .where('jti', '=', jti)
    .executeTakeFirst();
  if (!row) throw notFound('jwt', jti);
  return row;
}

/** Beginning one session too many ends the oldest. */
export async function insertJwt(
  { db, scope, now }: Change,
  session: Omit<Insertable<JwtTable>, 'organization_id' | 'created_at' | 'updated_at'>,
): Promise<void> {
  const kept = await db
    .selectFrom('jwts')
    .select('jti')
    .where('organization_id', '=', scope.organizationId)
    .where('audience_id', '=', session.audience_id)
    .orderBy('created_at', 'desc')
    .orderBy('jti', 'desc')
    .limit(maximumSessions - 1)
    .execute();
  await db
    .deleteFrom('jwts')
    .where('organization_id', '=', scope.organizationId)
    .where('audience_id', '=', session.audience_id)
    .$if(kept.length > 0, (query) =>
      query.where(
        'jti',
        'not in',
        kept.map(({ jti }) => jti),
      ),
    )
    .execute();
  await db
    .insertInto('jwts')
    .values({ ...session, organization_id: scope.organizationId, created_at: now, updated_at: now })
    .execute();
}

/** The session that a renew token belongs to, whichever of its tokens that is. */
export function findRenewable(db: Storage['db'], families: readonly string[]): Promise<JwtRow | undefined> {
  return db.selectFrom('jwts').selectAll().where('renew_family', 'in', families).executeTakeFirst();
}

export async function renewJwt(
  { db, scope, now }: Change,
  jti: string,
  renewed: Pick<JwtRow, 'expires_at' | 'ip' | 'user_agent' | 'renew_hash' | 'renew_family'>,
): Promise<JwtRow> {
  return db
    .updateTable('jwts')
    .set({ ...renewed, updated_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('jti', '=', jti)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteJwt({ db, scope }: Change, jti: string): Promise<void> {
  await db.deleteFrom('jwts').where('organization_id', '=', scope.organizationId).where('jti', '=', jti).execute();
}

/** Ends every session of a user, but for one that may be kept. */
export async function endSessions({ db, scope }: Change, userId: string, kept?: string): Promise<void> {
  await db
    .deleteFrom('jwts')
    .where('organization_id', '=', scope.organizationId)
    .where('audience_id', '=', userId)
    .$if(kept !== undefined, (query) => query.where('jti', '<>', kept ?? ''))
    .execute();
}
