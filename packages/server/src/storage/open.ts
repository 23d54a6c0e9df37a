import { fileURLToPath } from 'node:url';
import type { OpenOptions, Storage } from './storage.ts';

/**
 * Opens the database of an address: `postgres://…` or `file:…` for SQLite.
 *
 * @throws Error when the address is of neither kind
 */
export async function openStorage(url: string, options: OpenOptions = {}): Promise<Storage> {
  const protocol = url.slice(0, url.indexOf(':') + 1);
  if (protocol === 'file:') {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(fileURLToPath(url), options);
  }
  if (protocol === 'postgres:' || protocol === 'postgresql:') {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, options);
  }
  throw new Error(`a database address begins with postgres:// or file:, not \`${protocol}\``);
}
