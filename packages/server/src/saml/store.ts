import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { SamlTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type SamlRow = Selectable<SamlTable>;

/** The configuration of the organization, if it has one. */
export async function findSaml(db: Storage['db'], scope: Authorized): Promise<SamlRow | undefined> {
  return db.selectFrom('saml').selectAll().where('organization_id', '=', scope.organizationId).executeTakeFirst();
}

/** The configuration with this id, of whichever organization: for those who come from an identity provider. */
export async function findSamlById(db: Storage['db'], id: string): Promise<SamlRow | undefined> {
  return db.selectFrom('saml').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @throws ApiError `not_found` that names the organization */
export async function getOrganizationSaml(db: Storage['db'], scope: Authorized): Promise<SamlRow> {
  const row = await findSaml(db, scope);
  if (!row) throw notFound('organization_saml', scope.organizationId);
  return row;
}

/** @throws ApiError `not_found` */
export async function getSaml(db: Storage['db'], scope: Authorized, id: string): Promise<SamlRow> {
  const row = await db
    .selectFrom('saml')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('saml', id);
  return row;
}

export async function insertSaml({ db, scope, now }: Change, id: string): Promise<void> {
  await db
    .insertInto('saml')
    .values({
      id,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      entity_id: '',
      single_sign_on_url: '',
    })
    .execute();
}

export async function updateSaml(
  { db, scope, now }: Change,
  id: string,
  changes: { readonly entity_id?: string; readonly single_sign_on_url?: string },
): Promise<void> {
  await db
    .updateTable('saml')
    .set({ ...changes, updated_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}

/** Its certificates go with it, and sign-ins that wait for what it names. */
export async function deleteSaml({ db, scope }: Change, id: string): Promise<void> {
  await db
    .deleteFrom('sign_in_attempts')
    .where('organization_id', '=', scope.organizationId)
    .where('saml_id', '=', id)
    .execute();
  await db.deleteFrom('saml').where('organization_id', '=', scope.organizationId).where('id', '=', id).execute();
}
