import { alreadyExists, formatTimestamp, notFound } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { deleteScim, findScim, getScim, insertScim, type ScimRow } from './store.ts';

export const get: Handler<'scim.get'> = async ({ storage, scope }) => {
  const row = await findScim(storage.db, scope);
  if (!row) throw notFound('organization_scim', scope.organizationId);
  return toScim(row);
};

export const enable: Handler<'scim.enable'> = (context) =>
  context.change(async (change) => {
    const { organizationId } = change.scope;
    if (await findScim(change.db, change.scope))
      throw alreadyExists('organization_scim', organizationId, 'SCIM is enabled already');
    const id = context.ids.uuid();
    await insertScim(change, id);
    change.touches(id);
    return toScim(await getScim(change.db, change.scope, id));
  });

/** What was provisioned stays. */
export const remove: Handler<'scim.delete'> = (context, { scim_id: id }) =>
  context.change(async (change) => {
    await getScim(change.db, change.scope, id);
    await deleteScim(change, id);
    change.touches(id);
    return undefined;
  });

const toScim = ({ id, created_at }: ScimRow) => ({ id, created_at: formatTimestamp(created_at) });
