import { formatTimestamp, preconditionFailed } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { readTags } from '../storage/tags.ts';
import {
  type ApplicationRow,
  deleteApplication,
  getApplication,
  insertApplication,
  listApplications,
  updateApplication,
} from './store.ts';

export const list: Handler<'applications.list'> = async ({ storage, scope }, input) => {
  const { rows, total } = await listApplications(storage, scope, input);
  return { applications: rows.map(toApplication), total_count: total };
};

export const create: Handler<'applications.create'> = (context, { name, description = '', tags = [] }) =>
  context.change(async (change) => {
    await assertQuota(context, change, 'iam_applications');
    const id = context.ids.uuid();
    await insertApplication(change, { id, name, description, tags });
    change.touches(id);
    return toApplication(await getApplication(change.db, change.scope, id));
  });

export const get: Handler<'applications.get'> = async ({ storage, scope }, { application_id: id }) =>
  toApplication(await getApplication(storage.db, scope, id));

export const update: Handler<'applications.update'> = (context, { application_id: id, ...changes }) =>
  context.change(async (change) => {
    const application = await getApplication(change.db, change.scope, id);
    if (!application.editable) throw preconditionFailed('managed_resource', 'this application cannot be changed');
    await updateApplication(change, id, changes);
    change.touches(id);
    return toApplication(await getApplication(change.db, change.scope, id));
  });

export const remove: Handler<'applications.delete'> = (context, { application_id: id }) =>
  context.change(async (change) => {
    const application = await getApplication(change.db, change.scope, id);
    if (!application.deletable) throw preconditionFailed('managed_resource', 'this application cannot be deleted');
    await deleteApplication(change, id);
    change.touches(id);
    return undefined;
  });

function toApplication(row: ApplicationRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    organization_id: row.organization_id,
    editable: row.editable === 1,
    deletable: row.deletable === 1,
    managed: row.managed === 1,
    nb_api_keys: row.nb_api_keys,
    tags: readTags(row.tags),
  };
}
