import { resolve } from 'node:path';
import { authorizedPlatform } from './authorization/authorized.ts';
import { type Config, ConfigError, readQuotaValue } from './config.ts';
import type { Services } from './context.ts';
import { announce, firstStart, firstStartPaths, keepCredentials, newPassword } from './first-start.ts';
import { listOutbox, showMail } from './mail/command.ts';
import { createOrganization } from './organizations/create.ts';
import { isQuotaName, quotaDefinitions, quotaUsage, quotaValue } from './quotas/limits.ts';
import { openServices, type Terminal } from './serve.ts';
import { makeChange } from './storage/change.ts';

/** Options of administration beside those of the server. */
export const administrationFlags = {
  name: { type: 'string' },
  'owner-email': { type: 'string' },
  yes: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

/** Who sits at the machine has no name in the log. */
const platform = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;

type Values = Readonly<Record<string, string | undefined>>;

/** Administration works on the database itself, beside a running server; access to the machine is the right to do it. */
export async function withServices<T>(config: Config, work: (services: Services) => Promise<T>): Promise<T> {
  const { services } = await openServices(config, () => config.publicUrl ?? `http://127.0.0.1:${config.port}`);
  try {
    return await work(services);
  } finally {
    await services.storage.close();
  }
}

/** `bailiwick init`: the first organization, without starting a server. */
export async function initialize(config: Config, terminal: Terminal): Promise<void> {
  await withServices(config, async (services) => {
    const made = await firstStart(services, config);
    if (!made) return terminal.out('the database is in use already: nothing to do');
    announce(terminal, firstStartPaths(config.data));
  });
}

/** `bailiwick organization create --name NAME [--owner-email ADDRESS]` */
export async function createAnotherOrganization(config: Config, values: Values, terminal: Terminal): Promise<void> {
  const { name, 'owner-email': ownerEmail } = values;
  if (name === undefined || name.trim() === '') throw new ConfigError('organization create needs --name NAME');
  if (ownerEmail !== undefined && !/^[^\s@]+@[^\s@]+$/.test(ownerEmail))
    throw new ConfigError('--owner-email must look like name@example.org');
  await withServices(config, async (services) => {
    // The server key must be the one of this database, or the new owner's key would open nothing.
    await firstStart(services, config);
    const owner = { name, ownerEmail: ownerEmail ?? 'owner@bailiwick.internal', ownerPassword: newPassword() };
    const pathsOf = ({ organizationId }: { readonly organizationId: string }) => ({
      configuration: resolve(config.data, `scw-${organizationId}.yaml`),
      note: resolve(config.data, `organization-${organizationId}.txt`),
    });
    const born = await createOrganization(services, owner, {
      keep: (made, db) => {
        const { ownerEmail: email, ownerPassword: generatedPassword } = owner;
        return keepCredentials(services, db, pathsOf(made), made, { email, generatedPassword });
      },
    });
    announce(terminal, pathsOf(born));
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
  await withServices(config, async (services) => {
    await requireOrganization(services, id);
    const event = { resource: 'organization', action: 'deleted' } as const;
    const request = { scope: authorizedPlatform(id), author: platform, operation: 'organizations.delete', event };
    await makeChange(services, request, async (change) => {
      await change.db.deleteFrom('organizations').where('id', '=', id).execute();
      change.touches(id);
    });
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
    const event = { resource: 'quota', action: 'updated' } as const;
    await makeChange(services, { scope, author: platform, operation: 'quotas.set', event }, async (change) => {
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

/** `bailiwick outbox [show ID]` */
export async function showOutbox(
  config: Config,
  id: string | undefined,
  output: Parameters<typeof listOutbox>[1],
): Promise<void> {
  await withServices(config, (services) =>
    id === undefined ? listOutbox(services, output) : showMail(services, id, output),
  );
}

async function requireOrganization({ storage }: Services, id: string): Promise<void> {
  const row = await storage.db.selectFrom('organizations').select('id').where('id', '=', id).executeTakeFirst();
  if (!row) throw new ConfigError(`there is no organization \`${id}\`; \`bailiwick organization list\` shows them`);
}
