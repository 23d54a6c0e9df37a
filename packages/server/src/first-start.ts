import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Config, ConfigError } from './config.ts';
import type { Services } from './context.ts';
import { createOrganization } from './organizations/create.ts';
import { replacePrivateFile } from './private-file.ts';
import { deriveSecrets, type Secrets, type ServerKeys } from './secrets.ts';
import type { Terminal } from './serve.ts';

/** What a person must know after an organization was made, and nobody may learn from a log. */
export interface OwnerCredentials {
  readonly organizationId: string;
  readonly ownerEmail: string;
  /** Null when it was given in the environment. */
  readonly generatedPassword: string | null;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What a database keeps of the server key, to tell it from others. */
export const serverKeyCheck = ({ hash }: Pick<Secrets, 'hash'>): string => hash(checkedText);

/** Whether a database that keeps this belongs to one of the server keys. */
export const isOfServerKeys = ({ hashes }: Pick<Secrets, 'hashes'>, check: string): boolean =>
  hashes(checkedText).includes(check);

const checkedText = 'bailiwick server key check';
const defaultOwnerEmail = 'owner@bailiwick.internal';

/**
 * Makes the first organization unless the database has been used before. Its credentials are in the data folder before
 * it is in the database: a start that is killed in between is made again.
 *
 * @returns true when it made one
 * @throws ConfigError when the database belongs to another server key
 */
export async function firstStart(
  services: Services,
  { firstStart: given, data }: Pick<Config, 'firstStart' | 'data'>,
): Promise<boolean> {
  const check = serverKeyCheck(services.secrets);
  const known = await services.storage.db.selectFrom('installation').select('server_key_check').executeTakeFirst();
  if (known) {
    await keepCheck(services, known.server_key_check);
    return false;
  }
  const ownerEmail = given.ownerEmail ?? defaultOwnerEmail;
  const generatedPassword = given.ownerPassword === undefined ? newPassword() : null;
  try {
    await createOrganization(
      services,
      {
        name: 'default',
        ownerEmail,
        ownerPassword: given.ownerPassword ?? generatedPassword ?? '',
        ...(given.organizationId !== undefined && { id: given.organizationId }),
        ...(given.accessKey !== undefined && { accessKey: given.accessKey }),
        ...(given.secretKey !== undefined && { secretKey: given.secretKey }),
      },
      {
        before: async (db) => {
          const installation = { singleton: 1, created_at: services.clock.now(), server_key_check: check } as const;
          await db.insertInto('installation').values(installation).execute();
        },
        keep: (born) =>
          writeCredentials(
            firstStartPaths(data),
            { ...born, ownerEmail, generatedPassword },
            services.settings.publicUrl(),
          ),
      },
    );
    return true;
  } catch (failure) {
    // Another server made it in the meantime; look again, also at its key.
    if (services.storage.violatedConstraint(failure)?.includes('installation'))
      return firstStart(services, { firstStart: given, data });
    throw failure;
  }
}

/**
 * Moves a database on to the newest server key.
 *
 * @throws ConfigError when it belongs to none of them
 */
async function keepCheck({ storage, secrets }: Pick<Services, 'storage' | 'secrets'>, known: string): Promise<void> {
  if (!isOfServerKeys(secrets, known))
    throw new ConfigError(
      'the server key is not the one this database was made with; put the right server.key into the data folder',
    );
  const newest = serverKeyCheck(secrets);
  if (newest !== known) await storage.db.updateTable('installation').set({ server_key_check: newest }).execute();
}

/**
 * Goes by other server keys from now on, if the database belongs to one of them.
 *
 * @throws ConfigError when it does not; the former stay
 */
export async function useServerKeys(
  { storage, secrets }: Pick<Services, 'storage' | 'secrets'>,
  keys: ServerKeys,
): Promise<void> {
  const known = await storage.db.selectFrom('installation').select('server_key_check').executeTakeFirstOrThrow();
  await keepCheck({ storage, secrets: deriveSecrets(keys) }, known.server_key_check);
  secrets.use(keys);
}

/** 24 characters that need no quoting anywhere. */
export const newPassword = (): string => randomBytes(18).toString('base64url');

/**
 * Writes what `organization create` and a first start tell: a configuration for `scw`, and a note with all secrets.
 * Both can be read by their owner only.
 */
export function writeCredentials(
  paths: { readonly configuration: string; readonly note: string },
  owner: OwnerCredentials,
  apiUrl: string,
): void {
  const configuration = {
    api_url: apiUrl,
    access_key: owner.accessKey,
    secret_key: owner.secretKey,
    default_organization_id: owner.organizationId,
    default_project_id: owner.organizationId,
  };
  replacePrivateFile(paths.configuration, stringify(configuration));
  const lines = [
    `organization     ${owner.organizationId}`,
    `owner            ${owner.ownerEmail}`,
    ...(owner.generatedPassword === null ? [] : [`password         ${owner.generatedPassword}`]),
    `access key       ${owner.accessKey}`,
    `secret key       ${owner.secretKey}`,
  ];
  replacePrivateFile(paths.note, `${lines.join('\n')}\n`);
}

/** Keeps `api_url` of a configuration that an earlier start wrote in step with the address of this one. */
export function updateApiUrl(path: string, apiUrl: string): void {
  if (!existsSync(path)) return;
  const configuration: unknown = parse(readFileSync(path, 'utf8'));
  if (typeof configuration !== 'object' || configuration === null || !('api_url' in configuration)) return;
  if (configuration.api_url === apiUrl) return;
  replacePrivateFile(path, stringify({ ...configuration, api_url: apiUrl }));
}

/** Says where the credentials are; they themselves reach no stream. */
export function announce(terminal: Terminal, paths: { readonly configuration: string; readonly note: string }): void {
  terminal.out(`export SCW_CONFIG_PATH=${paths.configuration}`);
  terminal.out(`the owner's password and keys are in ${paths.note}`);
}

/** Where the files of the first organization are. */
export const firstStartPaths = (data: string) => ({
  configuration: join(data, 'scw.yaml'),
  note: join(data, 'first-start.txt'),
});
