import type { Change, Services } from '../context.ts';

/** Occasions on which people get mail. */
export type MailKind =
  | 'welcome'
  | 'password'
  | 'activation'
  | 'code'
  | 'recovery'
  | 'mfa_reminder'
  | 'mfa_not_enforced'
  | 'locked'
  | 'key_expiry';

/** A mail by what it is about; its words are made when it is sent. */
export interface NewMail {
  readonly kind: MailKind;
  /** E-mail address. */
  readonly to: string;
  /** Of the person, such as `fr_FR`. */
  readonly locale: string;
  /** What its template needs: names, links, codes. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Puts a mail into the outbox, in the transaction of the change that it tells of: both happen or neither. What it says is
 * sealed, because codes and links open doors.
 */
export async function queueMail(
  { ids, secrets }: Pick<Services, 'ids' | 'secrets'>,
  { db, scope, now }: Pick<Change, 'db' | 'scope' | 'now'>,
  { kind, to, locale, values }: NewMail,
): Promise<void> {
  await db
    .insertInto('outbox')
    .values({
      id: ids.uuid(),
      organization_id: scope.organizationId,
      kind,
      recipient: to,
      sealed_content: secrets.seal(JSON.stringify({ locale, values })),
      created_at: now,
      next_attempt_at: now,
    })
    .execute();
}
