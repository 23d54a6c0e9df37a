import { formatTimestamp, notFound } from '@bailiwick/contract';
import type { Change, Context, Handler, RequestedChange } from '../context.ts';
import { readTags } from '../storage/tags.ts';
import { changeGroup, getEditableGroup, makeGroup, putMembers } from './changes.ts';
import { deleteMember, deleteMembers, type Members, readMembers } from './members.ts';
import { deleteGroup, type GroupRow, getGroup, listGroups } from './store.ts';

export const list: Handler<'groups.list'> = ({ storage, scope }, input) =>
  storage.snapshot(async (db) => {
    const { rows, total } = await listGroups({ ...storage, db }, scope, input);
    const members = await readMembers(db, scope, rows);
    return { groups: rows.map((row) => toGroup(row, members.get(row.id))), total_count: total };
  });

export const create: Handler<'groups.create'> = (context, { name, description = '', tags = [] }) =>
  context.change(async (change) => {
    const id = await makeGroup(context, change, { name, description, tags });
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
    await changeGroup(change, id, changes);
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

async function add(context: Context, change: RequestedChange, id: string, members: Members) {
  await putMembers(context, change, id, members);
  return changed(change, id);
}

/** The group as it is now, for the answer to a change of it. */
async function changed(change: Change, id: string) {
  change.touches(id);
  const group = await getGroup(change.db, change.scope, id);
  const members = await readMembers(change.db, change.scope, [group]);
  return toGroup(group, members.get(id));
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
