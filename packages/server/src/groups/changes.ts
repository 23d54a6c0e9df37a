import { rulesOf } from '@bailiwick/authz';
import { alreadyExists, preconditionFailed } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Change, Context, RequestedChange } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { assertExist } from '../storage/existence.ts';
import { insertMembers, type Members } from './members.ts';
import { findGroupName, type GroupRow, getGroup, insertGroup, type NewGroup, updateGroup } from './store.ts';

/** What changes of groups are made of, whoever asks for them: a client of the API, or a directory. */

/** @returns its id. @throws ApiError `quotas_exceeded`, `already_exists` */
export async function makeGroup(context: Context, change: Change, group: Omit<NewGroup, 'id'>): Promise<string> {
  await assertQuota(context, change, 'iam_groups');
  await assertNameIsFree(change, group.name);
  const id = context.ids.uuid();
  await insertGroup(change, { id, ...group });
  return id;
}

/** @throws ApiError `already_exists` */
export async function changeGroup(change: Change, id: string, changes: Partial<Omit<NewGroup, 'id'>>): Promise<void> {
  if (changes.name !== undefined) await assertNameIsFree(change, changes.name, id);
  await updateGroup(change, id, changes);
}

/** Puts members into a group beside those it has. @throws ApiError `not_found`, `permissions_denied` */
export async function putMembers(
  context: Context,
  change: RequestedChange,
  id: string,
  { userIds, applicationIds }: Members,
): Promise<void> {
  if (userIds.length + applicationIds.length > 0)
    await assertNoEscalation(context, change, (organization) => rulesOf(organization, id));
  await assertExist(change.db, change.scope, 'users', userIds);
  await assertExist(change.db, change.scope, 'applications', applicationIds);
  await insertMembers(change, id, { userIds, applicationIds });
}

/** @throws ApiError `not_found`, or `precondition_failed` for a group whose members are computed */
export async function getEditableGroup(change: Change, id: string): Promise<GroupRow> {
  const group = await getGroup(change.db, change.scope, id);
  if (!group.editable)
    throw preconditionFailed('managed_resource', 'this group belongs to the platform: it cannot be changed');
  return group;
}

/** @throws ApiError `already_exists` unless no other group has the name */
async function assertNameIsFree(change: Change, name: string, forGroup?: string): Promise<void> {
  const holder = await findGroupName(change.db, change.scope, name);
  if (holder === undefined || holder === forGroup) return;
  throw alreadyExists('group', holder, `a group is called ${JSON.stringify(name)} already: choose another name`);
}
