import { notFound } from '@bailiwick/contract';
import type { Selectable, Updateable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { OrganizationTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type OrganizationRow = Selectable<OrganizationTable>;

/** @throws ApiError `not_found` */
export async function getOrganization(db: Storage['db'], scope: Authorized): Promise<OrganizationRow> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', scope.organizationId)
    .executeTakeFirst();
  if (!row) throw notFound('organization', scope.organizationId);
  return row;
}

/** The organization that has an alias, if any has. */
export async function findAlias(db: Storage['db'], alias: string): Promise<string | undefined> {
  const row = await db.selectFrom('organizations').select('id').where('alias', '=', alias).executeTakeFirst();
  return row?.id;
}

export async function updateOrganization({ db, scope }: Change, changes: Updateable<OrganizationTable>): Promise<void> {
  await db.updateTable('organizations').set(changes).where('id', '=', scope.organizationId).execute();
}
