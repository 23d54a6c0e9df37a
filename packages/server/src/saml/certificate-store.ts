import { notFound } from '@bailiwick/contract';
import type { Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { SamlCertificateTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type SamlCertificateRow = Selectable<SamlCertificateTable>;

export async function listCertificates(
  db: Storage['db'],
  scope: Authorized,
  samlId: string,
): Promise<readonly SamlCertificateRow[]> {
  return db
    .selectFrom('saml_certificates')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('saml_id', '=', samlId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** @throws ApiError `not_found` */
export async function getCertificate(db: Storage['db'], scope: Authorized, id: string): Promise<SamlCertificateRow> {
  const row = await db
    .selectFrom('saml_certificates')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('saml_certificate', id);
  return row;
}

export async function insertCertificate(
  { db, scope, now }: Change,
  certificate: Omit<SamlCertificateRow, 'organization_id' | 'created_at'>,
): Promise<void> {
  await db
    .insertInto('saml_certificates')
    .values({ ...certificate, organization_id: scope.organizationId, created_at: now })
    .execute();
}

export async function deleteCertificate({ db, scope }: Change, id: string): Promise<void> {
  await db
    .deleteFrom('saml_certificates')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .execute();
}
