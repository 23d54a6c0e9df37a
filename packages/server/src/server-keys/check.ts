import { ConfigError } from '../config.ts';
import type { Services } from '../context.ts';
import { deriveSecrets, type Secrets, type ServerKeys } from '../secrets.ts';

/** What a database keeps of the server key, to tell it from others. */
export const serverKeyCheck = ({ hash }: Pick<Secrets, 'hash'>): string => hash(checkedText);

/** Whether a database that keeps this belongs to one of the server keys. */
export const isOfServerKeys = ({ hashes }: Pick<Secrets, 'hashes'>, check: string): boolean =>
  hashes(checkedText).includes(check);

const checkedText = 'bailiwick server key check';
/**
 * Moves a database on to the newest server key.
 *
 * @throws ConfigError when it belongs to none of them
 */
export async function keepCheck(
  { storage, secrets }: Pick<Services, 'storage' | 'secrets'>,
  known: string,
): Promise<void> {
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
