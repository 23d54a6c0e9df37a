import { notFound } from '@bailiwick/contract';
import type { Authorized } from '../authorization/authorized.ts';
import { idChunks } from './chunks.ts';
import type { Storage } from './storage.ts';

/** What is looked for, and the word for it in errors; the account API says `project_id` for a project. */
const resources = {
  users: 'user',
  applications: 'application',
  groups: 'group',
  policies: 'policy',
  projects: 'project_id',
} as const;

/**
 * All of them exist in this organization.
 *
 * @throws ApiError `not_found` for the first that does not
 */
export async function assertExist(
  db: Storage['db'],
  scope: Authorized,
  table: keyof typeof resources,
  ids: readonly string[],
): Promise<void> {
  const known = new Set<string>();
  for (const chunk of idChunks(ids)) {
    const rows = await db
      .selectFrom(table)
      .select('id')
      .where('organization_id', '=', scope.organizationId)
      .where('id', 'in', chunk)
      .execute();
    for (const { id } of rows) known.add(id);
  }
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw notFound(resources[table], unknown);
}
