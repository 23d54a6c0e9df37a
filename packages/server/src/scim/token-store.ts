import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { ScimTokenTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type ScimTokenRow = Selectable<ScimTokenTable>;

export async function listScimTokens(
  storage: Storage,
  scope: Authorized,
  scimId: string,
  request: PageRequest,
): Promise<Page<ScimTokenRow>> {
  const query = storage.db
    .selectFrom('scim_tokens')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('scim_id', '=', scimId);
  const order = { columns: { created_at: 'created_at' }, tie: 'id', fallback: 'created_at_asc' } as const;
  return fetchPage(storage, query, request, order);
}

/** @throws ApiError `not_found` */
export async function getScimToken(db: Storage['db'], scope: Authorized, id: string): Promise<ScimTokenRow> {
  const row = await db
    .selectFrom('scim_tokens')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('scim_token', id);
  return row;
}

/** How many have not ended. */
export async function countScimTokens({ db, scope, now }: Change, scimId: string): Promise<number> {
  const { active } = await db
    .selectFrom('scim_tokens')
    .select(({ fn }) => fn.countAll<number>().as('active'))
    .where('organization_id', '=', scope.organizationId)
    .where('scim_id', '=', scimId)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return active;
}

export async function insertScimToken(
  { db, scope, now }: Change,
  token: Omit<ScimTokenRow, 'organization_id' | 'created_at'>,
): Promise<void> {
  await db
    .insertInto('scim_tokens')
    .values({ ...token, organization_id: scope.organizationId, created_at: now })
    .execute();
}

export async function deleteScimToken({ db, scope }: Change, id: string): Promise<void> {
  await db.deleteFrom('scim_tokens').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
