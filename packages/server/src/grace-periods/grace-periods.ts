import { formatTimestamp } from '@bailiwick/contract';
import type { Change, Handler } from '../context.ts';
import { getOrganization, type OrganizationRow } from '../organizations/store.ts';
import { getUser, type UserRow } from '../users/store.ts';
import {
  deleteGracePeriods,
  type GracePeriodTimes,
  type GracePeriodType,
  insertGracePeriod,
  insertGracePeriods,
  listGracePeriods,
} from './store.ts';

const types = ['update_password', 'set_mfa'] as const;
const day = 86_400;

export const list: Handler<'gracePeriods.list'> = async ({ storage, scope, caller }, { user_id: named }) => {
  // An application has none, so it is not looked for.
  if (named !== undefined) await getUser(storage.db, scope, named);
  const rows = await listGracePeriods(storage.db, scope, named ?? caller.actor.id);
  return {
    grace_periods: rows.map((row) => ({
      type: row.type,
      created_at: formatTimestamp(row.created_at),
      expires_at: formatTimestamp(row.expires_at),
    })),
  };
};

/**
 * Begins the time that a user has to do what the organization wants of it and it has not done: a sign-in calls this, and so
 * does whatever takes away what was done. What has begun goes on; where nothing is wanted, nothing happens.
 */
export async function beginGracePeriods(change: Change, user: UserRow): Promise<void> {
  const organization = await getOrganization(change.db, change.scope);
  for (const type of types)
    if (isWanted(type, organization) && isLacking(type, user))
      await insertGracePeriod(change, user.id, type, timesOf(type, organization, change.now));
}

/** Begins them anew for a user that was unlocked; one that never signed in gets them when it does. */
export async function restartGracePeriods(change: Change, user: UserRow): Promise<void> {
  await deleteGracePeriods(change, { userId: user.id });
  if (user.last_login_at !== null) await beginGracePeriods(change, user);
}

/** What was wanted is done. */
export const endGracePeriod = (change: Change, userId: string, type: GracePeriodType): Promise<void> =>
  deleteGracePeriods(change, { userId, type });

/** Follows the settings of the organization: what is wanted from now on has a time for everybody, what is no more has none. */
export async function followSettings(change: Change, before: OrganizationRow, after: OrganizationRow): Promise<void> {
  for (const type of types) {
    if (isWanted(type, after) && !isWanted(type, before))
      await insertGracePeriods(change, type, timesOf(type, after, change.now));
    if (!isWanted(type, after)) await deleteGracePeriods(change, { type });
  }
}

function isWanted(type: GracePeriodType, organization: OrganizationRow): boolean {
  return (type === 'set_mfa' ? organization.enforce_mfa : organization.enforce_password_renewal) === 1;
}

/** A password that the user has not chosen is to be renewed by members; a second factor is wanted of the owner too. */
function isLacking(type: GracePeriodType, user: UserRow): boolean {
  if (type === 'set_mfa') return user.mfa === 0;
  return user.type === 'member' && user.password_hash !== null && user.password_renewed === 0;
}

/** A mail reminds of a second factor a day before the end, or halfway when the period is shorter than two days. */
function timesOf(type: GracePeriodType, organization: OrganizationRow, now: number): GracePeriodTimes {
  const seconds = organization.grace_period_duration;
  const remindAfter = seconds >= 2 * day ? seconds - day : Math.floor(seconds / 2);
  return {
    created_at: now,
    expires_at: now + seconds * 1_000_000,
    remind_at: type === 'set_mfa' ? now + remindAfter * 1_000_000 : null,
  };
}
