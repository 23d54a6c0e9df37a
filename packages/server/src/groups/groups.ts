import { rulesOf } from '@bailiwick/authz';
import { alreadyExists, formatTimestamp, notFound, preconditionFailed } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Change, Context, Handler, RequestedChange } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { assertExist } from '../storage/existence.ts';
import { readTags } from '../storage/tags.ts';
import { deleteMember, deleteMembers, insertMembers, type Members, readMembers } from './members.ts';
import { deleteGroup, findGroupName, type GroupRow, getGroup, insertGroup, listGroups, updateGroup } from './store.ts';

export const list: Handler<'groups.list'> = ({ storage, scope }, input) =>
  storage.snapshot(async (db) => {
    const { rows, total } = await listGroups({ ...storage, db }, scope, input);
    const members = await readMembers(db, scope, rows);
    return { groups: rows.map((row) => toGroup(row, members.get(row.id))), total_count: total };
  });

export const create: Handler<'groups.create'> = (context, { name, description = '', tags = [] }) =>
  context.change(async (change) => {
    await assertQuota(context, change, 'iam_groups');
    await assertNameIsFree(change, name);
    const id = context.ids.uuid();
    await insertGroup(change, { id, name, description, tags });
    return changed(change, id);
  });

export const get: Handler<'groups.get'> = ({ storage, scope }, { group_id: id }) =>
  storage.snapshot(async (db) => {
    const group = await getGroup(db, scope, id);
    const members = await readMembers(db, scope, [group]);
    return toGroup(group, members.get(id));
  });

export const update: Handler<'groups.update'> = (context, { group_id: id, ...changes }) =>
  context.change(async (change) => {
    await getEditableGroup(change, id);
    if (changes.name !== undefined) await assertNameIsFree(change, changes.name, id);
    await updateGroup(change, id, changes);
    return changed(change, id);
  });

export const remove: Handler<'groups.delete'> = (context, { group_id: id }) =>
  context.change(async (change) => {
    await getEditableGroup(change, id);
    await deleteGroup(change, id);
    change.touches(id);
    return undefined;
  });

export const setMembers: Handler<'groups.setMembers'> = (
  context,
  { group_id: id, user_ids: userIds = [], application_ids: applicationIds = [] },
) =>
  context.change(async (change) => {
    await getEditableGroup(change, id);
    await deleteMembers(change, id);
    return add(context, change, id, { userIds, applicationIds });
  });

export const addMembers: Handler<'groups.addMembers'> = (
  context,
  { group_id: id, user_ids: userIds = [], application_ids: applicationIds = [] },
) => addToGroup(context, id, { userIds, applicationIds });

export const addMember: Handler<'groups.addMember'> = (
  context,
  { group_id: id, user_id: userId, application_id: applicationId },
) =>
  addToGroup(context, id, {
    userIds: userId === undefined ? [] : [userId],
    applicationIds: applicationId === undefined ? [] : [applicationId],
  });

export const removeMember: Handler<'groups.removeMember'> = (
  context,
  { group_id: id, user_id: userId, application_id: applicationId },
) =>
  context.change(async (change) => {
    await getEditableGroup(change, id);
    const column = userId === undefined ? 'application_id' : 'user_id';
    const memberId = userId ?? applicationId ?? '';
    // The real service names no resource here (docs/wire.md).
    if (!(await deleteMember(change, id, { column, id: memberId }))) throw notFound('', memberId);
    return changed(change, id);
  });

const addToGroup = (context: Context, id: string, members: Members) =>
  context.change(async (change) => {
    await getEditableGroup(change, id);
    return add(context, change, id, members);
  });

async function add(context: Context, change: RequestedChange, id: string, { userIds, applicationIds }: Members) {
  if (userIds.length + applicationIds.length > 0)
    await assertNoEscalation(context, change, (organization) => rulesOf(organization, id));
  await assertExist(change.db, change.scope, 'users', userIds);
  await assertExist(change.db, change.scope, 'applications', applicationIds);
  await insertMembers(change, id, { userIds, applicationIds });
  return changed(change, id);
}

/** The group as it is now, for the answer to a change of it. */
async function changed(change: Change, id: string) {
  change.touches(id);
  const group = await getGroup(change.db, change.scope, id);
  const members = await readMembers(change.db, change.scope, [group]);
  return toGroup(group, members.get(id));
}

/** @throws ApiError `not_found`, or `precondition_failed` for a group whose members are computed */
async function getEditableGroup(change: Change, id: string): Promise<GroupRow> {
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

function toGroup(row: GroupRow, members: Members = { userIds: [], applicationIds: [] }) {
  return {
    id: row.id,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    organization_id: row.organization_id,
    name: row.name,
    description: row.description,
    user_ids: [...members.userIds],
    application_ids: [...members.applicationIds],
    tags: readTags(row.tags),
    editable: row.editable === 1,
    deletable: row.deletable === 1,
    managed: row.managed === 1,
    all_users: row.kind === 'all_users',
    all_applications: row.kind === 'all_applications',
  };
}
