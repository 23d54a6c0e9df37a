import { ApiError } from '@bailiwick/contract';
import type { Authorized } from '../authorization/authorized.ts';
import type { Change, QuotaFile, QuotaValue, Settings } from '../context.ts';
import { countedRows } from '../storage/list.ts';
import type { CountedTable } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** What is limited, its default (docs/decisions/0006-limits.md) and the rows that count against it. */
interface QuotaDefinition {
  readonly prettyName: string;
  readonly unit: string;
  readonly description: string;
  readonly limit: number;
  readonly table: CountedTable;
}

export const quotaDefinitions = {
  iam_users: {
    prettyName: 'Users',
    unit: 'users',
    description: 'Users, the owner included',
    limit: 50,
    table: 'users',
  },
  iam_applications: {
    prettyName: 'Applications',
    unit: 'applications',
    description: 'Principals for programs',
    limit: 100,
    table: 'applications',
  },
  iam_groups: {
    prettyName: 'Groups',
    unit: 'groups',
    description: 'Groups, the two special ones excepted',
    limit: 50,
    table: 'groups',
  },
  iam_policies: {
    prettyName: 'Policies',
    unit: 'policies',
    description: 'Policies, attached to somebody or not',
    limit: 50,
    table: 'policies',
  },
  iam_api_keys: {
    prettyName: 'API keys',
    unit: 'keys',
    description: 'API keys of users and applications, expired ones included',
    limit: 100,
    table: 'api_keys',
  },
  iam_ssh_keys: {
    prettyName: 'SSH keys',
    unit: 'keys',
    description: 'SSH keys of all projects',
    limit: 50,
    table: 'ssh_keys',
  },
  account_projects: {
    prettyName: 'Projects',
    unit: 'projects',
    description: 'Projects, the default one included',
    limit: 25,
    table: 'projects',
  },
} as const satisfies Readonly<Record<string, QuotaDefinition>>;

export type QuotaName = keyof typeof quotaDefinitions;

export const isQuotaName = (name: string): name is QuotaName => Object.hasOwn(quotaDefinitions, name);

/**
 * Refuses a change that would make one more than the quota allows. Changes of an organization happen one after
 * another, so the count cannot move before the row is written.
 *
 * @throws ApiError `quotas_exceeded`
 */
export async function assertQuota(
  { settings }: { readonly settings: Settings },
  change: Change,
  name: QuotaName,
): Promise<void> {
  const value = await quotaValue(change, settings.quotas, change.scope, name);
  if (value === null) return;
  const current = await quotaUsage(change, change.scope, name);
  if (current < value) return;
  const { table } = quotaDefinitions[name];
  const details = [
    {
      current,
      organization_id: change.scope.organizationId,
      quota: value,
      resource: table.replace(/ies$/, 'y').replace(/s$/, ''),
    },
  ];
  throw new ApiError({ type: 'quotas_exceeded', details });
}

/** The value in force: set for the organization, else from the file, else the default. Null for no limit. */
export async function quotaValue(
  storage: Pick<Storage, 'db'>,
  file: QuotaFile,
  scope: Authorized,
  name: QuotaName,
): Promise<QuotaValue> {
  const override = await storage.db
    .selectFrom('quota_overrides')
    .select('value')
    .where('organization_id', '=', scope.organizationId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (override) return override.value;
  const fromFile = file.organizations[scope.organizationId]?.[name] ?? file.default[name];
  return fromFile === undefined ? quotaDefinitions[name].limit : fromFile;
}

/** How many count against a quota; managed things do not. */
export async function quotaUsage(storage: Pick<Storage, 'db'>, scope: Authorized, name: QuotaName): Promise<number> {
  const { table } = quotaDefinitions[name];
  const total = await countedRows(storage, scope, table);
  if (table !== 'groups') return total;
  const { managed } = await storage.db
    .selectFrom('groups')
    .select(({ fn }) => fn.countAll<number>().as('managed'))
    .where('organization_id', '=', scope.organizationId)
    .where('kind', '<>', 'ordinary')
    .executeTakeFirstOrThrow();
  return total - managed;
}
