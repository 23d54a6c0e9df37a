import type { Storage } from '../storage/storage.ts';

/**
 * API keys whose secrets are kept under an older server key. Only whoever uses one brings its secret along, so a request
 * notes the hash under the newest key, and that takes the place of the older beside the road.
 */
export interface Rehash {
  note(older: string, newest: string): void;
  /** Stores what was noted since the last time. */
  store(): Promise<void>;
}

/** Requests come in between two statements. */
export function createRehash({ db }: Pick<Storage, 'db'>): Rehash {
  const noted = new Map<string, string>();
  return {
    note: (older, newest) => {
      noted.set(older, newest);
    },
    store: async () => {
      for (const [older, newest] of noted) {
        await db.updateTable('api_keys').set({ secret_hash: newest }).where('secret_hash', '=', older).execute();
        noted.delete(older);
      }
    },
  };
}
