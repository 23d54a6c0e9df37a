import { rulesReaching } from '@bailiwick/authz';
import { formatTimestamp, invalidArgument, parseTimestamp, preconditionFailed } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Change, Handler } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { assertQuota } from '../quotas/limits.ts';
import { assertExist } from '../storage/existence.ts';
import { type ApiKeyRow, deleteApiKey, getApiKey, insertApiKey, listApiKeys, updateApiKey } from './store.ts';

export const list: Handler<'apiKeys.list'> = async ({ storage, scope, clock }, input) => {
  const { rows, total } = await listApiKeys(storage, scope, input, clock.now());
  return { api_keys: rows.map((row) => toApiKey(row)), total_count: total };
};

export const listUses: Handler<'apiKeys.listUses'> = async ({ storage, scope, clock }, input) => {
  const { rows, total } = await listApiKeys(storage, scope, input, clock.now());
  return { api_key_uses: rows.map(toUse), total_count: total };
};

export const create: Handler<'apiKeys.create'> = (context, input) => {
  const { user_id: userId, application_id: applicationId, description = '' } = input;
  return context.change(async (change) => {
    if (applicationId !== undefined) {
      await assertExist(change.db, change.scope, 'applications', [applicationId]);
      await assertNoEscalation(context, change, (organization) => rulesReaching(organization, applicationId));
    }
    const expiresAt = input.expires_at === undefined ? null : parseTimestamp(input.expires_at);
    await assertExpiry(change, expiresAt);
    const projectId = input.default_project_id ?? change.scope.organizationId;
    await assertExist(change.db, change.scope, 'projects', [projectId]);
    await assertQuota(context, change, 'iam_api_keys');
    const accessKey = context.ids.accessKey();
    const secretKey = context.ids.uuid();
    await insertApiKey(change, {
      access_key: accessKey,
      secret_hash: context.secrets.hash(secretKey),
      user_id: userId ?? null,
      application_id: applicationId ?? null,
      description,
      expires_at: expiresAt,
      default_project_id: projectId,
      creation_ip: context.caller.ip,
    });
    change.touches(accessKey);
    return toApiKey(await getApiKey(change.db, change.scope, accessKey), secretKey);
  });
};

export const get: Handler<'apiKeys.get'> = async ({ storage, scope }, { access_key: accessKey }) =>
  toApiKey(await getApiKey(storage.db, scope, accessKey));

export const update: Handler<'apiKeys.update'> = (context, { access_key: accessKey, ...changes }) =>
  context.change(async (change) => {
    const key = await getApiKey(change.db, change.scope, accessKey);
    if (!key.editable) throw preconditionFailed('managed_resource', 'this API key cannot be changed');
    if (changes.default_project_id !== undefined)
      await assertExist(change.db, change.scope, 'projects', [changes.default_project_id]);
    const expiresAt = changes.expires_at === undefined ? undefined : parseTimestamp(changes.expires_at);
    // Sending the end that the key has changes nothing, whatever the organization asks of new keys by now.
    if (expiresAt !== undefined && expiresAt !== key.expires_at) {
      assertHasNoExpiry(key);
      await assertExpiry(change, expiresAt);
    }
    await updateApiKey(change, accessKey, {
      ...(changes.description !== undefined && { description: changes.description }),
      ...(changes.default_project_id !== undefined && { default_project_id: changes.default_project_id }),
      ...(expiresAt !== undefined && { expires_at: expiresAt }),
    });
    change.touches(accessKey);
    return toApiKey(await getApiKey(change.db, change.scope, accessKey));
  });

export const remove: Handler<'apiKeys.delete'> = (context, { access_key: accessKey }) =>
  context.change(async (change) => {
    const key = await getApiKey(change.db, change.scope, accessKey);
    if (!key.deletable) throw preconditionFailed('managed_resource', 'this API key cannot be deleted');
    await deleteApiKey(change, accessKey);
    change.touches(accessKey);
    return undefined;
  });

/** An end can be given to a key that has none; a given end stays (docs/decisions/0004-identities.md). */
function assertHasNoExpiry(key: ApiKeyRow): void {
  if (key.expires_at === null) return;
  throw invalidArgument(
    'expires_at',
    'constraint',
    'the expiration date of an API key cannot be changed once it is set',
  );
}

/** An end lies in the future and within what the organization allows. */
async function assertExpiry(change: Change, expiresAt: number | null): Promise<void> {
  if (expiresAt !== null && expiresAt <= change.now) {
    throw invalidArgument('expires_at', 'constraint', 'value must be in the future');
  }
  const { max_api_key_expiration_duration: longest } = await getOrganization(change.db, change.scope);
  if (longest === 0) return;
  if (expiresAt === null) {
    throw invalidArgument(
      'expires_at',
      'constraint',
      'organization security settings require an expiration date for API keys',
    );
  }
  if (expiresAt > change.now + longest * 1_000_000) {
    throw invalidArgument(
      'expires_at',
      'constraint',
      `organization security settings allow at most ${longest}s from now`,
    );
  }
}

function toApiKey(row: ApiKeyRow, secretKey: string | null = null) {
  return {
    access_key: row.access_key,
    secret_key: secretKey,
    description: row.description,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    expires_at: row.expires_at === null ? null : formatTimestamp(row.expires_at),
    default_project_id: row.default_project_id,
    editable: row.editable === 1,
    deletable: row.deletable === 1,
    managed: row.managed === 1,
    creation_ip: row.creation_ip,
    ...(row.application_id !== null && { application_id: row.application_id }),
    ...(row.user_id !== null && { user_id: row.user_id }),
  };
}

function toUse(row: ApiKeyRow) {
  return {
    access_key: row.access_key,
    description: row.description,
    last_used_at: row.last_used_at === null ? null : formatTimestamp(row.last_used_at),
    created_at: formatTimestamp(row.created_at),
    expires_at: row.expires_at === null ? null : formatTimestamp(row.expires_at),
    ...(row.application_id !== null && { application_id: row.application_id }),
    ...(row.user_id !== null && { user_id: row.user_id }),
  };
}
