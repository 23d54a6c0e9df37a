import type { Change } from '../context.ts';

/** Whom the directory calls so. */
export async function findUserNamed(
  { db, scope }: Pick<Change, 'db' | 'scope'>,
  externalId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('scim_users')
    .select('user_id')
    .where('organization_id', '=', scope.organizationId)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  return row?.user_id;
}

export async function findGroupNamed(
  { db, scope }: Pick<Change, 'db' | 'scope'>,
  externalId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('scim_groups')
    .select('group_id')
    .where('organization_id', '=', scope.organizationId)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  return row?.group_id;
}

/** Keeps what the directory calls a user, or forgets it. */
export async function nameUser({ db, scope }: Change, userId: string, externalId: string | null): Promise<void> {
  const { organizationId: organization_id } = scope;
  await db
    .deleteFrom('scim_users')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', userId)
    .execute();
  if (externalId === null) return;
  await db.insertInto('scim_users').values({ organization_id, user_id: userId, external_id: externalId }).execute();
}

export async function nameGroup({ db, scope }: Change, groupId: string, externalId: string | null): Promise<void> {
  const { organizationId: organization_id } = scope;
  await db
    .deleteFrom('scim_groups')
    .where('organization_id', '=', organization_id)
    .where('group_id', '=', groupId)
    .execute();
  if (externalId === null) return;
  await db.insertInto('scim_groups').values({ organization_id, group_id: groupId, external_id: externalId }).execute();
}
