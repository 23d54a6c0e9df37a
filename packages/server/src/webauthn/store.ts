import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { WebauthnAuthenticatorTable, WebauthnCeremonyTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

type Scope = Pick<Authorized, 'organizationId'>;
export type AuthenticatorRow = Selectable<WebauthnAuthenticatorTable>;
export type CeremonyRow = Selectable<WebauthnCeremonyTable>;

export function listAuthenticators(
  storage: Storage,
  scope: Scope,
  userId: string,
  request: PageRequest,
): Promise<Page<AuthenticatorRow>> {
  const query = storage.db
    .selectFrom('webauthn_authenticators')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId);
  const order = { columns: { created_at: 'created_at' }, tie: 'id', fallback: 'created_at_asc' } as const;
  return fetchPage(storage, query, request, order);
}

/** All of a user: there are few. */
export function authenticatorsOf(
  db: Storage['db'],
  scope: Scope,
  userId: string,
): Promise<readonly AuthenticatorRow[]> {
  return db
    .selectFrom('webauthn_authenticators')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** @throws ApiError `not_found` */
export async function getAuthenticator(db: Storage['db'], scope: Scope, id: string): Promise<AuthenticatorRow> {
  const row = await db
    .selectFrom('webauthn_authenticators')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('webauthn_authenticator', id);
  return row;
}

export async function insertAuthenticator(
  { db, scope, now }: Change,
  authenticator: Pick<AuthenticatorRow, 'id' | 'user_id' | 'name' | 'credential_id' | 'public_key' | 'sign_count'>,
): Promise<void> {
  await db
    .insertInto('webauthn_authenticators')
    .values({ ...authenticator, organization_id: scope.organizationId, created_at: now, last_login_at: null })
    .execute();
}

export async function renameAuthenticator({ db, scope }: Change, id: string, name: string): Promise<void> {
  await db
    .updateTable('webauthn_authenticators')
    .set({ name })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

export async function deleteAuthenticator({ db, scope }: Change, id: string): Promise<void> {
  await db
    .deleteFrom('webauthn_authenticators')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/**
 * Notes a sign-in. An authenticator that counts must count on: one that does not is a copy (Web Authentication, section 7.2,
 * step 22).
 *
 * @returns false for a copy, and for one that is gone
 */
export async function countAssertion(
  { db, scope, now }: Change,
  { id, signCount }: { readonly id: string; readonly signCount: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webauthn_authenticators')
    .set({ sign_count: signCount, last_login_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .where((where) => where.or([where('sign_count', '<', signCount), where('sign_count', '=', 0)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** A registration that begins ends the one before it. */
export async function replaceCeremony(
  { db, scope }: Change,
  ceremony: Pick<CeremonyRow, 'id' | 'user_id' | 'challenge' | 'expires_at'>,
): Promise<void> {
  await db
    .deleteFrom('webauthn_ceremonies')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', ceremony.user_id)
    .execute();
  await db
    .insertInto('webauthn_ceremonies')
    .values({ ...ceremony, organization_id: scope.organizationId })
    .execute();
}

/** @throws ApiError `not_found`, also for one of somebody else, and one that is over */
export async function getCeremony(
  db: Storage['db'],
  scope: Scope,
  { id, userId, now }: { readonly id: string; readonly userId: string; readonly now: number },
): Promise<CeremonyRow> {
  const row = await db
    .selectFrom('webauthn_ceremonies')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!row) throw notFound('webauthn_ceremony', id);
  return row;
}

/**
 * Uses a registration up: of many that finish it, one succeeds.
 *
 * @throws ApiError `not_found`
 */
export async function takeCeremony({ db, scope }: Change, { id, user_id: userId }: CeremonyRow): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('webauthn_ceremonies')
    .where('organization_id', '=', scope.organizationId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (numDeletedRows !== 1n) throw notFound('webauthn_ceremony', id);
}
