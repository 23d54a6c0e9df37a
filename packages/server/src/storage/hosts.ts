import pg from 'pg';
import { addressesOf } from './addresses.ts';

/** Where a database is, when it may be in several places and takes writes in one of them. */
export interface Hosts {
  /** The address that took writes when it was asked last. */
  current(): string;
  /**
   * Looks for the one that takes writes, beginning with the current one.
   *
   * @throws Error when none does
   */
  find(): Promise<string>;
}

/** A place that does not answer for so long is passed over, in milliseconds. */
const patience = 1_000;

/** A database in one place is where it is, whether it takes writes or not. */
export function createHosts(url: string): Hosts {
  const addresses = addressesOf(url);
  const [only] = addresses;
  let current = only ?? url;
  if (addresses.length <= 1) return { current: () => current, find: async () => current };
  return {
    current: () => current,
    find: async () => {
      let failure: unknown;
      for (const address of [current, ...addresses.filter((each) => each !== current)]) {
        try {
          if (await takesWrites(address)) {
            current = address;
            return address;
          }
          failure = new Error('of the databases that answer, none takes writes');
        } catch (cause) {
          failure ??= cause;
        }
      }
      throw failure;
    },
  };
}

async function takesWrites(address: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
    return rows[0]?.standby === false;
  } finally {
    await client.end().catch(() => {});
  }
}
