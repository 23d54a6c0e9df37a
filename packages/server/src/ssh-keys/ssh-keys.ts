import { formatTimestamp } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { assertExist } from '../storage/existence.ts';
import { parsePublicKey } from './public-key.ts';
import { deleteSshKey, getSshKey, insertSshKey, listSshKeys, type SshKeyRow, updateSshKey } from './store.ts';

export const list: Handler<'sshKeys.list'> = async ({ storage, scope }, input) => {
  const { rows, total } = await listSshKeys(storage, scope, input);
  return { ssh_keys: rows.map(toSshKey), total_count: total };
};

/** The same key may be added twice: recorded so (docs/wire.md). */
export const create: Handler<'sshKeys.create'> = async (
  context,
  { name = '', public_key: line, project_id: projectId },
) => {
  const { publicKey, fingerprint } = parsePublicKey(line);
  return context.change(async (change) => {
    await assertExist(change.db, change.scope, 'projects', [projectId]);
    await assertQuota(context, change, 'iam_ssh_keys');
    const id = context.ids.uuid();
    await insertSshKey(change, { id, name, public_key: publicKey, fingerprint, project_id: projectId });
    change.touches(id);
    return toSshKey(await getSshKey(change.db, change.scope, id));
  });
};

export const get: Handler<'sshKeys.get'> = async ({ storage, scope }, { ssh_key_id: id }) =>
  toSshKey(await getSshKey(storage.db, scope, id));

export const update: Handler<'sshKeys.update'> = (context, { ssh_key_id: id, ...changes }) =>
  context.change(async (change) => {
    await getSshKey(change.db, change.scope, id);
    await updateSshKey(change, id, changes);
    change.touches(id);
    return toSshKey(await getSshKey(change.db, change.scope, id));
  });

export const remove: Handler<'sshKeys.delete'> = (context, { ssh_key_id: id }) =>
  context.change(async (change) => {
    await getSshKey(change.db, change.scope, id);
    await deleteSshKey(change, id);
    change.touches(id);
    return undefined;
  });

function toSshKey(row: SshKeyRow) {
  return {
    id: row.id,
    name: row.name,
    public_key: row.public_key,
    fingerprint: row.fingerprint,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    organization_id: row.organization_id,
    project_id: row.project_id,
    disabled: row.disabled === 1,
  };
}
