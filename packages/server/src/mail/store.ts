import type { Selectable } from 'kysely';
import type { OutboxTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * The outbox as the servers work on it. Sending is the platform's own work, for all organizations at once, so nothing here
 * asks for an organization; no operation of the API comes here.
 */
export type OutboxRow = Selectable<OutboxTable>;

type Db = Storage['db'];

/** Mail whose time has come, the longest waiting first. */
export function dueMail(db: Db, now: number, limit: number): Promise<OutboxRow[]> {
  return db
    .selectFrom('outbox')
    .selectAll()
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * Takes a mail for one attempt, until the lease ends: then it is due again, whatever became of who took it. Of many that
 * want it as they saw it, one gets it.
 */
export async function claimMail(db: Db, seen: OutboxRow, leaseEnds: number): Promise<OutboxRow | undefined> {
  return db
    .updateTable('outbox')
    .set({ next_attempt_at: leaseEnds, attempts: seen.attempts + 1 })
    .where('id', '=', seen.id)
    .where('next_attempt_at', '=', seen.next_attempt_at)
    .where('attempts', '=', seen.attempts)
    .returningAll()
    .executeTakeFirst();
}

/** Also when the lease is over by now: sent is sent. What it said is gone. */
export async function markSent(db: Db, { id }: OutboxRow, now: number): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ sent_at: now, sealed_content: null, next_attempt_at: null, last_error: '' })
    .where('id', '=', id)
    .where('sent_at', 'is', null)
    .execute();
}

/** @param next time of the next attempt; null to give up */
export async function markFailed(db: Db, claimed: OutboxRow, next: number | null, reason: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ next_attempt_at: next, last_error: reason })
    .where('id', '=', claimed.id)
    .where('next_attempt_at', '=', claimed.next_attempt_at)
    .where('attempts', '=', claimed.attempts)
    .execute();
}

/** Stands in place of an error where no server may send. */
export const keptReason = 'kept: no --smtp-url';

/** Marks new mail as kept; each mail is returned once, to one server. */
export async function markKept(db: Db, limit: number): Promise<readonly Pick<OutboxRow, 'id' | 'kind'>[]> {
  const fresh = await db
    .selectFrom('outbox')
    .select('id')
    .where('next_attempt_at', 'is not', null)
    .where('last_error', '=', '')
    .where('attempts', '=', 0)
    .limit(limit)
    .execute();
  if (fresh.length === 0) return [];
  return db
    .updateTable('outbox')
    .set({ last_error: keptReason })
    .where(
      'id',
      'in',
      fresh.map(({ id }) => id),
    )
    .where('next_attempt_at', 'is not', null)
    .where('last_error', '=', '')
    .where('attempts', '=', 0)
    .returning(['id', 'kind'])
    .execute();
}

/** Mail that is still to be sent. */
export async function countWaiting(db: Db): Promise<number> {
  const { waiting } = await db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('next_attempt_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return waiting;
}

/** @returns how many of the mails that are deleted were never sent */
export async function deleteOldMail(db: Db, createdBefore: number): Promise<number> {
  const old = await db.deleteFrom('outbox').where('created_at', '<', createdBefore).returning('sent_at').execute();
  return old.filter((row) => row.sent_at === null).length;
}

/** The newest mails, oldest first. */
export async function newestMail(db: Db, limit: number): Promise<readonly OutboxRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse();
}

export function findMail(db: Db, id: string): Promise<OutboxRow | undefined> {
  return db.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst();
}
