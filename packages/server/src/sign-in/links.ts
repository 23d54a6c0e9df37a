import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Handler, Services } from '../context.ts';
import { endGracePeriod } from '../grace-periods/grace-periods.ts';
import { denied } from '../http/authenticate.ts';
import { endSessions } from '../jwts/store.ts';
import { queueMail } from '../mail/queue.ts';
import { getOrganization } from '../organizations/store.ts';
import { changeOrTell, makeChange } from '../storage/change.ts';
import type { PasswordLinkTable } from '../storage/schema.ts';
import { isWellFormedToken, newToken } from '../tokens.ts';
import { assertGoodPassword } from '../users/password-rules.ts';
import { hashPassword } from '../users/passwords.ts';
import { type UserRow, updateUser } from '../users/store.ts';
import { findAccount, mayUse, userOf } from './accounts.ts';
import { countTry, limitAddress } from './limits.ts';
import { originOf } from './origin.ts';
import { endPending } from './pending.ts';
import { unhurried } from './unhurried.ts';

type LinkKind = PasswordLinkTable['kind'];

/** Prefixes of the tokens, and how long a link works, in seconds: 7 days after an invitation, an hour otherwise. */
const kinds = {
  activation: { prefix: 'bwac', lifetime: 604_800, page: 'activate' },
  recovery: { prefix: 'bwrc', lifetime: 3_600, page: 'recover' },
} as const satisfies Record<LinkKind, object>;

/** Mails a link to the user of these names, if there is one that signs in with a password. */
export const recover: Handler<'signIn.recover'> = (context, names) =>
  unhurried(async () => {
    await limitAddress(context);
    const account = await findAccount(context, names);
    await countTry(context, 'mail', account.key);
    const known = await userOf(context.storage.db, account);
    if (known === null || known.user.locked === 1 || !mayUse(known.user, known.organization, 'password'))
      return undefined;
    const { scope, user } = known;
    await changeOrTell(context.storage, (db) =>
      sendLink(context, { db, scope, now: context.clock.now() }, 'recovery', user),
    );
    return undefined;
  });

/** Sets the password, ends every session and every other way in that is open. It does not sign in. */
export const setPassword: Handler<'signIn.setPassword'> = async (context, { token, password }) => {
  await limitAddress(context);
  if (!Object.values(kinds).some(({ prefix }) => isWellFormedToken(prefix, token)))
    throw denied('unknown_method', 'invalid_argument');
  const link = await context.storage.db
    .selectFrom('password_links')
    .selectAll()
    .where('token_hash', 'in', context.secrets.hashes(token))
    .executeTakeFirst();
  if (!link) throw denied('unknown_method', 'not_found');
  if (link.expires_at <= context.clock.now()) throw denied('unknown_method', 'expired');
  const scope = authorizedPlatform(link.organization_id);
  const known = await userOf(context.storage.db, { organizationId: link.organization_id, userId: link.user_id });
  if (known === null) throw denied('unknown_method', 'not_found');
  const { username, email } = known.user;
  await assertGoodPassword(context, 'password', password, [username, email]);
  const passwordHash = await hashPassword(password);
  const author = { kind: 'user', id: link.user_id, ...originOf(context.caller) } as const;
  const event = { resource: 'user', action: 'updated' } as const;
  await makeChange(context, { scope, author, operation: 'signIn.setPassword', event }, async (change) => {
    const { numDeletedRows } = await change.db
      .deleteFrom('password_links')
      .where('organization_id', '=', scope.organizationId)
      .where('token_hash', '=', link.token_hash)
      .executeTakeFirst();
    if (numDeletedRows !== 1n) throw denied('unknown_method', 'not_found');
    const changes = { password_hash: passwordHash, password_renewed: true, status: 'activated' } as const;
    await updateUser(change, link.user_id, changes, change.now);
    await endGracePeriod(change, link.user_id, 'update_password');
    await endSessions(change, link.user_id);
    await endPending(change, link.user_id);
    change.touches(link.user_id);
  });
  return undefined;
};

/** Mails a link with which the user sets its password; only the newest one works. */
export async function sendLink(
  services: Pick<Services, 'ids' | 'secrets' | 'settings'>,
  change: Pick<Change, 'db' | 'scope' | 'now'>,
  kind: LinkKind,
  user: UserRow,
): Promise<void> {
  const { db, scope, now } = change;
  const { prefix, lifetime, page } = kinds[kind];
  const token = newToken(prefix);
  await db
    .deleteFrom('password_links')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', user.id)
    .execute();
  await db
    .insertInto('password_links')
    .values({
      token_hash: services.secrets.hash(token),
      organization_id: scope.organizationId,
      user_id: user.id,
      kind,
      expires_at: now + lifetime * 1_000_000,
    })
    .execute();
  const { name } = await getOrganization(db, scope);
  const values = {
    link: `${services.settings.publicUrl()}/auth/${page}?token=${token}`,
    name: `${user.first_name} ${user.last_name}`.trim() || user.username,
    username: user.username,
    organization: name,
    minutes: String(lifetime / 60),
  };
  await queueMail(services, change, { kind, to: user.email, locale: user.locale, values });
}
