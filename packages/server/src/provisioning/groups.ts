import { alreadyExists, formatTimestamp } from '@bailiwick/contract';
import type { Change, Context, Handler, RequestedChange } from '../context.ts';
import { changeGroup, makeGroup, putMembers } from '../groups/changes.ts';
import { deleteUsers } from '../groups/members.ts';
import { deleteGroup } from '../groups/store.ts';
import type { Storage } from '../storage/storage.ts';
import { addressOf } from './address.ts';
import { findGroupNamed, nameGroup } from './external-ids.ts';
import { type GroupEdits, groupEditsIn, groupEditsOf } from './group-edits.ts';
import { filterOf, toList, windowOf } from './lists.ts';
import { readPatch } from './patch.ts';
import { invalidValue, shownValue } from './refusal.ts';
import { isShown, onlyShown, type Shown } from './shown.ts';
import {
  findGroups,
  getVisibleGroup,
  insideAmong,
  type MemberRow,
  membersAmong,
  membersOf,
  type NamedGroup,
} from './store.ts';
import { changeIfAny } from './unchanged.ts';

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const filterable = {
  id: 'id',
  displayname: 'displayName',
  externalid: 'externalId',
  members: 'member',
  'members.value': 'member',
} as const;

export const list: Handler<'scimGroups.list'> = (context, { scim_id: scimId, filter, ...asked }) => {
  const window = windowOf(asked);
  const wanted = filterOf(filter, filterable);
  return context.storage.snapshot(async (db) => {
    const storage = { ...context.storage, db };
    const { rows, total } =
      wanted === null ? { rows: [], total: 0 } : await findGroups(storage, context.scope, wanted, window);
    return toList(await toScimGroups(context, db, rows, { scimId, ...asked }), total, window);
  });
};

export const get: Handler<'scimGroups.get'> = (context, { id, ...asked }) =>
  context.storage.snapshot((db) => shownGroup(context, db, id, asked));

export const create: Handler<'scimGroups.create'> = (context, { document, ...asked }) => {
  const { displayName: name = '', externalId = null, added } = groupEditsIn(document);
  return context.change(async (change) => {
    await assertExternalIdIsFree(change, externalId);
    const id = await makeGroup(context, change, { name, description: '', tags: [] });
    if (externalId !== null) await nameGroup(change, id, externalId);
    await assertMembers(change, [...added]);
    await putMembers(context, change, id, { userIds: [...added], applicationIds: [] });
    change.touches(id, 'groups.create');
    const { meta } = await shownGroup(context, change.db, id, { scim_id: asked.scim_id, attributes: 'meta' });
    return { ...(await shownGroup(context, change.db, id, asked)), ...(meta && { meta }) };
  });
};

export const replace: Handler<'scimGroups.replace'> = (context, { id, document, ...asked }) =>
  apply(context, id, groupEditsIn(document, id), (change) => shownGroup(context, change.db, id, asked));

/** Answers with the group where `attributes` asks for any (RFC 7644, section 3.5.2): it may have thousands of members. */
export const patch: Handler<'scimGroups.patch'> = (context, { id, document, ...asked }) =>
  apply(context, id, groupEditsOf(readPatch(document), id), async (change) =>
    asked.attributes === undefined ? undefined : shownGroup(context, change.db, id, asked),
  );

export const remove: Handler<'scimGroups.delete'> = (context, { id }) =>
  context.change(async (change) => {
    const group = await getVisibleGroup(change.db, change.scope, id);
    await deleteGroup(change, group.id);
    change.touches(group.id, 'groups.delete');
    return undefined;
  });

const apply = <T>(
  context: Context,
  id: string,
  edits: GroupEdits,
  answer: (change: Change) => Promise<T>,
): Promise<T> =>
  changeIfAny(context, async (change) => {
    const isChanged = await become(context, change, await getVisibleGroup(change.db, change.scope, id), edits);
    return { isChanged, result: await answer(change) };
  });

