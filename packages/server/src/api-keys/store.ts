import { notFound } from '@bailiwick/contract';
import type { Insertable, Selectable } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change } from '../context.ts';
import type { KeyAuthentication } from '../http/authenticate.ts';
import { fetchPage, type Page, type PageRequest } from '../storage/list.ts';
import type { ApiKeyTable, Bit } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export type ApiKeyRow = Selectable<ApiKeyTable>;

export interface ApiKeyFilters extends PageRequest {
  readonly application_id?: string;
  readonly user_id?: string;
  readonly editable?: boolean;
  readonly expired?: boolean;
  readonly access_key?: string;
  readonly description?: string;
  readonly bearer_id?: string;
  readonly bearer_type?: string;
  readonly access_keys?: readonly string[];
}

/** Who bears the key with this secret, in one look-up; undefined for an unknown secret. */
export async function findKeyBearer(
  { db }: Storage,
  secretHashes: readonly string[],
): Promise<(KeyAuthentication & { readonly secretHash: string }) | undefined> {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('organizations as o', 'o.id', 'k.organization_id')
    .leftJoin('users as u', 'u.id', 'k.user_id')
    .select([
      'k.access_key',
      'k.secret_hash',
      'k.organization_id',
      'k.user_id',
      'k.application_id',
      'k.expires_at',
      'o.revision',
      'u.type',
      'u.locked',
    ])
    .where('k.secret_hash', 'in', secretHashes)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    accessKey: row.access_key,
    secretHash: row.secret_hash,
    actor: {
      kind: row.user_id === null ? 'application' : 'user',
      id: row.user_id ?? row.application_id ?? '',
      organizationId: row.organization_id,
      owner: row.type === 'owner',
      locked: row.locked === 1,
    },
    revision: row.revision,
    expiresAt: row.expires_at,
  };
}

export async function listApiKeys(
  storage: Storage,
  scope: Authorized,
  filters: ApiKeyFilters,
  now: number,
): Promise<Page<ApiKeyRow>> {
  let query = storage.db.selectFrom('api_keys').selectAll().where('organization_id', '=', scope.organizationId);
  const { editable, expired, description, bearer_id: bearerId, bearer_type: bearerType } = filters;
  const filtered = Object.entries(filters).some(
    ([name, value]) => value !== undefined && !['page', 'page_size', 'order_by', 'organization_id'].includes(name),
  );
  if (filters.application_id !== undefined) query = query.where('application_id', '=', filters.application_id);
  if (filters.user_id !== undefined) query = query.where('user_id', '=', filters.user_id);
  if (editable !== undefined) query = query.where('editable', '=', Number(editable) as Bit);
  if (expired !== undefined) query = query.where('expires_order', expired ? '<=' : '>', now);
  if (filters.access_key !== undefined) query = query.where('access_key', '=', filters.access_key);
  if (filters.access_keys !== undefined) query = query.where('access_key', 'in', filters.access_keys);
  if (description !== undefined) query = query.where('description', '=', description);
  if (bearerId !== undefined)
    query = query.where(({ or, eb }) => or([eb('user_id', '=', bearerId), eb('application_id', '=', bearerId)]));
  if (bearerType !== undefined)
    query = query.where(bearerType === 'user' ? 'user_id' : 'application_id', 'is not', null);
  const order = {
    columns: {
      created_at: 'created_at',
      updated_at: 'updated_at',
      expires_at: 'expires_order',
      access_key: 'access_key',
    },
    tie: 'access_key',
    fallback: 'created_at_asc',
  } as const;
  return fetchPage(storage, query, filters, order, { scope, table: 'api_keys', filtered });
}

/** @throws ApiError `not_found` */
export async function getApiKey(db: Storage['db'], scope: Authorized, accessKey: string): Promise<ApiKeyRow> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('organization_id', '=', scope.organizationId)
    .where('access_key', '=', accessKey)
    .executeTakeFirst();
  if (!row) throw notFound('access_key', accessKey);
  return row;
}

/** The user who bears a key; undefined for the key of an application, and for none. */
export async function findKeyUser(
  db: Storage['db'],
  scope: Authorized,
  accessKey: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .select('user_id')
    .where('organization_id', '=', scope.organizationId)
    .where('access_key', '=', accessKey)
    .executeTakeFirst();
  return row?.user_id ?? undefined;
}

export async function insertApiKey(
  { db, scope, now }: Change,
  key: Omit<Insertable<ApiKeyTable>, 'organization_id' | 'created_at' | 'updated_at'>,
): Promise<void> {
  await db
    .insertInto('api_keys')
    .values({ ...key, organization_id: scope.organizationId, created_at: now, updated_at: now })
    .execute();
}

export async function updateApiKey(
  { db, scope, now }: Change,
  accessKey: string,
  changes: Partial<Pick<ApiKeyRow, 'description' | 'default_project_id' | 'expires_at'>>,
): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ ...changes, updated_at: now })
    .where('organization_id', '=', scope.organizationId)
    .where('access_key', '=', accessKey)
    .execute();
}

export async function deleteApiKey({ db, scope }: Change, accessKey: string): Promise<void> {
  await db
    .deleteFrom('api_keys')
    .where('organization_id', '=', scope.organizationId)
    .where('access_key', '=', accessKey)
    .execute();
}
