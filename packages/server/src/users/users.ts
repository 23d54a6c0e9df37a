import { formatTimestamp, invalidArgument, preconditionFailed } from '@bailiwick/contract';
import type { Change, Handler } from '../context.ts';
import { endGracePeriod } from '../grace-periods/grace-periods.ts';
import { endSessions } from '../jwts/store.ts';
import { sendLink } from '../sign-in/links.ts';
import { endPending } from '../sign-in/pending.ts';
import { readTags } from '../storage/tags.ts';
import { queueNewMemberMail } from './mail.ts';
import {
  addMember,
  assertMayActAs,
  changeProfile,
  defaultLocale,
  lockMember,
  renameUser,
  unlockMember,
} from './members.ts';
import { assertGoodPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import { deleteUser, getUser, listUsers, type NewUser, type UserRow, updateUser } from './store.ts';

/** Usernames take fewer characters than e-mail addresses (docs/wire.md). */
const usernamePattern = /^[a-zA-Z0-9@._-]{2,150}$/;

export const list: Handler<'users.list'> = async ({ storage, scope }, input) => {
  const { rows, total } = await listUsers(storage, scope, input);
  return { users: rows.map((row) => toUser(row)), total_count: total };
};

export const create: Handler<'users.create'> = async (context, { email, member, tags = [] }) => {
  const password = member?.password;
  const profile = member ? memberOf(member) : invited(email ?? '');
  const hasPassword = password !== undefined && password !== '';
  if (hasPassword) await assertGoodPassword(context, 'member.password', password, [profile.username, profile.email]);
  const user = { ...profile, password_hash: hasPassword ? await hashPassword(password) : null, tags };
  // Somebody invited, or welcomed without a password, chooses one.
  const activates = !hasPassword && (email !== undefined || member?.send_welcome_email === true);
  return context.change(async (change) => {
    const id = await addMember(context, change, user);
    if (member) await queueNewMemberMail(context, change, member);
    change.touches(id);
    const made = await getUser(change.db, change.scope, id);
    if (activates) await sendLink(context, change, 'activation', made);
    return toUser(made);
  });
};

export const get: Handler<'users.get'> = async ({ storage, scope }, { user_id: id }) =>
  toUser(await getUser(storage.db, scope, id));

/** The answer still has the old `updated_at`; later ones have the new: recorded so (docs/wire.md). */
export const update: Handler<'users.update'> = (context, { user_id: id, ...changes }) =>
  context.change(async (change) => {
    const before = await getUser(change.db, change.scope, id);
    await changeProfile(context, change, before, changes);
    change.touches(id);
    const after = await getUser(change.db, change.scope, id);
    return toUser({ ...after, updated_at: before.updated_at });
  });

export const remove: Handler<'users.delete'> = (context, { user_id: id }) =>
  context.change(async (change) => {
    await getMember(change, id, 'the owner cannot be deleted');
    await deleteUser(change, id);
    change.touches(id);
    return undefined;
  });

/** The answer shows the time of the change; the one kept is a microsecond newer: recorded so (docs/wire.md). */
export const updateUsername: Handler<'users.updateUsername'> = (context, { user_id: id, username }) =>
  context.change(async (change) => {
    await getMember(change, id, "the owner's username is its e-mail address");
    await renameUser(change, id, username, change.now + 1);
    change.touches(id);
    const after = await getUser(change.db, change.scope, id);
    return toUser({ ...after, updated_at: change.now });
  });

/** Ends the user's sessions, but for the one that does it. */
export const updatePassword: Handler<'users.updatePassword'> = async (context, { user_id: id, password }) => {
  // Only somebody's password is worth the work of hashing.
  const { username, email } = await getUser(context.storage.db, context.scope, id);
  await assertGoodPassword(context, 'password', password, [username, email]);
  const passwordHash = await hashPassword(password);
  return context.change(async (change) => {
    await assertMayActAs(context, change, await getUser(change.db, change.scope, id));
    // A password that somebody else has chosen is to be renewed where the organization wants it so.
    const renewed = id === context.caller.actor.id;
    await updateUser(change, id, { password_hash: passwordHash, password_renewed: renewed }, change.now);
    if (renewed) await endGracePeriod(change, id, 'update_password');
    await endSessions(change, id, context.caller.session);
    await endPending(change, id);
    change.touches(id);
    return toUser(await getUser(change.db, change.scope, id));
  });
};

/** Ends the member's sessions; its API keys may do nothing until it is unlocked. */
export const lock: Handler<'users.lock'> = (context, { user_id: id }) =>
  context.change(async (change) => {
    const member = await getMember(change, id, 'the owner cannot be locked');
    if (id === context.caller.actor.id) throw preconditionFailed('protected_resource', 'nobody can lock itself');
    await lockMember(context, change, member);
    change.touches(id);
    return toUser(await getUser(change.db, change.scope, id));
  });

export const unlock: Handler<'users.unlock'> = (context, { user_id: id }) =>
  context.change(async (change) => {
    await getMember(change, id, 'the owner is never locked');
    await unlockMember(change, id);
    change.touches(id);
    return toUser(await getUser(change.db, change.scope, id));
  });

type Profile = Omit<NewUser, 'id' | 'password_hash' | 'tags'>;

function memberOf(member: {
  readonly email: string;
  readonly username: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly phone_number?: string;
  readonly locale?: string;
}): Profile {
  const { email, username, first_name = '', last_name = '', phone_number = '', locale = '' } = member;
  return { status: 'activated', email, username, first_name, last_name, phone_number, locale: locale || defaultLocale };
}

/** Somebody invited by e-mail, who has the address as username and no password yet. */
function invited(email: string): Profile {
  if (!usernamePattern.test(email)) {
    throw invalidArgument(
      'email',
      'constraint',
      'the address becomes the username: 2 to 150 of a-z, A-Z, 0-9, "@", ".", "_" and "-"',
    );
  }
  return {
    status: 'invitation_pending',
    email,
    username: email,
    first_name: '',
    last_name: '',
    phone_number: '',
    locale: defaultLocale,
  };
}

/** @throws ApiError `not_found`, or `precondition_failed` with the help for the owner */
async function getMember(change: Change, id: string, help: string): Promise<UserRow> {
  const user = await getUser(change.db, change.scope, id);
  if (user.type === 'owner') throw preconditionFailed('protected_resource', help);
  return user;
}

function toUser(row: UserRow) {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    first_name: row.first_name,
    last_name: row.last_name,
    phone_number: row.phone_number,
    locale: row.locale,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    organization_id: row.organization_id,
    deletable: row.type !== 'owner',
    last_login_at: row.last_login_at === null ? null : formatTimestamp(row.last_login_at),
    type: row.type,
    two_factor_enabled: row.mfa === 1,
    status: row.status,
    mfa: row.mfa === 1,
    account_root_user_id: row.account_root_user_id ?? '',
    tags: readTags(row.tags),
    locked: row.locked === 1,
  };
}
