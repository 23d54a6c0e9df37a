import { type Selectable, sql } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { GracePeriodTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type GracePeriodRow = Selectable<GracePeriodTable>;
export type GracePeriodType = GracePeriodTable['type'];
/** Times of periods that begin. */
export type GracePeriodTimes = Pick<GracePeriodRow, 'created_at' | 'expires_at' | 'remind_at'>;

export function listGracePeriods(
  db: Storage['db'],
  scope: Authorized,
  userId: string,
): Promise<readonly GracePeriodRow[]> {
  return db
    .selectFrom('grace_periods')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('type')
    .execute();
}

/** One that has begun goes on as it is. */
export async function insertGracePeriod(
  { db, scope }: Change,
  userId: string,
  type: GracePeriodType,
  times: GracePeriodTimes,
): Promise<void> {
  await db
    .insertInto('grace_periods')
    .values({ organization_id: scope.organizationId, user_id: userId, type, ...times })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The same for everybody who has signed in before and lacks what is wanted. */
export async function insertGracePeriods(
  { db, scope }: Change,
  type: GracePeriodType,
  { created_at, expires_at, remind_at }: GracePeriodTimes,
): Promise<void> {
  await db
    .insertInto('grace_periods')
    .columns(['organization_id', 'user_id', 'type', 'created_at', 'expires_at', 'remind_at'])
    .expression((from) =>
      from
        .selectFrom('users')
        .select((of) => [
          'users.organization_id',
          'users.id',
          of.val(type).as('type'),
          sql<number>`cast(${created_at} as bigint)`.as('created_at'),
          sql<number>`cast(${expires_at} as bigint)`.as('expires_at'),
          sql<number | null>`cast(${remind_at} as bigint)`.as('remind_at'),
        ])
        .where('users.organization_id', '=', scope.organizationId)
        .where('users.last_login_at', 'is not', null)
        .where('users.locked', '=', 0)
        .$if(type === 'set_mfa', (lacking) => lacking.where('users.mfa', '=', 0))
        .$if(type === 'update_password', (lacking) =>
          lacking
            .where('users.type', '=', 'member')
            .where('users.password_hash', 'is not', null)
            .where('users.password_renewed', '=', 0),
        ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Of one user, or of everybody; of one type, or of both. */
export async function deleteGracePeriods(
  { db, scope }: Change,
  { userId, type }: { readonly userId?: string; readonly type?: GracePeriodType },
): Promise<void> {
  await db
    .deleteFrom('grace_periods')
    .where('organization_id', '=', scope.organizationId)
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? 'set_mfa'))
    .execute();
}

/** At once; the rest comes with the next run. */
const batch = 1000;

/** Periods that have ended, and those of which a mail is to remind, in all organizations, the oldest first. */
export async function listDue(db: Storage['db'], now: number): Promise<readonly GracePeriodRow[]> {
  const some = db.selectFrom('grace_periods').selectAll().limit(batch);
  const ended = await some.where('expires_at', '<=', now).orderBy('expires_at').execute();
  const toRemind = await some
    .where('remind_at', '<=', now)
    .where('expires_at', '>', now)
    .orderBy('remind_at')
    .execute();
  return [...ended, ...toRemind];
}

/** Takes a period that has ended. @returns false when another server, or its end, was faster */
export async function takeEnded({ db, scope, now }: Change, row: GracePeriodRow): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('grace_periods')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', row.user_id)
    .where('type', '=', row.type)
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Takes the reminder of a period. @returns false when another server was faster */
export async function takeReminder(
  { db, scope, now }: Pick<Change, 'db' | 'scope' | 'now'>,
  row: GracePeriodRow,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('grace_periods')
    .set({ remind_at: null })
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', row.user_id)
    .where('type', '=', row.type)
    .where('remind_at', '<=', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
