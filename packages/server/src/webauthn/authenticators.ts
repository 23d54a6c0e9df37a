import { formatTimestamp } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { assertMayWeaken } from '../second-factors/owner.ts';
import { showSecondFactors } from '../second-factors/second-factors.ts';
import { getUser } from '../users/store.ts';
import {
  type AuthenticatorRow,
  deleteAuthenticator,
  getAuthenticator,
  listAuthenticators,
  renameAuthenticator,
} from './store.ts';

export const list: Handler<'webauthn.list'> = async ({ storage, scope }, { user_id: id, ...request }) => {
  await getUser(storage.db, scope, id);
  const { rows, total } = await listAuthenticators(storage, scope, id, request);
  return { authenticators: rows.map((row) => toAuthenticator(row)), total_count: total };
};

export const update: Handler<'webauthn.update'> = (context, { authenticator_id: id, authenticator_name: name }) =>
  context.change(async (change) => {
    const before = await getAuthenticator(change.db, change.scope, id);
    if (name !== undefined) await renameAuthenticator(change, id, name);
    change.touches(before.user_id);
    return toAuthenticator({ ...before, name: name ?? before.name });
  });

/** Also by those who manage users, for whom has lost it. */
export const remove: Handler<'webauthn.delete'> = (context, { authenticator_id: id }) =>
  context.change(async (change) => {
    const { user_id: userId } = await getAuthenticator(change.db, change.scope, id);
    assertMayWeaken(context, await getUser(change.db, change.scope, userId));
    await deleteAuthenticator(change, id);
    await showSecondFactors(change, userId);
    change.touches(userId);
    return undefined;
  });

function toAuthenticator({ id, name, created_at: createdAt, last_login_at: lastLoginAt }: AuthenticatorRow) {
  return {
    id,
    name,
    created_at: formatTimestamp(createdAt),
    last_login_at: lastLoginAt === null ? null : formatTimestamp(lastLoginAt),
  };
}
