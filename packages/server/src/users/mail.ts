import type { Change, Context, Services } from '../context.ts';
import { signInUrl } from '../mail/links.ts';
import { queueMail } from '../mail/queue.ts';
import { getOrganization } from '../organizations/store.ts';
import { getOwner, getUser, type UserRow } from './store.ts';

type Parts = Pick<Services, 'ids' | 'secrets' | 'settings'>;

/** A member as it was asked for. */
interface NewMember {
  readonly email: string;
  readonly username: string;
  readonly password?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly locale?: string;
  readonly send_welcome_email?: boolean;
  readonly send_password_email?: boolean;
}

/**
 * A welcome, and the password in a mail of its own, each when it was asked for. Without a password there is none to mail and
 * none is made up, and the link that lets the member choose one is the welcome (docs/decisions/0018-mail.md).
 */
export async function queueNewMemberMail(parts: Parts, change: Change, member: NewMember): Promise<void> {
  const { email: to, username, password = '', first_name, last_name, locale = '' } = member;
  const { send_welcome_email: welcomes = false, send_password_email: sendsPassword = false } = member;
  if (password === '' || !(welcomes || sendsPassword)) return;
  const { name: organization } = await getOrganization(change.db, change.scope);
  const place = { organization, signInUrl: signInUrl(parts.settings, change.scope.organizationId) };
  if (welcomes) {
    const name = nameOf({ username, first_name, last_name });
    await queueMail(parts, change, { kind: 'welcome', to, locale, values: { name, ...place } });
  }
  if (sendsPassword)
    await queueMail(parts, change, { kind: 'password', to, locale, values: { username, password, ...place } });
}

/** Tells the owner that second factors are no longer wanted of everybody, and who has decided that. */
export async function queueNotEnforcedNotice(context: Context, change: Change): Promise<void> {
  const { name: organization } = await getOrganization(change.db, change.scope);
  const owner = await getOwner(change.db, change.scope);
  const { actor } = context.caller;
  const by =
    actor.kind === 'user' ? nameOf(await getUser(change.db, change.scope, actor.id)) : `Application ${actor.id}`;
  const values = { name: nameOf(owner), organization, by };
  await queueMail(context, change, { kind: 'mfa_not_enforced', to: owner.email, locale: owner.locale, values });
}

/** Tells a member that somebody has locked it. */
export async function queueLockNotice(parts: Parts, change: Change, user: UserRow): Promise<void> {
  const values = { name: nameOf(user), reason: 'an administrator has locked it' };
  await queueMail(parts, change, { kind: 'locked', to: user.email, locale: user.locale, values });
}

/** How a mail addresses somebody: by name, else by username. */
export function nameOf(user: {
  readonly username: string;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
}): string {
  const { username, first_name: first = '', last_name: last = '' } = user;
  return `${first} ${last}`.trim() || username;
}
