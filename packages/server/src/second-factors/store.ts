import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { OneTimePasswordTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

type Scope = Pick<Authorized, 'organizationId'>;
export type OneTimePasswordRow = Selectable<OneTimePasswordTable>;

export function findOneTimePassword(
  db: Storage['db'],
  scope: Scope,
  userId: string,
): Promise<OneTimePasswordRow | undefined> {
  return db
    .selectFrom('one_time_passwords')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** A secret that no password has shown yet; the one before it is forgotten. */
export async function replaceOneTimePassword(change: Change, userId: string, sealedSecret: string): Promise<void> {
  const { db, scope, now } = change;
  await deleteOneTimePassword(change, userId);
  await db
    .insertInto('one_time_passwords')
    .values({
      organization_id: scope.organizationId,
      user_id: userId,
      sealed_secret: sealedSecret,
      created_at: now,
      validated_at: null,
    })
    .execute();
}

/** With its recovery codes. @returns whether there was one */
export async function deleteOneTimePassword({ db, scope }: Change, userId: string): Promise<boolean> {
  await db
    .deleteFrom('recovery_codes')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .execute();
  const { numDeletedRows } = await db
    .deleteFrom('one_time_passwords')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Uses up a step and all before it. @returns false when it was used already */
export async function takeStep({ db, scope }: Change, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('one_time_passwords')
    .set({ last_step: step })
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .where('last_step', '<', step)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function putInForce({ db, scope, now }: Change, userId: string): Promise<void> {
  await db
    .updateTable('one_time_passwords')
    .set({ validated_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .execute();
}

/** New codes in place of those that are left. */
export async function replaceRecoveryCodes(
  { db, scope }: Change,
  userId: string,
  hashes: readonly string[],
): Promise<void> {
  await db
    .deleteFrom('recovery_codes')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .execute();
  const ofUser = { organization_id: scope.organizationId, user_id: userId };
  await db
    .insertInto('recovery_codes')
    .values(hashes.map((code_hash) => ({ ...ofUser, code_hash })))
    .execute();
}

/** Uses up a recovery code. @returns false when there is none such */
export async function takeRecoveryCode(
  { db, scope }: Change,
  userId: string,
  hashes: readonly string[],
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('recovery_codes')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .where('code_hash', 'in', hashes)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function hasAuthenticator(db: Storage['db'], scope: Scope, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('webauthn_authenticators')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
