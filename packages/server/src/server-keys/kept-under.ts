import { sql } from 'kysely';
import { keyMark } from '../secrets.ts';
import type { Storage } from '../storage/storage.ts';

/** What lives for long and is kept under a server key: it ends with its key. Everything else is over within a week. */
const kept = [
  { what: 'API keys', table: 'api_keys', column: 'secret_hash' },
  { what: 'sessions', table: 'jwts', column: 'renew_hash' },
  { what: 'one-time passwords', table: 'one_time_passwords', column: 'sealed_secret' },
  { what: 'recovery codes', table: 'recovery_codes', column: 'code_hash' },
  { what: 'links', table: 'password_links', column: 'token_hash' },
] as const;

/** How much is kept under a key; its id is null for the one that a server was born with. */
export async function keptUnder(
  { db }: Pick<Storage, 'db'>,
  id: string | null,
): Promise<readonly { readonly what: string; readonly total: number }[]> {
  const found: { readonly what: string; readonly total: number }[] = [];
  for (const { what, table, column } of kept) {
    const isUnder =
      id === null
        ? sql`${sql.ref(column)} not like ${`%${keyMark}%`}`
        : sql`${sql.ref(column)} like ${`${id}${keyMark}%`}`;
    const count = sql<{ total: number }>`select count(*) as total from ${sql.table(table)} where ${isUnder}`;
    const { rows } = await count.execute(db);
    found.push({ what, total: rows[0]?.total ?? 0 });
  }
  return found;
}
