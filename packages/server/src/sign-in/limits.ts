import { ApiError } from '@bailiwick/contract';
import { sql } from 'kysely';
import { networkOf } from '../addresses.ts';
import type { Context, Services } from '../context.ts';
import type { Storage } from '../storage/storage.ts';

/** How often something may be tried within a time, in seconds (docs/decisions/0016-sign-in.md). */
const limits = {
  /** Requests of one address, or of one IPv6 network of 64 bits. */
  address: { tries: 200, seconds: 60 },
  /** Proofs shown for one name, whether anybody has it or not. */
  account: { tries: 30, seconds: 900 },
  /** Answers of identity providers to nothing that was asked, to one configuration: each leaves an audit entry. */
  unasked: { tries: 30, seconds: 900 },
  /** Mails that anybody can have sent to one name. */
  mail: { tries: 5, seconds: 900 },
  /** Codes of devices that one user types. */
  device: { tries: 30, seconds: 900 },
} as const;

/** @throws ApiError `too_many_requests` */
export const limitAddress = (context: Context): Promise<void> =>
  countTry(context, 'address', networkOf(context.caller.ip));

/**
 * Counts a try, in the database: servers beside one another share the counters.
 *
 * @param of what is limited, as a text
 * @throws ApiError `too_many_requests` beyond the limit, until its time is over
 */
export async function countTry(
  { storage, clock, secrets }: Pick<Services, 'storage' | 'clock' | 'secrets'>,
  kind: keyof typeof limits,
  of: string,
): Promise<void> {
  const { tries: allowed, seconds } = limits[kind];
  const now = clock.now();
  const { tries, resets_at } = await storage.db
    .insertInto('sign_in_limits')
    .values({ name: nameOf(secrets, kind, of), tries: 1, resets_at: now + seconds * 1_000_000 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        tries: sql`case when sign_in_limits.resets_at <= ${now} then 1 else sign_in_limits.tries + 1 end`,
        resets_at: sql`case when sign_in_limits.resets_at <= ${now} then excluded.resets_at else sign_in_limits.resets_at end`,
      }),
    )
    .returning(['tries', 'resets_at'])
    .executeTakeFirstOrThrow();
  if (tries <= allowed) return;
  throw new ApiError({
    type: 'too_many_requests',
    help_message: 'too many tries to sign in',
    reset_seconds: Math.ceil((resets_at - now) / 1_000_000),
  });
}

/** Proofs that led to a sign-in count for nothing. */
export async function forgetTries(
  db: Storage['db'],
  { secrets }: Pick<Services, 'secrets'>,
  account: string,
): Promise<void> {
  await db
    .deleteFrom('sign_in_limits')
    .where('name', '=', nameOf(secrets, 'account', account))
    .execute();
}

const nameOf = (secrets: Services['secrets'], kind: keyof typeof limits, of: string): string =>
  secrets.hash(`limit ${kind} ${of}`);

/** Counters and attempts that are over are of no use to anybody. */
export async function forgetOver({ storage, clock }: Pick<Services, 'storage' | 'clock'>): Promise<void> {
  const now = clock.now();
  await storage.db.deleteFrom('sign_in_limits').where('resets_at', '<=', now).execute();
  await storage.db.deleteFrom('sign_in_attempts').where('expires_at', '<=', now).execute();
  await storage.db.deleteFrom('sign_in_grants').where('expires_at', '<=', now).execute();
  await storage.db.deleteFrom('password_links').where('expires_at', '<=', now).execute();
}
