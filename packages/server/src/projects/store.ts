import { notFound } from '@bailiwick/contract';
import type { Authorized } from '../http/authorize.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * The project exists in this organization.
 *
 * @throws ApiError `not_found`, naming the resource `project_id` as the account API does
 */
export async function assertProject(db: Storage['db'], scope: Authorized, id: string): Promise<void> {
  const row = await db
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('project_id', id);
}
