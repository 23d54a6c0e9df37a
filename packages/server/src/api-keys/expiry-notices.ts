import { formatTimestamp } from '@bailiwick/contract';
import { authorizedPlatform } from '../authorization/authorized.ts';
import type { Services } from '../context.ts';
import { queueMail } from '../mail/queue.ts';
import type { Storage } from '../storage/storage.ts';

/** Microseconds before the end of a key. */
const notice = 7 * 24 * 3600 * 1_000_000;
/** At once; the rest comes with the next run. */
const batch = 100;

interface EndingKey {
  readonly access_key: string;
  readonly organization_id: string;
  readonly description: string;
  readonly expires_at: number | null;
}

/**
 * Tells the user who bears a key, or the owner about the key of an application, that it ends within a week: once, whatever
 * servers run and restart. Whoever made a key for a shorter time knows of its end and gets no mail.
 */
export async function announceEndingKeys(
  services: Pick<Services, 'storage' | 'clock' | 'ids' | 'secrets'>,
  stopping?: AbortSignal,
): Promise<void> {
  const now = services.clock.now();
  for (const key of await endingKeys(services.storage.db, now)) {
    if (stopping?.aborted) return;
    await services.storage.transaction(async (db) => {
      if (!(await claimNotice(db, key, now))) return;
      const recipient = await recipientOf(db, key);
      if (!recipient) return;
      const scope = authorizedPlatform(key.organization_id);
      const values = {
        accessKey: key.access_key,
        description: key.description,
        endsAt: formatTimestamp(key.expires_at ?? now),
      };
      const { email: to, locale } = recipient;
      await queueMail(services, { db, scope, now }, { kind: 'key_expiry', to, locale, values });
    });
  }
}

function endingKeys(db: Storage['db'], now: number): Promise<readonly EndingKey[]> {
  return db
    .selectFrom('api_keys')
    .select(['access_key', 'organization_id', 'description', 'expires_at'])
    .where('expires_at', '>', now)
    .where('expires_at', '<=', now + notice)
    .where('expiry_notice_at', 'is', null)
    .whereRef('created_at', '<=', ({ eb }) => eb('expires_at', '-', notice))
    .orderBy('expires_at')
    .limit(batch)
    .execute();
}

type Transaction = Parameters<Parameters<Storage['transaction']>[0]>[0];

/** One server gets each notice. It is no change that anybody made or sees, so it has neither a revision nor an entry. */
async function claimNotice(db: Transaction, key: EndingKey, now: number): Promise<boolean> {
  const claimed = await db
    .updateTable('api_keys')
    .set({ expiry_notice_at: now })
    .where('organization_id', '=', key.organization_id)
    .where('access_key', '=', key.access_key)
    .where('expiry_notice_at', 'is', null)
    .returning('access_key')
    .executeTakeFirst();
  return claimed !== undefined;
}

async function recipientOf(db: Transaction, { organization_id: organizationId, access_key: accessKey }: EndingKey) {
  return db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', (join) =>
      join
        .onRef('u.organization_id', '=', 'k.organization_id')
        .on(({ or, and, eb, ref }) =>
          or([eb('u.id', '=', ref('k.user_id')), and([eb('k.user_id', 'is', null), eb('u.type', '=', 'owner')])]),
        ),
    )
    .select(['u.email', 'u.locale'])
    .where('k.organization_id', '=', organizationId)
    .where('k.access_key', '=', accessKey)
    .executeTakeFirst();
}
