import { sql } from 'kysely';
import { deriveSecrets, keyMark, type ServerKey } from '../secrets.ts';
import type { Storage } from '../storage/storage.ts';

/** What lives for long and is kept under a server key: it ends with its key. Everything else is over within a week. */
const kept = [
  { what: 'API keys', table: 'api_keys', column: 'secret_hash' },
  { what: 'SCIM tokens', table: 'scim_tokens', column: 'secret_hash' },
  { what: 'sessions', table: 'jwts', column: 'renew_hash' },
  { what: 'one-time passwords', table: 'one_time_passwords', column: 'sealed_secret' },
  { what: 'recovery codes', table: 'recovery_codes', column: 'code_hash' },
  { what: 'links', table: 'password_links', column: 'token_hash' },
] as const;

interface Kept {
  readonly what: string;
  readonly total: number;
}

/** How much is kept under a key. */
export async function keptUnder({ db }: Pick<Storage, 'db'>, key: ServerKey): Promise<readonly Kept[]> {
  const { id } = key;
  const found: Kept[] = [];
  for (const { what, table, column } of kept) {
    const isUnder =
      id === null
        ? sql`${sql.ref(column)} not like ${`%${keyMark}%`}`
        : sql`${sql.ref(column)} like ${`${id}${keyMark}%`}`;
    const count = sql<{ total: number }>`select count(*) as total from ${sql.table(table)} where ${isUnder}`;
    const { rows } = await count.execute(db);
    found.push({ what, total: rows[0]?.total ?? 0 });
  }
  return [...found, await signedLogs(db, key)];
}

/** Logs whose head it has signed: nothing would follow that head once the key is gone. */
async function signedLogs(db: Storage['db'], key: ServerKey): Promise<Kept> {
  const [{ kid }] = deriveSecrets([key]).logKeys();
  const count = db.selectFrom('log_heads').select(({ fn }) => fn.countAll<number>().as('total'));
  const { total } = await count.where('key_id', '=', kid).executeTakeFirstOrThrow();
  return { what: 'signed logs', total };
}
