import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../clock.ts';
import { type Config, ConfigError } from '../config.ts';
import { deriveSecrets } from '../secrets.ts';
import type { Terminal } from '../serve.ts';
import { isOfServerKeys } from '../server-keys/check.ts';
import { existingServerKeys } from '../server-keys/server-keys.ts';
import { migrations } from '../storage/migrations/index.ts';
import { openStorage } from '../storage/open.ts';
import { migrationsOf, type OpenOptions, type Storage } from '../storage/storage.ts';
import { version } from '../version.ts';
import { backUp } from './backup.ts';
import { compressedLines, writeCompressed } from './file.ts';
import { type BackupReader, readBackup } from './format.ts';
import { barOn, type Progress } from './progress.ts';
import { checkKnown, restore } from './restore.ts';

/**
 * `bailiwick backup FILE`: everything in the database at one moment, while servers go on.
 *
 * @throws ConfigError
 */
export async function backUpTo(config: Config, file: string, terminal: Terminal): Promise<void> {
  if (file === '') throw new ConfigError('backup needs the file to write: bailiwick backup FILE');
  const { databaseUrl } = config;
  if (databaseUrl.startsWith('file:') && !existsSync(fileURLToPath(databaseUrl)))
    throw new ConfigError(`there is no database ${fileURLToPath(databaseUrl)}; name it with --data or --database-url`);
  const path = resolve(file);
  const at = { version, now: systemClock().now() };
  const { tables, migration } = await withProgress((progress) =>
    withStorage(config, { asItIs: true }, (storage) =>
      backUp(storage, at, (pieces) => writeCompressed(path, pieces), progress),
    ),
  );
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  terminal.out(`${path} holds ${rows} rows, as of ${migration}; the server key is not in it, keep that beside it`);
}

/**
 * `bailiwick restore FILE`: a backup into an empty database of either kind. One of an older version is brought forward.
 *
 * @throws ConfigError
 */
export async function restoreFrom(config: Config, file: string, terminal: Terminal): Promise<void> {
  if (file === '') throw new ConfigError('restore needs the file to read: bailiwick restore FILE');
  const path = resolve(file);
  const lines = compressedLines(path);
  try {
    const reader = await readBackup(lines, path);
    await checkKnown(reader.header, path);
    const rows = await restoreAll(config, reader);
    terminal.out(`restored ${rows} rows; the database is ready to be served`);
  } finally {
    await lines.return(undefined);
  }
}

async function restoreAll(config: Config, reader: BackupReader): Promise<number> {
  const { migration, tables } = reader.header;
  const secrets = deriveSecrets(existingServerKeys(config));
  const newer = Object.keys(migrations).filter((name) => name > migration);
  await withStorage(config, { asItIs: true }, async ({ db }) => {
    const made = (await migrationsOf(db)).find((name) => newer.includes(name));
    if (made === undefined) return;
    throw new ConfigError(
      `the database has tables of \`${made}\`, the backup is of \`${migration}\`; restore into a new one`,
    );
  });
  await withProgress((progress) =>
    withStorage(config, { migrateTo: migration }, (storage) =>
      restore(storage, reader, (found) => isOfServerKeys(secrets, found), progress),
    ),
  );
  if (newer.length > 0) await withStorage(config, {}, async () => {});
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

async function withStorage<T>(
  { databaseUrl }: Config,
  options: OpenOptions,
  work: (storage: Storage) => Promise<T>,
): Promise<T> {
  const storage = await openStorage(databaseUrl, options);
  return await work(storage).finally(() => storage.close());
}

async function withProgress<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = await barOn(process.stderr);
  return await work(progress).finally(() => progress.stop());
}