/** Makes a group what it is to be. @returns false where it is so */
async function become(
  context: Context,
  change: RequestedChange,
  { id, name, external_id: externalIdBefore }: NamedGroup,
  edits: GroupEdits,
): Promise<boolean> {
  const { displayName = name, externalId = externalIdBefore } = edits;
  const { joining, leaving } = await movesOf(change, id, edits);
  const isNamed = externalId !== externalIdBefore;
  const isEdited = isNamed || displayName !== name;
  if (!isEdited && joining.length + leaving.length === 0) return false;
  if (isNamed) {
    await assertExternalIdIsFree(change, externalId, id);
    await nameGroup(change, id, externalId);
  }
  if (isEdited) await changeGroup(change, id, displayName === name ? {} : { name: displayName });
  await deleteUsers(change, id, leaving);
  if (joining.length > 0) await putMembers(context, change, id, { userIds: joining, applicationIds: [] });
  if (isEdited) change.touches(id, 'groups.update');
  else if (leaving.length === 0) change.touches(id, 'groups.addMembers');
  else change.touches(id, joining.length === 0 ? 'groups.removeMember' : 'groups.setMembers');
  return true;
}

/** Who comes and who goes. Only where everybody else goes, everybody is looked at. */
async function movesOf(change: Change, id: string, { emptied, added, removed }: GroupEdits) {
  const wanted = [...added];
  await assertMembers(change, wanted);
  const inside = emptied
    ? new Set((await membersOf(change.db, change.scope, [id])).map((member) => member.id))
    : await insideAmong(change, id, [...wanted, ...(await membersAmong(change.db, change.scope, [...removed]))]);
  return {
    joining: wanted.filter((each) => !inside.has(each)),
    leaving: [...inside].filter((each) => !added.has(each)),
  };
}

/** @throws ScimError `invalidValue` for whom the directory cannot see */
async function assertMembers({ db, scope }: Change, ids: readonly string[]): Promise<void> {
  const known = await membersAmong(db, scope, ids);
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw invalidValue(`there is no user ${shownValue(unknown)} that could be a member`);
}

/** @throws ApiError `already_exists` */
async function assertExternalIdIsFree(change: Change, externalId: string | null, forGroup?: string): Promise<void> {
  const holder = externalId === null ? undefined : await findGroupNamed(change, externalId);
  if (holder === undefined || holder === forGroup) return;
  throw alreadyExists('group', holder, `another group has the externalId ${JSON.stringify(externalId)}`);
}

type Asked = Shown & { readonly scim_id: string };

async function shownGroup(context: Context, db: Storage['db'], id: string, asked: Asked) {
  const group = await getVisibleGroup(db, context.scope, id);
  const [shown] = await toScimGroups(context, db, [group], { scimId: asked.scim_id, ...asked });
  if (!shown) throw new Error('a group that is there was not shown');
  return shown;
}

async function toScimGroups(
  context: Context,
  db: Storage['db'],
  rows: readonly NamedGroup[],
  asked: Shown & { readonly scimId: string },
) {
  const address = addressOf(context, asked.scimId);
  // Directories ask for groups without their members, who may be many.
  const ids = isShown(asked, 'members') ? rows.map(({ id }) => id) : [];
  const members = Map.groupBy(await membersOf(db, context.scope, ids), ({ groupId }) => groupId);
  return rows.map((row) => onlyShown(toScimGroup(row, members.get(row.id) ?? [], address), asked));
}

function toScimGroup(row: NamedGroup, members: readonly MemberRow[], address: string) {
  return {
    schemas: [groupSchema],
    id: row.id,
    ...(row.external_id !== null && { externalId: row.external_id }),
    displayName: row.name,
    members: members.map(({ id }) => ({
      value: id,
      $ref: `${address}/Users/${id}`,
      type: 'User',
    })),
    meta: {
      resourceType: 'Group',
      created: formatTimestamp(row.created_at),
      lastModified: formatTimestamp(row.updated_at),
      location: `${address}/Groups/${row.id}`,
    },
  };
}
