import type { Authorized } from '../authorization/authorized.ts';
import { idChunks } from '../storage/chunks.ts';
import type { Storage } from '../storage/storage.ts';

/** Names of groups by their ids. */
export function namesOfGroups(
  db: Storage['db'],
  scope: Authorized,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return namesIn(db, scope, 'groups', 'name', ids);
}

/** Names of projects by their ids. */
export function namesOfProjects(
  db: Storage['db'],
  scope: Authorized,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return namesIn(db, scope, 'projects', 'name', ids);
}

export async function nameOfOrganization(db: Storage['db'], { organizationId }: Authorized): Promise<string> {
  const row = await db.selectFrom('organizations').select('name').where('id', '=', organizationId).executeTakeFirst();
  return row?.name ?? '';
}

/** Usernames of users and names of applications by their ids. */
export async function namesOfPrincipals(
  db: Storage['db'],
  scope: Authorized,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const users = await namesIn(db, scope, 'users', 'username', ids);
  const applications = await namesIn(db, scope, 'applications', 'name', ids);
  return new Map([...users, ...applications]);
}

async function namesIn(
  db: Storage['db'],
  scope: Authorized,
  table: 'groups' | 'users' | 'applications' | 'projects',
  column: 'name' | 'username',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const chunk of idChunks(ids)) {
    const rows = await db
      .selectFrom(table)
      .select(({ ref }) => ['id', ref(column as 'name').as('name')])
      .where('organization_id', '=', scope.organizationId)
      .where('id', 'in', chunk)
      .execute();
    for (const { id, name } of rows) names.set(id, name);
  }
  return names;
}
