import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Storage } from '../storage/storage.ts';

/** When API keys were last used, stored beside the road: a request only notes it in memory. */
export interface LastUse {
  /** A key let somebody in. */
  note(accessKey: string): void;
  /** Stores what was noted since the last time. */
  store(): Promise<void>;
}

/** How often a server stores, and so the most that is lost when it is killed. */
export const storeEverySeconds = 60;
/** The same for a key, whatever servers it is used on; less by a second than theirs, which are never quite that long. */
const leastBetween = (storeEverySeconds - 1) * 1_000_000;
/** Keys in one statement: one that is short keeps nobody waiting. */
const atOnce = 200;

export function createLastUse(storage: Pick<Storage, 'db'>, clock: Clock): LastUse {
  const noted = new Map<string, number>();

  /** In the order of the keys, so that servers which store at once wait for each other rather than crosswise. */
  const storeSome = async (uses: readonly (readonly [accessKey: string, usedAt: number])[]): Promise<void> => {
    const times = uses.map(([key, usedAt]) => sql`when ${key} then cast(${usedAt} as bigint)`);
    const last = sql<number>`case access_key ${sql.join(times, sql` `)} end`;
    await storage.db
      .updateTable('api_keys')
      .set({ last_used_at: last })
      .where(
        'access_key',
        'in',
        uses.map(([key]) => key),
      )
      .where(({ or, eb }) =>
        or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', sql<number>`${last} - ${leastBetween}`)]),
      )
      .execute();
  };

  return {
    note: (accessKey) => {
      noted.set(accessKey, clock.now());
    },
    store: async () => {
      const uses = [...noted].sort(([a], [b]) => (a < b ? -1 : 1));
      for (let at = 0; at < uses.length; at += atOnce) {
        const some = uses.slice(at, at + atOnce);
        await storeSome(some);
        // What could not be stored is tried again; what was used once more meanwhile has its turn next time.
        for (const [key, usedAt] of some) if (noted.get(key) === usedAt) noted.delete(key);
        // Requests come in between.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
