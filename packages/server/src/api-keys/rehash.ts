import type { Services } from '../context.ts';
import { keyIdOf } from '../secrets.ts';
import { serverKeyCheck } from '../server-keys/check.ts';

/**
 * API keys and SCIM tokens whose secrets are kept under an older server key. Only whoever uses one brings its secret along, so a request
 * notes the hash under the newest key, and that takes the place of the older beside the road.
 */
export interface Rehash {
  note(older: string, newest: string): void;
  /** Stores what was noted since the last time. */
  store(): Promise<void>;
}

export function createRehash({ storage: { db }, secrets }: Pick<Services, 'storage' | 'secrets'>): Rehash {
  const noted = new Map<string, string>();
  return {
    note: (older, newest) => {
      noted.set(older, newest);
    },
    store: async () => {
      if (noted.size === 0) return;
      const database = await db.selectFrom('installation').select('server_key_check').executeTakeFirst();
      // While keys are handed out, a server that has not heard of the newest would move back what others have moved on.
      const isNewest = database?.server_key_check === serverKeyCheck(secrets);
      if (!isNewest) return;
      const id = keyIdOf(secrets.hash(''));
      for (const [older, newest] of noted) {
        if (keyIdOf(newest) === id) {
          for (const table of ['api_keys', 'scim_tokens'] as const)
            await db.updateTable(table).set({ secret_hash: newest }).where('secret_hash', '=', older).execute();
        }
        noted.delete(older);
      }
    },
  };
}
