import { formatTimestamp } from '@bailiwick/contract';
import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Services } from '../context.ts';
import { endSessions } from '../jwts/store.ts';
import { secondFactorsUrl } from '../mail/links.ts';
import { queueMail } from '../mail/queue.ts';
import { endPending } from '../sign-in/pending.ts';
import { makeChange } from '../storage/change.ts';
import { nameOf } from '../users/mail.ts';
import { getUser, type UserRow, updateUser } from '../users/store.ts';
import { deleteGracePeriods, type GracePeriodRow, listDue, takeEnded, takeReminder } from './store.ts';

const platform = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;

const reasons = {
  set_mfa: 'no second factor was set up in time',
  update_password: 'the password was not changed in time',
} as const;

/**
 * Locks the members whose time is over, and reminds those whose time is nearly over. All that it goes by is in the database, and
 * each period is taken once, in the transaction that acts on it: it may be called at any time, by several servers.
 */
export async function sweepGracePeriods(services: Services, stopping?: AbortSignal): Promise<void> {
  const now = services.clock.now();
  for (const period of await listDue(services.storage.db, now)) {
    if (stopping?.aborted) return;
    await (period.expires_at <= now ? end : remind)(services, period);
  }
}

/** Somebody else, or the end of the period, was faster: the change is undone. */
const taken = new Error('the grace period is taken already');

/** The owner is never locked: it is reminded, and gets a new period when it signs in again. */
async function end(services: Services, period: GracePeriodRow): Promise<void> {
  const scope = authorizedPlatform(period.organization_id);
  const event = { resource: 'user', action: 'updated' } as const;
  const reason = `grace_period_${period.type}`;
  const request = { scope, author: platform, operation: 'gracePeriods.end', event, reason } as const;
  const ending = makeChange(services, request, async (change) => {
    if (!(await takeEnded(change, period))) throw taken;
    const user = await getUser(change.db, scope, period.user_id);
    change.touches(user.id);
    if (user.type === 'owner') return queueReminder(services, change, user, period);
    await updateUser(change, user.id, { locked: true }, change.now);
    await endSessions(change, user.id);
    await endPending(change, user.id);
    await deleteGracePeriods(change, { userId: user.id });
    if (user.locked === 1) return;
    const values = { name: nameOf(user), reason: reasons[period.type] };
    await queueMail(services, change, { kind: 'locked', to: user.email, locale: user.locale, values });
  });
  await ending.catch((failure: unknown) => {
    if (failure !== taken) throw failure;
  });
}

/** No change that anybody made or sees, like other notices: it has neither a revision nor an entry. */
async function remind(services: Services, period: GracePeriodRow): Promise<void> {
  const scope = authorizedPlatform(period.organization_id);
  await services.storage.transaction(async (db) => {
    const part = { db, scope, now: services.clock.now() };
    if (!(await takeReminder(part, period))) return;
    await queueReminder(services, part, await getUser(db, scope, period.user_id), period);
  });
}

function queueReminder(
  services: Services,
  part: Pick<Change, 'db' | 'scope' | 'now'>,
  user: UserRow,
  period: GracePeriodRow,
): Promise<void> {
  const values = {
    name: nameOf(user),
    until: formatTimestamp(period.expires_at),
    link: secondFactorsUrl(services.settings),
  };
  return queueMail(services, part, { kind: 'mfa_reminder', to: user.email, locale: user.locale, values });
}
