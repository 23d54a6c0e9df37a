import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { ScimTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type ScimRow = Selectable<ScimTable>;

/** The configuration of the organization, if it has one. */
export async function findScim(db: Storage['db'], scope: Authorized): Promise<ScimRow | undefined> {
  return db.selectFrom('scim').selectAll().where('organization_id', '=', scope.organizationId).executeTakeFirst();
}

/** @throws ApiError `not_found` */
export async function getScim(db: Storage['db'], scope: Authorized, id: string): Promise<ScimRow> {
  const row = await findScim(db, scope);
  if (row?.id !== id) throw notFound('scim', id);
  return row;
}

export async function insertScim({ db, scope, now }: Change, id: string): Promise<void> {
  await db.insertInto('scim').values({ id, organization_id: scope.organizationId, created_at: now }).execute();
}

/** Its tokens go with it, and what the directory called users and groups: another one has names of its own. */
export async function deleteScim({ db, scope }: Change, id: string): Promise<void> {
  for (const table of ['scim_users', 'scim_groups'] as const)
    await db.deleteFrom(table).where('organization_id', '=', scope.organizationId).execute();
  await db.deleteFrom('scim').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
