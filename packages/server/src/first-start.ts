import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transaction } from 'kysely';
import { parse, stringify } from 'yaml';
import type { Config } from './config.ts';
import type { Services } from './context.ts';
import { type BornOrganization, createOrganization } from './organizations/create.ts';
import { replacePrivateFile } from './private-file.ts';
import type { Terminal } from './serve.ts';
import { keepCheck, serverKeyCheck } from './server-keys/check.ts';
import { keepOwnerLink } from './sign-in/owner-link.ts';
import type { Database } from './storage/schema.ts';

/** How the owner of a new organization is known. */
export interface NewOwner {
  readonly email: string;
  /** Null when it was given in the environment. */
  readonly generatedPassword: string | null;
}

/** Files of what a person must know after an organization was made, and nobody may learn from a log. */
export interface CredentialFiles {
  readonly configuration: string;
  readonly note: string;
}

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
        keep: (born, db) =>
          keepCredentials(services, db, firstStartPaths(data), born, { email: ownerEmail, generatedPassword }),
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

/** 24 characters that need no quoting anywhere. */
export const newPassword = (): string => randomBytes(18).toString('base64url');

/**
 * Writes what `organization create` and a first start tell: a configuration for `scw`, and a note with all secrets and a link
 * that signs the owner in once. Both can be read by their owner only.
 */
export async function keepCredentials(
  services: Services,
  db: Transaction<Database>,
  paths: CredentialFiles,
  { organizationId, ownerId, accessKey, secretKey }: BornOrganization,
  { email, generatedPassword }: NewOwner,
): Promise<void> {
  const url = services.settings.publicUrl();
  const configuration = {
    api_url: url,
    access_key: accessKey,
    secret_key: secretKey,
    default_organization_id: organizationId,
    default_project_id: organizationId,
  };
  const link = await keepOwnerLink(db, services, { organizationId, userId: ownerId, username: email });
  replacePrivateFile(paths.configuration, stringify(configuration));
  const lines = [
    `sign in once     ${url}${link}`,
    `organization     ${organizationId}`,
    `owner            ${email}`,
    ...(generatedPassword === null ? [] : [`password         ${generatedPassword}`]),
    `access key       ${accessKey}`,
    `secret key       ${secretKey}`,
  ];
  replacePrivateFile(paths.note, `${lines.join('\n')}\n`);
}

/** Keeps what an earlier start wrote in step with the address of this one. Which port it gets is known once it listens. */
export function updateAddresses(paths: CredentialFiles, apiUrl: string, publicUrl: string): void {
  updateApiUrl(paths.configuration, apiUrl);
  if (!existsSync(paths.note)) return;
  const before = readFileSync(paths.note, 'utf8');
  const after = before.replace(/^(sign in once +)\S+?(?=\/auth\/)/m, (_, label: string) => `${label}${publicUrl}`);
  if (after !== before) replacePrivateFile(paths.note, after);
}

function updateApiUrl(path: string, apiUrl: string): void {
  if (!existsSync(path)) return;
  const configuration: unknown = parse(readFileSync(path, 'utf8'));
  if (typeof configuration !== 'object' || configuration === null || !('api_url' in configuration)) return;
  if (configuration.api_url === apiUrl) return;
  replacePrivateFile(path, stringify({ ...configuration, api_url: apiUrl }));
}

/** Says where the credentials are; they themselves reach no stream. */
export function announce(terminal: Terminal, paths: CredentialFiles): void {
  terminal.out(`export SCW_CONFIG_PATH=${paths.configuration}`);
  terminal.out(`the owner's password and keys are in ${paths.note}`);
}

/** Where the files of the first organization are. */
export const firstStartPaths = (data: string): CredentialFiles => ({
  configuration: join(data, 'scw.yaml'),
  note: join(data, 'first-start.txt'),
});
