import type { Insertable, Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Context, RequestedChange, Services } from '../context.ts';
import { denied } from '../http/authenticate.ts';
import { beginSession, handOver } from '../jwts/issue.ts';
import { signedInAt } from '../jwts/jwts.ts';
import { makeChange } from '../storage/change.ts';
import type { SignInGrantTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { isWellFormedToken } from '../tokens.ts';
import { getUser } from '../users/store.ts';
import { originOf } from './origin.ts';

export type Grant = Selectable<SignInGrantTable>;
type Kind = Grant['kind'];

/** Prefixes of the tokens, and how long they work, in seconds: a program redeems a code at once; a code is typed by hand. */
export const grantKinds = {
  code: { prefix: 'bwco', lifetime: 60 },
  device: { prefix: 'bwde', lifetime: 900 },
} as const satisfies Record<Kind, object>;

type NewGrant = Omit<Insertable<SignInGrantTable>, 'token_hash' | 'created_at' | 'expires_at' | 'ip' | 'user_agent'>;

/** @returns when it ends */
export async function keepGrant(
  db: Storage['db'],
  { secrets, clock, caller }: Pick<Context, 'secrets' | 'clock' | 'caller'>,
  token: string,
  grant: NewGrant,
): Promise<number> {
  const now = clock.now();
  const expiresAt = now + grantKinds[grant.kind].lifetime * 1_000_000;
  const { ip, userAgent } = caller;
  const times = { created_at: now, expires_at: expiresAt };
  await db
    .insertInto('sign_in_grants')
    .values({ ...grant, ...times, token_hash: secrets.hash(token), ip, user_agent: userAgent })
    .execute();
  return expiresAt;
}

/** @throws ApiError `denied_authentication` */
export async function findGrant(
  { storage, secrets, clock }: Pick<Services, 'storage' | 'secrets' | 'clock'>,
  kind: Kind,
  token: string,
): Promise<Grant> {
  if (!isWellFormedToken(grantKinds[kind].prefix, token)) throw denied('unknown_method', 'invalid_argument');
  const grant = await storage.db
    .selectFrom('sign_in_grants')
    .selectAll()
    .where('token_hash', 'in', secrets.hashes(token))
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (!grant) throw denied('unknown_method', 'not_found');
  if (grant.expires_at <= clock.now()) throw denied('unknown_method', 'expired');
  return grant;
}

/** Whose session a program may begin. */
export interface Approval {
  readonly organization_id: string;
  readonly user_id: string;
  readonly signed_in_at: number;
}

/** The caller, and when it signed in: the session of the program ends no later than its own. */
export async function approvalOf({ caller }: Pick<Context, 'caller'>, change: RequestedChange): Promise<Approval> {
  const { organizationId } = change.scope;
  return {
    organization_id: organizationId,
    user_id: caller.actor.id,
    signed_in_at: await signedInAt(change, caller),
  };
}

/**
 * Begins the session that a grant stands for, and uses the grant up in the same transaction.
 *
 * @throws ApiError `denied_authentication` when nobody has approved it, another was faster, or the user may not sign in any more
 */
export async function redeem(context: Context, operation: string, grant: Grant) {
  const { token_hash, organization_id: organizationId, user_id: userId, signed_in_at: signedIn } = grant;
  if (organizationId === null || userId === null || signedIn === null) throw denied('unknown_method', 'not_found');
  const scope: Authorized = authorizedPlatform(organizationId);
  const author = { kind: 'user', id: userId, ...originOf(context.caller) } as const;
  const event = { resource: 'jwt', action: 'created' } as const;
  const { result } = await makeChange(context, { scope, author, operation, event }, async (change) => {
    const { numDeletedRows } = await change.db
      .deleteFrom('sign_in_grants')
      .where('token_hash', '=', token_hash)
      .where('organization_id', '=', organizationId)
      .executeTakeFirst();
    if (numDeletedRows !== 1n) throw denied('unknown_method', 'not_found');
    if ((await getUser(change.db, scope, userId)).locked === 1) throw denied('unknown_method', 'not_found');
    const { ip, userAgent } = context.caller;
    return beginSession(context, change, { userId, issuerId: userId, ip, userAgent, signedInAt: signedIn });
  });
  return handOver(context, result);
}
