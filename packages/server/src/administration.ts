import { resolve } from 'node:path';
import { type Config, ConfigError, readQuotaValue } from './config.ts';
import type { Services } from './context.ts';
import { firstStart, firstStartPaths, newPassword, writeCredentials } from './first-start.ts';
import { authorizedPlatform } from './http/authorize.ts';
import { createOrganization } from './organizations/create.ts';
import { isQuotaName, quotaDefinitions, quotaUsage, quotaValue } from './quotas/limits.ts';
import { openServices, type Terminal } from './serve.ts';
import { makeChange } from './storage/change.ts';

/** Options of administration beside those of the server. */
export const administrationFlags = {
  name: { type: 'string' },
  'owner-email': { type: 'string' },
  yes: { type: 'string' },
} as const;

type Values = Readonly<Record<string, string | undefined>>;

/** Administration works on the database itself, beside a running server; access to the machine is the right to do it. */
async function withServices<T>(config: Config, work: (services: Services) => Promise<T>): Promise<T> {
  const services = await openServices(config, () => config.publicUrl ?? `http://127.0.0.1:${config.port}`);
  try {
    return await work(services);
  } finally {
    await services.storage.close();
  }
}

/** `bailiwick init`: the first organization, without starting a server. */
export async function initialize(config: Config, terminal: Terminal): Promise<void> {
  await withServices(config, async (services) => {
    const owner = await firstStart(services, config.firstStart);
    const paths = firstStartPaths(config.data);
    if (!owner) return terminal.out('the database is in use already: nothing to do');
    writeCredentials(paths, owner, services.settings.publicUrl());
    terminal.out(`export SCW_CONFIG_PATH=${paths.configuration}`);
    terminal.out(`the owner's password and keys are in ${paths.note}`);
  });
}

/** `bailiwick organization create --name NAME [--owner-email ADDRESS]` */
export async function createAnotherOrganization(config: Config, values: Values, terminal: Terminal): Promise<void> {
  const { name, 'owner-email': ownerEmail } = values;
  if (name === undefined || name.trim() === '') throw new ConfigError('organization create needs --name NAME');
  if (ownerEmail !== undefined && !/^[^\s@]+@[^\s@]+$/.test(ownerEmail))
    throw new ConfigError('--owner-email must look like name@example.org');
  await withServices(config, async (services) => {
    await requireFirstStart(services, config);
    const owner = { name, ownerEmail: ownerEmail ?? 'owner@bailiwick.internal', ownerPassword: newPassword() };
    const born = await createOrganization(services, owner);
    const paths = {
      configuration: resolve(config.data, `scw-${born.organizationId}.yaml`),
      note: resolve(config.data, `organization-${born.organizationId}.txt`),
    };
    writeCredentials(
      paths,
      { ...born, ownerEmail: owner.ownerEmail, generatedPassword: owner.ownerPassword },
      services.settings.publicUrl(),
    );
    terminal.out(`export SCW_CONFIG_PATH=${paths.configuration}`);
    terminal.out(`the owner's password and keys are in ${paths.note}`);
  });
}

/** `bailiwick organization list`: one line each, id and name. */
export async function listOrganizations(config: Config, terminal: Terminal): Promise<void> {
  await withServices(config, async ({ storage }) => {
    const rows = await storage.db.selectFrom('organizations').select(['id', 'name']).orderBy('created_at').execute();
    for (const { id, name } of rows) terminal.out(`${id}  ${name}`);
  });
}

/** `bailiwick organization delete ID --yes ID`: with everything in it; its log is kept. */
export async function deleteOrganization(
  config: Config,
  id: string,
  values: Values,
  terminal: Terminal,
): Promise<void> {
  if (values.yes !== id)
    throw new ConfigError(`deleting an organization deletes everything in it; repeat its id as --yes ${id}`);
  await withServices(config, async ({ storage }) => {
    const { numDeletedRows } = await storage.db.deleteFrom('organizations').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) throw new ConfigError(`there is no organization \`${id}\``);
    terminal.out(`organization ${id} is deleted`);
  });
}

/** `bailiwick quota set ORGANIZATION NAME VALUE` */
export async function setQuota(
  config: Config,
  [organizationId = '', name = '', value = '']: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if (!isQuotaName(name)) throw new ConfigError(`\`${name}\` is none of ${Object.keys(quotaDefinitions).join(', ')}`);
  const limit = readQuotaValue(value, `quota ${name}`);
  await withServices(config, async (services) => {
    await requireOrganization(services, organizationId);
    const scope = authorizedPlatform(organizationId);
    const author = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;
    const event = { resource: 'quota', action: 'updated' } as const;
    await makeChange(services, { scope, author, operation: 'quotas.set', event }, async (change) => {
      const row = { organization_id: organizationId, name, value: limit };
      await change.db
        .insertInto('quota_overrides')
        .values(row)
        .onConflict((conflict) => conflict.columns(['organization_id', 'name']).doUpdateSet({ value: limit }))
        .execute();
      change.touches(name);
    });
    terminal.out(`${name} of ${organizationId} is ${limit ?? 'unlimited'}`);
  });
}

/** `bailiwick quota list ORGANIZATION`: name, use and limit. */
export async function listQuotas(config: Config, organizationId: string, terminal: Terminal): Promise<void> {
  await withServices(config, async (services) => {
    await requireOrganization(services, organizationId);
    const scope = authorizedPlatform(organizationId);
    for (const name of Object.keys(quotaDefinitions).filter(isQuotaName)) {
      const limit = await quotaValue(services.storage, config.quotas, scope, name);
      const usage = await quotaUsage(services.storage, scope, name);
      terminal.out(`${name}  ${usage}/${limit ?? 'unlimited'}`);
    }
  });
}

async function requireOrganization({ storage }: Services, id: string): Promise<void> {
  const row = await storage.db.selectFrom('organizations').select('id').where('id', '=', id).executeTakeFirst();
  if (!row) throw new ConfigError(`there is no organization \`${id}\`; \`bailiwick organization list\` shows them`);
}

/** The server key must be the one of this database, or the new owner's key would open nothing. */
async function requireFirstStart(services: Services, config: Config): Promise<void> {
  const owner = await firstStart(services, config.firstStart);
  if (owner) writeCredentials(firstStartPaths(config.data), owner, services.settings.publicUrl());
}
