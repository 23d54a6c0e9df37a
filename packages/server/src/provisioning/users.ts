import { alreadyExists } from '@bailiwick/contract';
import type { Change, Context, Handler, RequestedChange } from '../context.ts';
import { addMember, changeProfile, lockMember, renameUser, unlockMember } from '../users/members.ts';
import { deleteUser, updateUser } from '../users/store.ts';
import { addressOf } from './address.ts';
import { findUserNamed, nameUser } from './external-ids.ts';
import { filterOf, toList, windowOf } from './lists.ts';
import { readPatch } from './patch.ts';
import { invalidValue } from './refusal.ts';
import { onlyShown } from './shown.ts';
import { findMembers, getVisibleMember, type NamedUser } from './store.ts';
import { changeIfAny } from './unchanged.ts';
import { type Edits, editsIn, editsOf, type Profile } from './user-edits.ts';
import { edited, newProfile, profileOf, toScimUser, unsaidInPut } from './user-form.ts';

const filterable = {
  id: 'id',
  username: 'userName',
  externalid: 'externalId',
  emails: 'email',
  'emails.value': 'email',
} as const;

export const list: Handler<'scimUsers.list'> = async (context, { scim_id: scimId, filter, ...asked }) => {
  const { storage, scope } = context;
  const window = windowOf(asked);
  const wanted = filterOf(filter, filterable);
  const { rows, total } = wanted === null ? { rows: [], total: 0 } : await findMembers(storage, scope, wanted, window);
  const address = addressOf(context, scimId);
  const users = rows.map((row) => onlyShown(toScimUser(row, address), asked));
  return toList(users, total, window);
};

export const get: Handler<'scimUsers.get'> = async (context, { scim_id: scimId, id, ...shown }) => {
  const row = await getVisibleMember(context.storage.db, context.scope, id);
  return onlyShown(toScimUser(row, addressOf(context, scimId)), shown);
};

/** No mail is sent: who comes from a directory signs in by an identity provider, or asks for a code or a password. */
export const create: Handler<'scimUsers.create'> = (context, { scim_id: scimId, document, ...shown }) => {
  const profile = newProfile(editsIn(document));
  const { userName: username, email, givenName, familyName, phoneNumber, locale, externalId, active } = profile;
  return context.change(async (change) => {
    await assertExternalIdIsFree(change, externalId);
    const id = await addMember(context, change, {
      status: 'activated',
      email,
      username,
      first_name: givenName,
      last_name: familyName,
      phone_number: phoneNumber,
      locale,
      password_hash: null,
      tags: [],
    });
    if (externalId !== null) await nameUser(change, id, externalId);
    if (!active) await updateUser(change, id, { locked: true }, change.now);
    change.touches(id, 'users.create');
    const made = await getVisibleMember(change.db, change.scope, id);
    // `meta` says where it is, whatever else is asked for.
    const whole = toScimUser(made, addressOf(context, scimId));
    return { ...onlyShown(whole, shown), meta: whole.meta };
  });
};

export const replace: Handler<'scimUsers.replace'> = (context, { scim_id: scimId, id, document, ...shown }) => {
  const edits = { ...unsaidInPut, ...editsIn(document, id) };
  if (edits.userName === undefined) throw invalidValue('userName must have a value');
  return apply(context, id, edits, (row) => onlyShown(toScimUser(row, addressOf(context, scimId)), shown));
};

export const patch: Handler<'scimUsers.patch'> = (context, { scim_id: scimId, id, document, ...shown }) =>
  apply(context, id, editsOf(readPatch(document), id), (row) =>
    onlyShown(toScimUser(row, addressOf(context, scimId)), shown),
  );

export const remove: Handler<'scimUsers.delete'> = (context, { id }) =>
  context.change(async (change) => {
    const { id: memberId } = await getVisibleMember(change.db, change.scope, id);
    await deleteUser(change, memberId);
    change.touches(memberId, 'users.delete');
    return undefined;
  });

const apply = <T>(context: Context, id: string, edits: Edits, answer: (row: NamedUser) => T): Promise<T> =>
  changeIfAny(context, async (change) => {
    const before = await getVisibleMember(change.db, change.scope, id);
    const wanted = edited(profileOf(before), edits);
    const isChanged = await become(context, change, before, wanted);
    return { isChanged, result: answer(await getVisibleMember(change.db, change.scope, id)) };
  });

/** Makes a member what it is to be, by what clients of the API would have asked for. @returns false where it is so */
async function become(context: Context, change: RequestedChange, before: NamedUser, wanted: Profile): Promise<boolean> {
  const { id } = before;
  const profile = differences(before, wanted);
  const isRenamed = wanted.userName !== before.username;
  const isSwitched = wanted.active !== (before.locked === 0);
  const isNamed = wanted.externalId !== before.external_id;
  const isEdited = isNamed || Object.keys(profile).length > 0;
  if (!isRenamed && !isSwitched && !isEdited) return false;
  if (isNamed) {
    await assertExternalIdIsFree(change, wanted.externalId, id);
    await nameUser(change, id, wanted.externalId);
  }
  if (isRenamed) await renameUser(change, id, wanted.userName, change.now);
  if (isEdited) await changeProfile(context, change, before, profile);
  if (isSwitched && wanted.active) await unlockMember(change, id);
  if (isSwitched && !wanted.active) await lockMember(context, change, before);
  if (isEdited) change.touches(id, 'users.update');
  else if (isSwitched) change.touches(id, wanted.active ? 'users.unlock' : 'users.lock');
  else change.touches(id, 'users.updateUsername');
  return true;
}

function differences(before: NamedUser, wanted: Profile) {
  return {
    ...(wanted.email !== before.email && { email: wanted.email }),
    ...(wanted.givenName !== before.first_name && { first_name: wanted.givenName }),
    ...(wanted.familyName !== before.last_name && { last_name: wanted.familyName }),
    ...(wanted.phoneNumber !== before.phone_number && { phone_number: wanted.phoneNumber }),
    ...(wanted.locale !== before.locale && { locale: wanted.locale }),
  };
}

/** @throws ApiError `already_exists` */
async function assertExternalIdIsFree(change: Change, externalId: string | null, forUser?: string): Promise<void> {
  const holder = externalId === null ? undefined : await findUserNamed(change, externalId);
  if (holder === undefined || holder === forUser) return;
  throw alreadyExists('user', holder, `another user has the externalId ${JSON.stringify(externalId)}`);
}
