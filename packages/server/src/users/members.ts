import { rulesOf, rulesReaching } from '@bailiwick/authz';
import { alreadyExists, preconditionFailed } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Change, Context, RequestedChange } from '../context.ts';
import { restartGracePeriods } from '../grace-periods/grace-periods.ts';
import { endSessions } from '../jwts/store.ts';
import { assertQuota } from '../quotas/limits.ts';
import { endPending } from '../sign-in/pending.ts';
import { queueLockNotice } from './mail.ts';
import {
  findUsername,
  getUser,
  insertMember,
  type NewUser,
  type UserChanges,
  type UserRow,
  updateUser,
} from './store.ts';

/** What changes of users are made of, whoever asks for them: a client of the API, or a directory. */
export const defaultLocale = 'en_US';

/**
 * Makes a member. It gets no mail.
 *
 * @returns its id
 * @throws ApiError `quotas_exceeded`, `already_exists`, `permissions_denied`
 */
export async function addMember(context: Context, change: RequestedChange, user: Omit<NewUser, 'id'>): Promise<string> {
  await assertQuota(context, change, 'iam_users');
  await assertUsernameIsFree(change, user.username);
  // Whoever chooses the password could act as the new member, with all that every user has.
  await assertNoEscalation(context, change, (known) => rulesOf(known, known.special.all_users ?? ''));
  const id = context.ids.uuid();
  await insertMember(change, { ...user, id });
  return id;
}

/** Changes a user, and what hangs on its e-mail address. @throws ApiError */
export async function changeProfile(
  context: Context,
  change: RequestedChange,
  before: UserRow,
  changes: UserChanges,
): Promise<void> {
  const { id } = before;
  if (changes.email !== undefined) await assertMayActAs(context, change, before);
  // The owner signs in with its address, so both stay the same.
  const renamed = before.type === 'owner' && changes.email !== undefined ? { username: changes.email } : {};
  if (renamed.username !== undefined) await assertUsernameIsFree(change, renamed.username, id);
  const locale = changes.locale === '' ? { locale: defaultLocale } : {};
  await updateUser(change, id, { ...changes, ...renamed, ...locale }, change.now);
  // Codes and links that went to the former address open nothing any more.
  if (changes.email !== undefined && changes.email !== before.email) await endPending(change, id);
}

/** @throws ApiError `already_exists` */
export async function renameUser(change: Change, id: string, username: string, updatedAt: number): Promise<void> {
  await assertUsernameIsFree(change, username, id);
  await updateUser(change, id, { username }, updatedAt);
}

/** Ends the member's sessions and what it has begun, and tells it. */
export async function lockMember(context: Context, change: Change, member: UserRow): Promise<void> {
  await updateUser(change, member.id, { locked: true }, change.now);
  if (member.locked === 0) await queueLockNotice(context, change, member);
  await endSessions(change, member.id);
  await endPending(change, member.id);
}

export async function unlockMember(change: Change, id: string): Promise<void> {
  await updateUser(change, id, { locked: false, failed_sign_ins: 0 }, change.now);
  await restartGracePeriods(change, await getUser(change.db, change.scope, id));
}

/**
 * Who sets somebody's password or e-mail address can sign in as that user. Nobody becomes the owner that way, and where
 * the organization wants it so, nobody becomes who may more.
 */
export async function assertMayActAs(context: Context, change: RequestedChange, { id, type }: UserRow): Promise<void> {
  if (id === context.caller.actor.id) return;
  if (type === 'owner') throw preconditionFailed('protected_resource', 'only the owner changes how the owner signs in');
  await assertNoEscalation(context, change, (organization) => rulesReaching(organization, id));
}

/** @throws ApiError `already_exists` unless nobody else has the username */
async function assertUsernameIsFree(change: Change, username: string, forUser?: string): Promise<void> {
  const holder = await findUsername(change.db, change.scope, username);
  if (holder === undefined || holder === forUser) return;
  throw alreadyExists('user', holder, `the username ${JSON.stringify(username)} is taken: choose another`);
}
