import { type AuditEvent, formatTimestamp } from '@bailiwick/contract';
import { type Authorized, authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Services } from '../context.ts';
import { endSessions } from '../jwts/store.ts';
import { queueMail } from '../mail/queue.ts';
import { makeChange } from '../storage/change.ts';
import { getUser, type UserRow, updateUser } from '../users/store.ts';
import {
  deleteGracePeriods,
  type GracePeriodRow,
  listDue,
  organizationsWithDue,
  takeEnded,
  takeReminder,
} from './store.ts';

const platform = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
/** Periods of one organization that are looked at in one go; the rest is there the next time. */
const atOnce = 1000;

const reasons = {
  set_mfa: 'no second factor was set up in time',
  update_password: 'the password was not changed in time',
} as const;

/** A change that finds nothing left to do is undone. */
class TakenByAnother extends Error {
  override readonly name = 'TakenByAnother';
}

/**
 * Locks the members whose time is over, and reminds those whose time is nearly over. All that it goes by is in the database, and
 * each period is taken once, in the transaction that acts on it: it may be called at any time, by several servers.
 *
 * @returns how many periods were acted on
 */
export async function sweepGracePeriods(services: Services): Promise<number> {
  const { storage, clock } = services;
  let taken = 0;
  for (const organizationId of await organizationsWithDue(storage.db, clock.now())) {
    const scope = authorizedPlatform(organizationId);
    const now = clock.now();
    for (const row of await listDue(storage.db, scope, now, atOnce))
      if (await takeOnce(services, scope, row, row.expires_at <= now)) taken += 1;
  }
  return taken;
}

async function takeOnce(
  services: Services,
  scope: Authorized,
  row: GracePeriodRow,
  hasEnded: boolean,
): Promise<boolean> {
  const operation = hasEnded ? 'gracePeriods.end' : 'gracePeriods.remind';
  const event: AuditEvent = { resource: hasEnded ? 'user' : 'user_mfa', action: 'updated' };
  try {
    await makeChange(services, { scope, author: platform, operation, event }, async (change) => {
      if (!(await (hasEnded ? takeEnded : takeReminder)(change, row))) throw new TakenByAnother();
      const user = await getUser(change.db, change.scope, row.user_id);
      await (hasEnded ? end(services, change, user, row) : remind(services, change, user, row));
      change.touches(user.id);
    });
    return true;
  } catch (failure) {
    if (failure instanceof TakenByAnother) return false;
    throw failure;
  }
}

/** The owner is reminded once more, and again after its next sign-in: it is never locked. */
async function end(services: Services, change: Change, user: UserRow, row: GracePeriodRow): Promise<void> {
  if (user.type === 'owner') return remind(services, change, user, row);
  await updateUser(change, user.id, { locked: true }, change.now);
  await endSessions(change, user.id);
  await deleteGracePeriods(change, { userId: user.id });
  const values = { name: user.first_name, username: user.username, reason: reasons[row.type] };
  await queueMail(services, change, { kind: 'locked', to: user.email, locale: user.locale, values });
}

async function remind(services: Services, change: Change, user: UserRow, row: GracePeriodRow): Promise<void> {
  const values = { name: user.first_name, username: user.username, until: formatTimestamp(row.expires_at) };
  await queueMail(services, change, { kind: 'mfa_reminder', to: user.email, locale: user.locale, values });
}
